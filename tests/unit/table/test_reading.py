"""Light curves of every form are read right, or refused with a sentence that says what to write instead."""

import errno
import gzip
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from two_stars import ERR, MAG, TIME, N, is_right, lists, rows

from lctransfer.errors import LctransferError
from lctransfer.table import opening
from lctransfer.table.canonical import Reading, canonical, is_stamped
from lctransfer.table.light_curves import METADATA_KEY
from lctransfer.table.reading import read, read_light_curves


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "tsv", "txt", "dat", "parquet", "feather", "ecsv", "fits", "vot"])
def test_a_row_per_epoch_in_any_format(tmp_path, suffix):
    from astropy.table import Table

    path, frame = tmp_path / f"long.{suffix}", rows()
    if suffix == "feather":
        feather.write_feather(pa.Table.from_pandas(frame, preserve_index=False), path)
    elif suffix == "parquet":
        frame.to_parquet(path)
    elif suffix in ("ecsv", "fits", "vot"):
        form = {"ecsv": "ascii.ecsv", "fits": "fits", "vot": "votable"}[suffix]
        columns = {name: frame[name].to_numpy() for name in frame}
        columns |= {name: columns[name].astype(str) for name in ("id", "class")}
        Table(columns).write(path, format=form)
    else:
        separator = {"tsv": "\t", "txt": " ", "dat": ";"}.get(suffix, ",")
        frame.to_csv(path, index=False, sep=separator)
    assert is_right(read_light_curves(path))


def test_lists_structs_and_parts(tmp_path):
    table = lists()
    pq.write_table(table, tmp_path / "lists.parquet")
    assert is_right(read_light_curves(tmp_path / "lists.parquet"))
    (tmp_path / "parts" / "label=RRAB").mkdir(parents=True)
    (tmp_path / "parts" / "label=EW").mkdir()
    for row, word in enumerate(["RRAB", "EW"]):
        pq.write_table(table.slice(row, 1).drop_columns(["label"]), tmp_path / f"parts/label={word}/0.parquet")
    (tmp_path / "parts" / "_metadata").write_text("")
    assert is_right(read_light_curves(tmp_path / "parts"))
    epochs = [
        [{"mjd": t, "mag": m, "magerr": e} for t, m, e in zip(TIME - 2_400_000.5, mag, ERR)] for mag in MAG.values()
    ]
    nested = pa.table({"objid": [7, 8], "lc": epochs})
    found = read_light_curves(nested)
    assert found["source_id"].to_pylist() == ["7", "8"]
    assert found["time"][1].as_py() == pytest.approx(TIME)


def test_a_folder_with_a_file_per_star_and_a_table_of_labels(tmp_path):
    folder = tmp_path / "stars"
    folder.mkdir()
    for name, mag in MAG.items():
        np.savetxt(folder / f"{name}.dat", np.column_stack([TIME, mag, ERR]), fmt="%.8f")
    (folder / "broken.dat").write_bytes(b"\0\1\2")
    (folder / "README.md").write_text("not a star")
    (tmp_path / "labels.csv").write_text("name,type\na,RRAB\nb,EW\nelsewhere,EA\n")
    table, account = read(folder, Reading(labels=tmp_path / "labels.csv"))
    flags = dict(zip(table["source_id"].to_pylist(), table["read_flag"].to_pylist()))
    assert flags == {"a": None, "b": None, "broken": "unreadable"}
    assert is_right(table.filter(pa.array([name != "broken" for name in flags])))
    assert any("2 of 3 labels" in line for line in account.notes)


def test_too_few_open_files_are_no_fault_of_the_files(tmp_path, monkeypatch):
    folder = tmp_path / "stars"
    folder.mkdir()
    for name in ("a", "b"):
        columns = {"source_id": [name], "time": [TIME], "mag": [MAG[name]], "mag_err": [ERR]}
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    usual = opening._parquet_batches

    def none_left(path, *rest):
        if path.stem == "b":
            raise OSError(errno.EMFILE, "Too many open files", str(path))
        return usual(path, *rest)

    monkeypatch.setattr(opening, "_parquet_batches", none_left)
    with pytest.raises(OSError, match="Too many open files"):
        read(folder, Reading())


