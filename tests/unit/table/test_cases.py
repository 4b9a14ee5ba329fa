"""Tables that once gave a wrong result without a word: each ends as it must, read right or refused with a sentence."""

from collections import Counter

import numpy as np
import pyarrow.parquet as pq
import pytest

from lctransfer.cli.main import main
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.stages.ingest_table import ingest_table
from lctransfer.table.canonical import Reading
from lctransfer.table.class_map import read_class_map
from lctransfer.table.labelled import read_labelled
from lctransfer.table.reading import read

REFUSED = {
    "own/02_jd_float32": r"32-bit floats, which hold 2454576 in steps of 0\.25 d",
    "own/04_flux_mJy_as_mag": r"beyond -5 and 30, which no magnitude is.*'flux=mag\[mJy\]",
    "own/05_years": r"lies between 2000\.89 and 2008\.30: years\?.*time=time\[yr\]",
    "own/06_float_ids": r"identifiers are floats.*different sources become one",
    "own/09_magerr_and_mag_err": r"several columns that mean mag_err",
    "reports/alias_twice": r"several columns that mean mag_err",
    "reports/float32_jd": r"32-bit floats",
    "reports/gaia_float_ids": r"identifiers are floats",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(shared_data, name):
    with pytest.raises(LctransferError, match=REFUSED[name]):
        read(shared_data / "cases" / f"{name}.parquet", Reading())


def test_what_is_refused_is_read_once_it_is_said(shared_data):
    own = shared_data / "cases" / "own"
    reference = read(own / "01_reference_gcvs_words.parquet", Reading())[0]
    flux = read(own / "04_flux_mJy_as_mag.parquet", Reading(columns="flux=mag[mJy],flux_err=mag_err"))[0]
    assert flux["mag"][0].as_py() == pytest.approx(reference["mag"][0].as_py(), abs=0.01)
    assert flux["mag_err"][0].as_py() == pytest.approx(reference["mag_err"][0].as_py(), rel=0.05)
    years = read(own / "05_years.parquet", Reading(columns="time=time[yr]"))[0]
    span = [np.ptp(table["time"][0].as_py()) for table in (years, reference)]
    assert span[0] == pytest.approx(span[1], abs=0.01)


def test_sentinels_bands_rows_structs_and_dates(shared_data):
    own = shared_data / "cases" / "own"
    found, account = read(own / "03_sentinel_99.parquet", Reading())
    assert sum(account.dropped.values()) == sum(found["read_dropped"].to_pylist()) == 352
    assert max(max(row) for row in found["mag"].to_pylist()) < 30
    found, account = read(own / "08_band_list_mixed.parquet", Reading())
    assert account.bands == {"g": 70, "r": 70}
    assert read(own / "08_band_list_mixed.parquet", Reading(band="r"))[0].num_rows == 70
    found, account = read(own / "12_uneven_row.parquet", Reading())
    assert Counter(found["read_flag"].to_pylist()) == {None: 7, "uneven_lists": 1}
    reference = read(own / "01_reference_gcvs_words.parquet", Reading())[0]
    for name in ("11_long.csv", "13_nested_struct.parquet", "15_timestamps.parquet"):
        found = read(own / name, Reading())[0]
        for column in ("time", "mag"):
            assert found[column][0].as_py() == pytest.approx(reference[column][0].as_py(), abs=1e-6)
    found = read(shared_data / "cases" / "reports" / "sentinels.parquet", Reading())[0]
    assert found["read_dropped"].to_pylist() == [0, 2, 2, 2, 2]


def test_labels_and_identifiers(shared_data):
    cases = shared_data / "cases"
    words = {
        "own/16_words_for_missing": {"DSCT", "EA", "EW", "RRAB", "RRC"},
        "own/18_int_labels_with_nan": set("1234567"),
        "reports/missing_words": {"RRAB", "EW", "MIRA"},
        "reports/bytes_labels": {"RRAB", "EW", "MIRA"},
    }
    for name, expected in words.items():
        found = read(cases / f"{name}.parquet", Reading())[0]["label"].to_pylist()
        assert {word for word in found if word is not None} == expected, name
    names = read(cases / "reports/null_ids.parquet", Reading())[0]["source_id"].to_pylist()
    assert len(set(names)) == 48
    made = read_labelled(cases / "reports/gcvs_words.parquet")
    assert made.classes.names["EB"] == "EB_ESD"
    with pytest.raises(LctransferError, match="has the word 'RRAB' twice"):
        read_class_map(cases / "own/map_dup_key.yaml")


def test_no_verb_writes_over_what_it_reads(shared_data, tmp_path, capsys):
    table = tmp_path / "x.parquet"
    table.write_bytes((shared_data / "cases/own/12_uneven_row.parquet").read_bytes())
    before = table.read_bytes()
    (tmp_path / "link.parquet").symlink_to(table)
    settings = f'{{"table": "{table}"}}'
    for arguments in (
        ["features", str(table), "-o", str(table)],
        ["features", str(table), "-o", str(tmp_path / "link.parquet")],
        ["features", str(tmp_path / "link.parquet"), "-o", str(table)],
        ["join", str(table), "-o", str(table)],
        ["ingest", "mine", "--settings", settings, "-o", str(table)],
    ):
        assert main(arguments) == 2, arguments
        assert "is also what is read" in capsys.readouterr().err
    features = tmp_path / "features.parquet"
    features.write_bytes(before)
    assert main(["evaluate", str(features), "-o", str(tmp_path), "--source", "simulated"]) == 2
    assert features.read_bytes() == table.read_bytes() == before


def test_ingest_keeps_the_account(shared_data, tmp_path):
    table = shared_data / "cases/own/11_long.csv"
    account = ingest_table("mine", Survey(table=str(table)), tmp_path / "out.parquet")
    assert account.form["layout"] == "rows"
    assert b"lctransfer.reading" in pq.read_schema(tmp_path / "out.parquet").metadata
