"""What an archive did not give stands on the first screen, and where what was not run is told."""

import json

import pytest
from results_folder import write_results

from lctransfer.report import losses, results
from lctransfer.report.sections import answer, data, origin

LOSS = {
    "part": "ogle3/smc/ecl",
    "said": "ident.dat, line 7: no known subtype from byte 36.",
    "advice": "Run `lctransfer retrieve --probe`.",
    "file": "raw/ogle/ogle3/OIII-CVS/smc/ecl/ident.dat",
    "line": 7,
}


@pytest.fixture
def folder(tmp_path):
    directory, data = write_results(tmp_path, targets=("asas",), strategies=("extra_trees", "finetune_all"), seeds=2)
    (data / "raw").mkdir(exist_ok=True)
    return directory, data


def put(data, survey, summary=None, manifest=None):
    for path, extra in (
        (data / "lightcurves" / f"{survey}.json", summary),
        (data / "raw" / f"{survey}.json", manifest),
    ):
        known = json.loads(path.read_text()) if path.exists() else {}
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps((known if isinstance(known, dict) else {}) | (extra or {})))


def test_a_complete_archive_says_nothing(folder):
    found = results.read(*folder)
    assert losses.warnings(found) == losses.sentences(found) == []


def test_a_lost_collection_is_named_with_file_line_and_advice(folder):
    put(folder[1], "ogle", {"left_out": [LOSS]})
    found = results.read(*folder)
    (warning,) = losses.warnings(found)
    assert "OGLE is not complete: ogle3/smc/ecl" in warning
    assert warning in answer.section(found).sentences
    told = " ".join(origin.not_run(found, []).sentences)
    for part in (LOSS["said"], LOSS["advice"], LOSS["file"], "line 7"):
        assert part in told


def test_a_class_with_less_than_nine_tenths_of_its_stars_is_a_loss(folder):
    put(folder[1], "asas", {"expected": {"RRL_ab": 100, "EB_EC": 100}, "with_light_curve": {"RRL_ab": 89, "EB_EC": 90}})
    (warning,) = losses.warnings(results.read(*folder))
    assert warning == "ASAS has lost stars: RRL_ab has 89 of 100 expected light curves."


def test_a_random_choice_of_stars_is_no_loss(folder):
    counts = {"expected": {"RRL_ab": 1000}, "with_light_curve": {"RRL_ab": 480}}
    put(folder[1], "asas", counts, {"queue": {"of": 10_000, "asked": 5_000, "arrived": 4_990}, "files": []})
    assert losses.warnings(results.read(*folder)) == []


def test_a_list_with_fewer_rows_than_its_document_states_is_a_loss(folder):
    rows = [{"path": "lists/quasars.tsv", "rows": n, "expected_rows": 758} for n in (758, 700, 50)]
    put(folder[1], "eros2", {}, {"files": rows})
    (warning,) = losses.warnings(results.read(*folder))
    assert warning == "EROS2 has lost stars: quasars.tsv has 50 of 758 rows."


def test_how_a_table_of_ones_own_was_read_stands_with_the_stars(folder):
    reading = {"sentences": ["stars.csv: read as own.", "Dropped: 2 sentinels."], "dropped": {"sentinels": 2}}
    put(folder[1], "asas", {"reading": {**reading, "flagged": {"uneven_lists": 1}}})
    part = data.section(results.read(*folder))
    assert [note for note in part.notes if note.endswith("was read: stars.csv: read as own. Dropped: 2 sentinels.")]
    rows = part.tables[-1].data
    told = rows[rows["stage"] == "reading"][["reason", "rows"]].values.tolist()
    assert told == [["sentinels", 2], ["uneven_lists", 1]]