def test_frames_time_series_and_what_is_no_table(tmp_path):
    from astropy.time import Time
    from astropy.timeseries import TimeSeries

    assert is_right(read_light_curves(rows()))
    assert is_right(read_light_curves(lists().to_pandas()))
    series = TimeSeries(time=Time(TIME, format="jd"), data={"mag": MAG["a"], "mag_err": ERR})
    found = read_light_curves(series).to_pylist()[0]
    assert found["source_id"] == "star"
    assert found["time"] == pytest.approx(TIME, abs=1e-6)
    with pytest.raises(LctransferError, match="is no light-curve table"):
        read_light_curves(3)
    with pytest.raises(LctransferError, match="There is no file"):
        read_light_curves(tmp_path / "none.csv")


def test_columns_are_named_by_the_user_with_units():
    seconds = (TIME - TIME[0]) * 86_400
    theirs = pa.table({"who": ["a"] * N, "when": seconds, "f": 10 ** (-0.4 * (MAG["a"] - 31.4)), "s": np.full(N, 50.0)})
    found = read_light_curves(theirs, columns="source_id=who,time=when[s],flux=f[nJy],snr=s").to_pylist()[0]
    assert found["time"] == pytest.approx(TIME - TIME[0])
    assert found["mag"] == pytest.approx(MAG["a"])
    assert found["mag_err"] == pytest.approx(np.full(N, 1.0857362 / 50), rel=1e-6)
    for name, unit, zero in (("mJy", "mJy", 16.4), ("uJy", "µJy", 23.9), ("Jy", "Jy", 8.9), ("zp", "zp=27.5", 27.5)):
        scaled = theirs.set_column(2, "f", pa.array(10 ** (-0.4 * (MAG["a"] - zero))))
        meant = {"source_id": "who", "time": "when[s]", "flux": f"f[{unit}]", "snr": "s"}
        assert read_light_curves(scaled, columns=meant)["mag"][0].as_py() == pytest.approx(MAG["a"]), name
    with pytest.raises(LctransferError, match=r"12 of 12 fluxes of f become magnitudes beyond -5 and 30: their unit"):
        read_light_curves(theirs, columns="source_id=who,time=when[s],flux=f[Jy],snr=s")


def test_years_and_other_units_are_converted_where_said():
    years = 2000 + (TIME - 2_451_544.5) / 365.25
    table = lists().drop_columns(["time"]).append_column("t", pa.array([years, years]))
    assert is_right(read_light_curves(table, columns="time=t[yr]"))
    stamps = pd.to_datetime(TIME, unit="D", origin="julian")
    dated = lists().drop_columns(["time"]).append_column("time", pa.array([list(stamps)] * 2))
    table, account = read(dated, Reading())
    assert is_right(table)
    assert account.form["time"] == "dates and times of day, converted to Julian dates (UTC)"
    for system, zero in (("mjd", 2_400_000.5), ("btjd", 2_457_000.0), ("bkjd", 2_454_833.0), ("gaia", 2_455_197.5)):
        shifted = lists().drop_columns(["time"]).append_column("t", pa.array([TIME - zero] * 2))
        assert is_right(read_light_curves(shifted, columns=f"time=t[{system}]")), system


@pytest.mark.parametrize(
    ("mag", "err"),
    [(99.99, 9.99), (99.999, 0.02), (-999.0, -999.0), (29.999, 0.1), (0.0, 0.0), (-17.1, 3.2), (15, 99.0)],
)
def test_sentinels_are_dropped_and_counted(mag, err):
    mags, errors = MAG["b"].copy(), ERR.copy()
    mags[[2, 5]], errors[[2, 5]] = mag, err
    table = lists().slice(1, 1)
    table = table.drop_columns(["mag", "mag_err"]).append_column("mag", [[mags]]).append_column("mag_err", [[errors]])
    many = pa.concat_tables([table, *[lists().slice(1, 1).select(table.column_names)] * 20])
    found, account = read(many, Reading())
    assert found["read_dropped"].to_pylist() == [2, *[0] * 20]
    assert found["mag"][0].as_py() == pytest.approx(np.delete(MAG["b"], [2, 5]))
    assert account.dropped == {"epochs that are no measurement (sentinels such as 99.99)": 2}


