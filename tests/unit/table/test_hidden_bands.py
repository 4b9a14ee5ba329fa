"""Columns that may be bands under an unknown name: refused where magnitudes differ by them, else said."""

import numpy as np
import pandas as pd
import pytest

from lctransfer.errors import LctransferError
from lctransfer.table import hidden_bands
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read

STARS, EPOCHS = 8, 40


def photometry(offset=0.6, seed=3, **more):
    """Return simulated stars, a row per epoch; `x` is g or r, between which magnitudes differ by `offset`."""
    rng = np.random.default_rng(seed)
    band = rng.choice(["g", "r"], STARS * EPOCHS)
    days = np.concatenate([np.sort(rng.uniform(58_000, 58_400, EPOCHS)) for _ in range(STARS)])
    mag = 15 + 0.2 * np.sin(days) + rng.normal(0, 0.02, len(days)) + offset * (band == "g")
    names = np.repeat([f"s{i}" for i in range(STARS)], EPOCHS)
    return pd.DataFrame({"source_id": names, "mjd": days, "mag": mag, "mag_err": 0.02, "x": band, **more})


def as_lists(frame):
    return frame.groupby("source_id", sort=False, as_index=False).agg(list)


def as_csv(frame, tmp_path):
    frame.to_csv(tmp_path / "stars.csv", index=False)
    return tmp_path / "stars.csv"


def as_folder(frame, tmp_path):
    for name, part in frame.groupby("source_id"):
        part.drop(columns="source_id").to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


FORMS = {"rows": lambda frame, _: frame, "lists": lambda frame, _: as_lists(frame), "csv": as_csv, "folder": as_folder}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("codes", [{"g": "g", "r": "r"}, {"g": 1, "r": 2}])
def test_magnitudes_that_differ_by_an_unnamed_column_are_refused_unless_it_is_said_what_it_is(form, codes, tmp_path):
    frame = photometry()
    source = FORMS[form](frame.assign(x=frame["x"].map(codes)), tmp_path)
    with pytest.raises(LctransferError, match=r"differ by x.*by 0\.\d+ mag between.*in 8 stars.*band=x.*band=none"):
        read(source, Reading())
    split, _ = read(source, Reading(columns="band=x"))
    assert sorted(set(split["band"].to_pylist())) == [str(codes["g"]), str(codes["r"])]
    assert len(split) == 2 * STARS
    together, _ = read(source, Reading(columns="band=none"))
    assert [len(one) for one in together["mag"].to_pylist()] == [EPOCHS] * STARS


def test_a_table_in_order_of_bands_is_refused_too(monkeypatch):
    from lctransfer.table import in_memory

    monkeypatch.setattr(in_memory, "LONG_ROWS", 50)
    with pytest.raises(LctransferError, match="differ by x"):
        read(photometry().sort_values("x"), Reading())


def test_texts_that_change_within_a_star_without_an_offset_are_said():
    _, account = read(photometry(offset=0.0), Reading())
    assert account.notes == [
        "x changes within 8 stars (g, r) and is not used: is it the band? Then write --columns band=x; band=none says "
        "that it is not."
    ]
    assert not read(photometry(offset=0.0), Reading(columns="band=none"))[1].notes


@pytest.mark.parametrize("name", ["camera", "quality", "observer", "flag"])
def test_columns_whose_name_says_what_they_hold_are_passed_over(name):
    assert not read(photometry(offset=0.0).rename(columns={"x": name}), Reading())[1].notes


def test_texts_of_a_star_and_texts_of_many_values_are_no_bands():
    frame = photometry(offset=0.0)
    frame["x"] = np.where(frame["source_id"] < "s4", "RRAB", "EW")
    assert not read(frame, Reading())[1].notes
    frame["x"] = [f"exposure {i}" for i in range(len(frame))]
    assert not read(frame, Reading())[1].notes


def test_few_epochs_of_many_stars_tell_together():
    frame = photometry().groupby("source_id").head(12)
    frame["mag"] += np.random.default_rng(0).normal(0, 0.3, len(frame))
    with pytest.raises(LctransferError, match="differ by x"):
        read(frame, Reading())


def test_only_the_first_sources_are_looked_at(monkeypatch):
    monkeypatch.setattr(hidden_bands, "SAMPLE_SOURCES", 2)
    with pytest.raises(LctransferError, match="in 2 stars"):
        read(photometry(), Reading())
