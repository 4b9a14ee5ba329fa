from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from lctransfer import surveys
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import read_json
from lctransfer.parquet import read_parquet, write_parquet
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import vizier
from lctransfer.taxonomy import class_name

NAMES = ("ogle", "eros2", "asas", "hipparcos", "asassn")
STARS = 90


@pytest.fixture(scope="module", params=NAMES)
def archive(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    table = simulate(request.param, STARS, 5)
    surveys.write_archive(request.param, table, folder)
    return request.param, table, folder


def test_what_was_written_is_read_back(archive):
    survey, table, folder = archive
    result = ingest.ingest(survey, folder, Survey(min_epochs=2))
    before = {row["source_id"]: row for row in table.to_pylist()}
    assert sorted(result.table["source_id"].to_pylist()) == sorted(before)
    for row in result.table.to_pylist():
        was = before[row["source_id"]]
        assert (row["label"], row["survey"], row["band"]) == (was["label"], survey, was["band"])
        assert row["class_name"] == class_name(row["label"], surveys.LABEL_MAPS[survey])
        assert row["ra_deg"] == pytest.approx(was["ra_deg"], abs=0.01)
        assert row["period_days"] == (was["period_days"] and pytest.approx(was["period_days"], rel=1e-4))
        usable = np.array(was["mag_err"]) < 1
        for name, precision in (("time", 1e-5), ("mag", 6e-4), ("mag_err", 6e-4)):
            assert np.allclose(row[name], np.array(was[name])[usable], rtol=0, atol=precision)


def test_writing_is_reproducible(archive, tmp_path):
    survey, table, folder = archive
    surveys.write_archive(survey, table, tmp_path)
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert paths
    assert all((tmp_path / path).read_bytes() == (folder / path).read_bytes() for path in paths)


def test_the_simulated_archive_is_what_would_be_retrieved(archive):
    survey, _, folder = archive
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    files = surveys.remote_files(survey, [], "simulated")
    assert written <= {file.path for file in files}
    assert {file.path for file in files if not file.optional} <= written


def test_a_streamed_file_holds_the_same_rows_and_its_counts(archive, tmp_path):
    survey, _, folder = archive
    dropped = ingest.ingest_file(survey, folder, Survey(), tmp_path / "x.parquet")
    whole = ingest.ingest(survey, folder, Survey())
    assert read_parquet(tmp_path / "x.parquet").to_pylist() == whole.table.to_pylist()
    counts = read_json(tmp_path / "x.json")
    assert counts["light_curves"] == whole.table.num_rows
    assert counts["not_used"] + sum(counts["classes"].values()) == whole.table.num_rows
    assert counts["dropped"] == dropped == whole.dropped


def test_every_star_left_out_is_counted(archive):
    survey, _, folder = archive
    lengths = [len(row["time"]) for row in ingest.ingest(survey, folder, Survey(min_epochs=2)).table.to_pylist()]
    cut = int(np.median(lengths))
    result = ingest.ingest(survey, folder, Survey(min_epochs=cut))
    assert result.dropped[f"fewer than {cut} epochs"] == sum(length < cut for length in lengths) > 0
    assert result.table.num_rows + result.dropped[f"fewer than {cut} epochs"] == STARS


def test_nothing_left_is_an_error(archive):
    survey, _, folder = archive
    with pytest.raises(LctransferError, match=r"No light curve of .* remains"):
        ingest.ingest(survey, folder, Survey(min_epochs=99_999))


def test_a_missing_file_is_a_sentence(archive, tmp_path):
    with pytest.raises(LctransferError, match="retrieve"):
        ingest.ingest(archive[0], tmp_path, Survey())


def test_an_unknown_band_is_named(archive):
    with pytest.raises(LctransferError, match="has no band Q"):
        ingest.ingest(archive[0], archive[2], Survey(bands=["Q"]))


def test_cuts_apply(archive):
    survey, _, folder = archive
    whole = ingest.ingest(survey, folder, Survey(min_epochs=2))
    short = ingest.ingest(survey, folder, Survey(min_epochs=2, max_duration_days=100.0, sigma_clip=3.0))
    assert all(row["time"][-1] - row["time"][0] <= 100 for row in short.table.to_pylist())
    before, after = (sum(map(len, table["time"].to_pylist())) for table in (whole.table, short.table))
    assert after < before
    settings = Survey(min_epochs=2, max_duration_days=100.0, stretch="random", max_epochs=9)
    sparse = ingest.ingest(survey, folder, settings)
    rows = sparse.table.to_pylist()
    assert all(row["time"][-1] - row["time"][0] <= 100 and len(row["time"]) <= 9 for row in rows)
    starts = {row["source_id"]: row["time"][0] for row in whole.table.to_pylist()}
    assert any(row["time"][0] > starts[row["source_id"]] + 100 for row in rows)
    assert sparse.dropped["epochs more than are kept"] > 0


@pytest.mark.parametrize("survey", NAMES)
def test_a_name_that_the_files_cannot_hold_is_refused(survey, tmp_path):
    table = simulate(survey, 30, 1)
    index = table.column_names.index("source_id")
    bad = table.set_column(index, "source_id", pa.array([f"../{i}" for i in range(table.num_rows)]))
    with pytest.raises(LctransferError, match=r"'../0' is no"):
        surveys.write_archive(survey, bad, tmp_path)


def test_there_is_no_such_survey():
    with pytest.raises(LctransferError, match="no reader for survey 'galex'"):
        surveys.remote_files("galex", [], "live")


def test_every_file_says_how_well_it_is_known():
    for survey in (*NAMES, "richards2012", "upsilont"):
        for file in surveys.remote_files(survey, [], "live"):
            assert file.licence
            assert file.reference
            assert isinstance(file.sure, surveys.Sure)
            assert file.urls or file.by_hand


@pytest.mark.parametrize("survey", ["asas", "asassn"])
def test_light_curves_fetched_star_by_star_are_read_as_the_bundle_is(survey, tmp_path):
    table = simulate(survey, 30, 3)
    surveys.write_archive(survey, table, tmp_path)
    whole = ingest.ingest(survey, tmp_path, Survey(min_epochs=2)).table
    module = surveys.module_of(survey)
    stars = tmp_path / module.STARS
    stars.mkdir()
    for name, packed in module.read(tmp_path / module.BUNDLE):
        content = packed
        if survey == "asassn":
            rows = [line.split() for line in packed.decode().splitlines()[2:]]
            head, body = "hjd,camera,mag,mag_err,flux,flux_err\n", [f"{t},ba,{m},{e},1,1\n" for t, m, e, *_ in rows]
            content = (head + "".join(body)).encode()
        (stars / name.rsplit("/", 1)[-1].replace(".dat", ".csv")).write_bytes(content)
    assert surveys.star_files(survey, tmp_path, []) == []
    (tmp_path / module.BUNDLE).unlink()
    listed = surveys.star_files(survey, tmp_path, [])
    assert all((tmp_path / file.path).is_file() for file in listed)
    used = [row for row in whole.to_pylist() if row["class_name"]]
    assert len(listed) == len(used) > 15  # a star without a class is not worth a request
    alone = ingest.ingest(survey, tmp_path, Survey(min_epochs=2)).table
    key = {row["source_id"]: row for row in alone.to_pylist()}
    assert all(key[row["source_id"]] == row for row in whole.to_pylist())


def test_stars_of_another_survey_are_left_out(tmp_path):
    surveys.write_archive("asas", simulate("asas", 30, 3), tmp_path / "raw")
    ingest.ingest_file("asas", tmp_path / "raw", Survey(), tmp_path / "all.parquet")
    rows = read_parquet(tmp_path / "all.parquet")
    write_parquet(tmp_path / "other.parquet", rows.slice(0, 5).select(["source_id", "ra_deg", "dec_deg"]))
    dropped = ingest.ingest_file(
        "asas", tmp_path / "raw", Survey(), tmp_path / "rest.parquet", not_in=[tmp_path / "other.parquet"]
    )
    assert dropped["in another survey of the experiment too"] == 5
    assert read_parquet(tmp_path / "rest.parquet")["source_id"].to_pylist() == rows["source_id"].to_pylist()[5:]


def test_a_star_listed_under_two_names_is_taken_once(tmp_path):
    table = simulate("asassn", 30, 3)
    index = table.column_names.index("ra_deg")
    ra, dec = table["ra_deg"].to_numpy().copy(), table["dec_deg"].to_numpy().copy()
    ra[7], dec[7] = ra[3], dec[3] + 5 / 3600
    table = table.set_column(index, "ra_deg", pa.array(ra))
    table = table.set_column(table.column_names.index("dec_deg"), "dec_deg", pa.array(dec))
    surveys.write_archive("asassn", table, tmp_path)
    result = ingest.ingest("asassn", tmp_path, Survey(min_epochs=2))
    assert result.dropped["listed under another name too"] == 1
    assert table["source_id"][7].as_py() not in result.table["source_id"].to_pylist()


@pytest.mark.parametrize("survey", ["asas", "asassn"])
def test_the_copy_at_vizier_stands_in_for_the_catalogue(survey, tmp_path):
    surveys.write_archive(survey, simulate(survey, 40, 3), tmp_path)
    module = surveys.module_of(survey)
    stars = module.catalogue(tmp_path, [], Counter())
    (tmp_path / module.CATALOGUE).unlink()
    rows = [
        (name, f"{star.ra_deg:.5f}", f"{star.dec_deg:.5f}", str(star.period_days or ""), star.label)
        for name, star in stars.items()
    ]
    if survey == "asas":
        rows = [(name, period, label, ra, dec) for name, ra, dec, period, label in rows]
    table = vizier.ACVS if survey == "asas" else vizier.ASASSN
    lines = ["\t".join(cells) for cells in (table.columns, ["unit"] * 5, ["----"] * 5, *rows)]
    (tmp_path / module.COPY).write_text("# VizieR\n" + "\n".join(lines) + "\n")
    copy = module.catalogue(tmp_path, [], Counter())
    assert list(copy) == list(stars)
    for name, star in stars.items():
        assert copy[name][:2] == star[:2]
        assert copy[name].ra_deg == pytest.approx(star.ra_deg, abs=1e-4)
        assert copy[name].period_days == (star.period_days and pytest.approx(star.period_days))