def test_zero_is_a_magnitude_where_the_others_are_near():
    mags = MAG["a"] - 12
    mags[3] = 0.0
    table = lists().slice(0, 1).drop_columns(["mag"]).append_column("mag", [[mags]])
    assert read_light_curves(table)["read_dropped"].to_pylist() == [0]


def test_one_bad_row_is_one_flagged_row():
    many = pa.concat_tables([lists()] * 4)
    names = pa.array([f"s{i}" for i in range(8)])
    times = [list(TIME)] * 8
    times[3], times[5], times[6] = list(TIME[:-1]), list(TIME * np.linspace(0.5, 1, N)), [*TIME[:-1], -99.0]
    table = many.set_column(0, "source_id", names).set_column(2, "time", pa.array(times))
    found, account = read(table, Reading())
    assert found["read_flag"].to_pylist() == [None, None, None, "uneven_lists", None, "time_span_too_long", None, None]
    assert account.flagged == {"uneven_lists": 1, "time_span_too_long": 1}
    assert found["time"][6].as_py() == list(TIME[:-1])
    assert found["read_dropped"][6].as_py() == 1
    assert found["label"].to_pylist() == ["RRAB", "EW"] * 4


def test_epochs_doubled_by_a_join_are_said():
    found, account = read(pd.concat([rows(), rows()]), Reading())
    assert [len(one) for one in found["time"].to_pylist()] == [2 * N, 2 * N]
    assert f"{2 * N} epochs stand twice, as after a join; features count each once." in account.notes


def test_missing_and_repeated_identifiers_are_said():
    found, account = read(lists(source_id=["a", None]), Reading())
    assert found["source_id"].to_pylist() == ["a", "row-2"]
    assert "1 rows have no identifier" in " ".join(account.notes)
    found, account = read(lists(source_id=["a", "a"]), Reading())
    assert found["label"].to_pylist() == [None, None]
    assert "1 identifiers stand in several rows" in " ".join(account.notes)
    assert "1 sources have several labels" in " ".join(account.notes)
    for word in ("nan", "None", "<NA>", "NaT", " NULL "):
        assert read(lists(source_id=[word, word]), Reading())[0]["source_id"].to_pylist() == ["row-1", "row-2"]
    long = rows(id=[*["a"] * N, *["b"] * (N - 1), None])
    found, account = read(long, Reading())
    assert account.dropped["epochs without an identifier"] == 1
    assert sorted(len(one) for one in found["time"].to_pylist()) == [N - 1, N]


def test_labels_of_any_kind_are_words():
    def label(values):
        return read_light_curves(lists().drop_columns(["label"]).append_column("label", values))["label"].to_pylist()

    assert label(pa.array([4.0, None])) == ["4", None]
    assert label(pa.array([b"RRAB  ", b"EW"])) == ["RRAB", "EW"]
    assert label(pa.array([" EW ", "<NA>"])) == ["EW", None]
    assert label(pa.array(["unknown", "N/A"])) == [None, None]
    assert label(pa.array(["None", "NaN"]).dictionary_encode()) == [None, None]
    _, account = read(lists(label=["unknown", "EW"]), Reading())
    assert account.missing_words == {"unknown": 1}


def test_labels_by_identifier_and_by_position(tmp_path):
    pd.DataFrame({"source_id": ["b", "a"], "class": ["EA", "nan"]}).to_parquet(tmp_path / "labels.parquet")
    assert read_light_curves(lists(), labels=tmp_path / "labels.parquet")["label"].to_pylist() == ["RRAB", "EA"]
    (tmp_path / "sky.csv").write_text("ra,dec,type\n10.0001,20.0,EA\n10.0002,20.0,DSCT\n200,0,M\n")
    placed = lists(ra=[10.0, 50.0], dec=[20.0, 50.0]).drop_columns(["label"])
    found = read_light_curves(placed, labels=tmp_path / "sky.csv", labels_position=2.0)
    assert found["label"].to_pylist() == ["EA", None]
    (tmp_path / "two.csv").write_text("id,label\na,EA\na,EB\n")
    with pytest.raises(LctransferError, match="give source a two labels, EA and EB"):
        read_light_curves(lists(), labels=tmp_path / "two.csv")


