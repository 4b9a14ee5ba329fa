import numpy as np
import pytest

from lctransfer import surveys
from lctransfer.config import Survey
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import ogle
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
