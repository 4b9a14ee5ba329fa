from collections import Counter

import numpy as np
import pytest

from lctransfer import surveys
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import ogle, ogle_tables
from lctransfer.surveys.losses import Tally
from lctransfer.surveys.members import write_tar
from lctransfer.surveys.ogle_collections import BY_NAME
from lctransfer.surveys.rows import write

RA, DEC = 81.25, -69.5
NAMES = {"ogle4/lmc/ecl": ("OGLE-LMC-ECL-00007", "NC"), "ogle3/lmc/ecl": ("OGLE-LMC-ECL-00007", "ED")}
TIME = np.round(np.arange(60) * 3.3, 5)
MAG = np.round(17 + 0.2 * np.sin(TIME), 3)


def put(root, name, time, mag, archive="phot.tar.gz"):
    """Lay down one star of one collection."""
    collection = BY_NAME[name]
    folder = root / collection.directory
    folder.mkdir(parents=True, exist_ok=True)
    row = {"source_id": NAMES[name][0], "label": f"ECL_{NAMES[name][1]}", "ra_deg": RA, "dec_deg": DEC}
    (folder / "ident.dat").write_text(ogle._ident_line(row, collection))
    rows = write([time, mag, np.full(len(time), 0.01)], ogle.PHOTOMETRY)
    write_tar(folder / archive, [(f"phot/I/{NAMES[name][0]}.dat", rows)])


@pytest.fixture
def two_phases(tmp_path):
    """A star seen until epoch 40 by OGLE-III, from epoch 30 on by OGLE-IV, with another zero point."""
    put(tmp_path, "ogle3/lmc/ecl", TIME[:40] + 1 + 40 / 86_400, MAG[:40] + 0.1)
    put(tmp_path, "ogle4/lmc/ecl", 2_450_001 + TIME[30:], MAG[30:])  # the full date
    return tmp_path


def test_phases_of_one_star_become_one_light_curve(two_phases):
    result = ingest.ingest("ogle", two_phases, Survey(min_epochs=2))
    (row,) = result.table.to_pylist()
    # The class of OGLE-III, which OGLE-IV no longer prints; the photometry of OGLE-IV where both have it.
    assert (row["source_id"], row["label"], row["class_name"]) == ("OGLE-LMC-ECL-00007", "ECL_ED", "EB_ED")
    assert np.allclose(row["mag"], MAG, atol=1.1e-3)
    assert np.allclose(row["time"], 2_450_001 + TIME, atol=1e-3)
    assert row["time"][30:] == (2_450_001 + TIME[30:]).round(5).tolist()
    assert result.dropped == {"listed in another collection too": 1}


def test_zero_points_stay_as_given_if_asked(two_phases):
    (row,) = ingest.ingest("ogle", two_phases, Survey(min_epochs=2, zero_points="as_given")).table.to_pylist()
    assert np.allclose(row["mag"], MAG + 0.1 * (np.arange(60) < 30), atol=1.1e-3)


def test_one_name_for_two_stars_joins_nothing(two_phases):
    path = two_phases / BY_NAME["ogle4/lmc/ecl"].directory / "ident.dat"
    path.write_text(path.read_text().replace("-69:30:00.0", "-69:40:00.0"))
    (row,) = ingest.ingest("ogle", two_phases, Survey(min_epochs=2)).table.to_pylist()
    assert (row["label"], len(row["time"])) == ("ECL_ED", 40)


def test_stars_that_the_remarks_call_uncertain_are_left_out(tmp_path):
    surveys.write_archive("ogle", simulate("ogle", 120, 3), tmp_path)
    before = ingest.ingest("ogle", tmp_path, Survey(min_epochs=2)).table
    name = next(row["source_id"] for row in before.to_pylist() if row["label"] == "RRab")
    folder = tmp_path / BY_NAME["ogle4/lmc/rrlyr"].directory
    (folder / "remarks.txt").write_text(f"{name} uncertain\nOGLE-LMC-RRLYR-99999 blended\n")
    result = ingest.ingest("ogle", tmp_path, Survey(min_epochs=2))
    assert result.dropped == {"uncertain, says remarks.txt": 1}
    assert set(before["source_id"].to_pylist()) - set(result.table["source_id"].to_pylist()) == {name}


def test_archives_of_one_collection_are_joined(tmp_path, monkeypatch):
    monkeypatch.setitem(NAMES, "ogle4/blg/ecl", ("OGLE-BLG-ECL-000007", "C"))
    for archive, part in (("phot_ogle3.tar.gz", slice(0, 40)), ("phot_ogle4.tar.gz", slice(30, 60))):
        put(tmp_path, "ogle4/blg/ecl", TIME[part] + 1, MAG[part], archive)
    (row,) = ingest.ingest("ogle", tmp_path, Survey(min_epochs=2)).table.to_pylist()
    assert row["mag"] == MAG.tolist()


