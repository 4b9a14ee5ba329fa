"""Byte order marks before the text of archives' files change nothing that is read."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from lctransfer import surveys
from lctransfer.config import Survey
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import asas, hipparcos, ogle, rows, services, skypatrol, vizier, ztf

MARK = b"\xef\xbb\xbf"


def marked(path: Path) -> int:
    """Put a mark before every text that a file of an archive holds; return how many there were."""
    if ".tar" in path.name:
        with tarfile.open(path) as archive:
            members = [(m.name, archive.extractfile(m).read()) for m in archive if m.isfile()]
        with tarfile.open(path, "w:gz") as archive:
            for name, content in members:
                header = tarfile.TarInfo(name)
                header.size = len(content) + len(MARK)
                archive.addfile(header, io.BytesIO(MARK + content))
        return len(members)
    content = path.read_bytes()
    packed = content[:2] == b"\x1f\x8b"
    if packed:
        content = gzip.decompress(content)
    path.write_bytes(gzip.compress(MARK + content) if packed else MARK + content)
    return 1


@pytest.mark.parametrize("survey", ["ogle", "eros2", "asas", "asassn", "hipparcos"])
def test_marks_change_nothing(survey, tmp_path):
    surveys.write_archive(survey, simulate(survey, 60, 3), tmp_path)
    settings = Survey(min_epochs=2)
    before = ingest.ingest(survey, tmp_path, settings)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "hep.gz"]
    assert sum(marked(path) for path in files) >= len(files) > 1
    after = ingest.ingest(survey, tmp_path, settings)
    assert after.table.num_rows > 3
    assert after.table.equals(before.table)
    assert (after.dropped, after.lost) == (before.dropped, before.lost)


def test_a_marked_answer_is_whole_and_has_the_right_values():
    text = MARK + b"#ndata= 1\n#dataset= 1 ; 1 F\n"
    text += b"#     HJD      MAG_0  MAG_1  MAG_2  MAG_3  MAG_4    MER_0 MER_1 MER_2 MER_3 MER_4 GRADE FRAME\n"
    row = b"   1868.52578 10.123 10.124 10.125 10.126 10.127    0.038 0.039 0.040 0.041 0.042  A 1\n"
    assert asas.is_whole(text + row)
    assert not asas.is_whole(text)
    (fields,) = asas._fields([("a.lc", text + row)], "")
    assert [(values[:, :2].tolist(), order) for values, order in fields if len(values)] == [
        ([[2451868.52578, 10.123]], [0, 1, 2, 3, 4])
    ]
    record = gzip.compress(MARK + b"    7 header\n")
    assert hipparcos.is_record("7", record)
    assert rows.read(MARK + b"5262.50650 17.639 0.018\n", ogle.PHOTOMETRY, "x")[0].tolist() == [
        5262.5065,
        17.639,
        0.018,
    ]


def test_a_marked_answer_of_vizier_is_read():
    table = vizier.VizierTable("I/239/hip_va_2", ("HIP", "VarType"), "", 1)
    found = vizier.parse(MARK + b"HIP\tVarType\n \t \n---\t---\n7\tM\n", table, "hip_va_2")
    assert [str(found[0][name]) for name in ("HIP", "VarType")] == ["7", "M"]


def test_a_marked_file_of_sky_patrol_is_read_with_and_without_a_comment():
    text = b"JD,Camera,Filter,Mag,Mag Error,Flux,Flux Error,FWHM,Limit,Quality\n"
    text += b"2458000.5,bi,g,13.125,0.02,20,0.4,1.5,17,G\n"
    for lead in (b"", b"# about the star\n"):
        found = skypatrol.read(MARK + lead + text, "x.csv").bands
        assert [float(column[0]) for column in found["g"]] == [2458000.5, 13.125, 0.02]
        assert len(found["V"][0]) == 0


def test_marked_answers_of_services_are_read():
    text = b"oid,expid,hjd,mjd,mag,magerr,catflags,filtercode\n"
    text += b"".join(b"7,%d,2458300.5,%d.5,15.25,0.02,0,zg\n" % (k, 58300 + k) for k in range(3))
    ((name, band, _),) = services.light_curves(MARK + text, "x.csv", ztf.FORMS, {})
    assert (name, band) == ("7", "g")
    assert services.has_columns(("oid",), MARK + text)
