"""A table of several stars without a known name of the sources is not taken for one star in silence."""

import pytest

from lctransfer.errors import LctransferError
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read

ROWS = [
    (star, 2450000.5 + day, 12.0 + 0.1 * (day % 3), 0.02, label)
    for star, label in ((7, "RRAB"), (8, "M"))
    for day in range(12)
]


def _write(path, name, *, labels=True):
    head = f"{name},BJD,Hp,e_Hp" + (",VarType" if labels else "")
    lines = [",".join(map(str, row if labels else row[:-1])) for row in ROWS]
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


@pytest.mark.parametrize("name", ["HIP", "hip_id", "TYC", "StarName", "OGLE_ID", "EPIC", "object_name", "CatID"])
def test_catalogues_names_of_sources_are_known(name, tmp_path):
    table, _ = read(_write(tmp_path / "stars.csv", name), Reading())
    assert table["source_id"].to_pylist() == ["7", "8"]


def test_rows_with_several_labels_and_no_known_name_are_refused(tmp_path):
    with pytest.raises(LctransferError, match=r"several stars\. If one of Stern names sources"):
        read(_write(tmp_path / "stars.csv", "Stern"), Reading())


def test_rows_that_are_taken_as_one_star_are_told(tmp_path):
    table, account = read(_write(tmp_path / "star.csv", "Stern", labels=False), Reading())
    assert table["source_id"].to_pylist() == ["star"]
    assert any("all rows are taken as one star. If one of Stern names" in note for note in account.notes)


def test_a_table_of_fluxes_may_carry_columns_called_mag_and_source(tmp_path):
    rows = [
        f"{star},{2450000.5 + day},{1000 + 10 * (day % 3)},5,{day % 2},{day % 3}"
        for star in (7, 8)
        for day in range(12)
    ]
    path = tmp_path / "stars.csv"
    path.write_text("\n".join(["hip,jd,flux,flux_err,mag,source", *rows]) + "\n")
    table, _ = read(path, Reading(columns="flux=flux[mJy],flux_err=flux_err,source_id=hip,time=jd"))
    assert [len(mag) for mag in table["mag"].to_pylist()] == [12, 12]