def test_bands_stay_apart_and_one_or_the_best_is_taken():
    mixed = lists(band=[["g", "r"] * (N // 2), ["g"] * 4 + ["r"] * 8])
    found = read_light_curves(mixed)
    assert list(zip(found["source_id"].to_pylist(), found["band"].to_pylist())) == [
        ("a", "g"), ("a", "r"), ("b", "g"), ("b", "r")
    ]  # fmt: skip
    assert found["time"][2].as_py() == pytest.approx(TIME[:4])
    assert read_light_curves(mixed, band="r")["time"][1].as_py() == pytest.approx(TIME[4:])
    best = read_light_curves(mixed, band="best")
    assert best["band"].to_pylist() == ["g", "r"]
    with pytest.raises(LctransferError, match=r"has no band 'z'; it has g \(2 light curves\), r \(2 light curves\)"):
        read_light_curves(mixed, band="z")
    with pytest.raises(LctransferError, match="names no bands"):
        read_light_curves(lists(), band="r")


def test_a_bad_line_of_text_costs_itself(tmp_path):
    lines = rows().to_csv(index=False).splitlines()
    lines[3] = lines[3].replace(lines[3].split(",")[2], "faint")
    lines.insert(5, "a,2455000.5")
    lines.insert(9, "# a comment")
    (tmp_path / "long.csv").write_text("\ufeff" + "\r\n".join(lines) + "\r\n")
    found, account = read(tmp_path / "long.csv", Reading())
    assert sum(len(one) for one in found["time"].to_pylist()) == 2 * N - 1
    assert account.dropped["fields of magnitude that are no number"] == 1
    assert account.dropped["lines with another number of fields"] == 1


def test_decimal_commas_and_a_header_in_a_comment(tmp_path):
    rows().to_csv(tmp_path / "comma.csv", index=False, sep=";", decimal=",")
    assert is_right(read_light_curves(tmp_path / "comma.csv"))
    body = rows().to_csv(index=False, header=False, sep=" ")
    (tmp_path / "commented.txt").write_text("# made by hand\n# id hjd magnitude e_mag class\n" + body)
    assert is_right(read_light_curves(tmp_path / "commented.txt"))


def test_the_account_stands_in_the_file_and_it_needs_no_reading_again(tmp_path):
    rows().to_csv(tmp_path / "long.csv.gz", index=False, compression="gzip")
    assert gzip.decompress((tmp_path / "long.csv.gz").read_bytes()).startswith(b"id,hjd")
    with canonical(tmp_path / "long.csv.gz", Reading()) as (path, account):
        assert is_stamped(path)
        assert is_right(pq.read_table(path))
        said = json.loads(pq.read_metadata(path).metadata[METADATA_KEY])
        assert said["columns"] == [
            {"band": "", "source_id": "id", "label": "class", "time": "hjd", "mag": "magnitude", "mag_err": "e_mag"}
        ]
        assert said["time"] == "heliocentric Julian date"
        assert account.said[1] == "source_id = id, label = class, time = hjd, mag = magnitude, mag_err = e_mag."
        with canonical(path, Reading()) as (again, _):
            assert again == path
    assert not path.exists()


def test_more_epochs_than_memory_may_hold_wait_in_files(tmp_path, monkeypatch):
    from lctransfer.table import grouping

    monkeypatch.setattr(grouping, "MOST_EPOCHS", 50)
    monkeypatch.setattr(grouping, "SOURCES_PER_FILE", 3)
    monkeypatch.setattr("lctransfer.table.in_memory.LONG_ROWS", 20)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"id": rng.integers(0, 10, 600), "mjd": rng.uniform(5e4, 5.1e4, 600)})
    frame = frame.assign(mag=rng.normal(15, 1, 600), magerr=0.1)
    found = {row["source_id"]: row for row in read_light_curves(frame).to_pylist()}
    assert list(found) == [str(name) for name in frame["id"].drop_duplicates()]
    for name, own in frame.sort_values("mjd").groupby("id"):
        assert found[str(name)]["mag"] == own["mag"].tolist()
        assert found[str(name)]["time"] == (own["mjd"] + 2_400_000.5).tolist()