def test_stars_of_one_phase_only_are_untouched_beside_joined_ones(tmp_path):
    table = simulate("ogle", 120, 3)
    surveys.write_archive("ogle", table, tmp_path)
    alone = ingest.ingest("ogle", tmp_path, Survey(min_epochs=2)).table
    star = next(row for row in alone.to_pylist() if row["label"] == "RRab")
    collection = BY_NAME["ogle3/lmc/rrlyr"]
    folder = tmp_path / collection.directory
    with open(folder / "ident.dat", "a") as stream:
        stream.write(ogle._ident_line(star, collection))
    rows = write([np.array([1.0, 2.0]), np.array([18.0, 18.1]), np.array([0.1, 0.1])], ogle.PHOTOMETRY)
    before = list(ogle.read(folder / "phot.tar.gz"))
    write_tar(folder / "phot.tar.gz", [*before, (f"phot/I/{star['source_id']}.dat", rows)])
    both = ingest.ingest("ogle", tmp_path, Survey(min_epochs=2)).table
    assert both.num_rows == alone.num_rows
    was = {row["source_id"]: row for row in alone.to_pylist()}
    for row in both.to_pylist():
        if row["source_id"] == star["source_id"]:
            assert row["time"] == [2_450_001.0, 2_450_002.0, *star["time"]]
        else:
            assert row == was[row["source_id"]]


def test_ogle_reads_all_phases_of_the_live_archive():
    files = {file.path: file for file in surveys.remote_files("ogle", ["ogle4/blg/lpv"], "live")}
    folder = "ogle4/OCVS/blg/lpv/"
    assert [files[f"{folder}phot_ogle{n}.tar.gz"].optional for n in (4, 3, 2)] == [False, True, True]


SMC = """OGLE-SMC-ECL-0001  SMC130.7    100 NC  00:21:51.28 -73:11:22.3
OGLE-SMC-ECL-0003  SMC130.7    102 C   00:21:51.28 -73:11:22.3
"""


def lmc_row(number, word):
    """Return a row of the list of the Large Cloud: the subtype from byte 37 on, then the position."""
    return f"{f'OGLE-LMC-ECL-{number:05d}':<36}{word} 05:{number % 60:02d}:{number // 60:02d}.28 -69:11:22.3\n"


def ident(root, name, text):
    folder = root / BY_NAME[name].directory
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ident.dat").write_text(text)


def test_ogle3_smc_eclipsing_binaries_are_contact_or_not(tmp_path):
    ident(tmp_path, "ogle3/smc/ecl", SMC.replace("51.28", "11.28", 1))
    stars = ogle.catalogue(tmp_path, [], Counter())
    assert {star.source_id: star.label for star in stars.values()} == {
        "OGLE-SMC-ECL-0001": "ECL_NC",
        "OGLE-SMC-ECL-0003": "ECL_C",
    }
    assert [ogle.LABEL_MAP[word] for word in ("ECL_C", "ECL_NC")] == ["EB_EC", "EB"]


def test_the_true_case_of_ogle3_smc(shared_data):
    name = "ogle3_smc_ecl_ident_MADE_after_README.dat"
    text = (shared_data / "cases/archives" / name).read_text()
    stars, bad = ogle_tables.read_ident(text, BY_NAME["ogle3/smc/ecl"], name)
    assert (bad, [star.label for star in stars]) == ([], ["ECL_NC", "ECL_NC", "ECL_C", "ECL_NC"])


def test_compound_and_other_words_are_counted_and_never_fatal(tmp_path):
    words = ["ED"] * 80 + ["ED/ESD"] * 5 + ["EB_Other"] * 5
    ident(tmp_path, "ogle3/lmc/ecl", "".join(map(lmc_row, range(90), words)))
    dropped = Counter()
    assert len(ogle.catalogue(tmp_path, [], dropped)) == 80
    assert dropped == {"no single class: ECL_ED/ESD": 5, "no single class: ECL_EB_Other": 5, **ZERO}


ZERO = {"listed in another collection too": 0, "uncertain, says remarks.txt": 0}


def test_a_collection_whose_words_are_all_others_is_left_out_by_itself(tmp_path):
    ident(tmp_path, "ogle3/smc/ecl", SMC)
    ident(tmp_path, "ogle3/lmc/ecl", "".join(lmc_row(i, "XX") for i in range(9)))
    with pytest.raises(LctransferError, match="9 of 9 stars have a subtype that is none of EC, ED, ESD; 9 have ECL_XX"):
        ogle.catalogue(tmp_path, [], Counter())
    tally = Tally()
    assert {star.parts[0][0] for star in ogle.catalogue(tmp_path, [], tally).values()} == {"ogle3/smc/ecl"}
    (loss,) = tally.lost
    assert (loss.part, loss.file.endswith("ogle3/OIII-CVS/lmc/ecl/ident.dat")) == ("ogle3/lmc/ecl", True)
    assert "overrides" in loss.advice
