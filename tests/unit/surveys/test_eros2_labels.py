from collections import Counter

import numpy as np
import pytest

from lctransfer import surveys
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.stages import ingest
from lctransfer.surveys import eros2, eros2_labels, ogle, vizier
from lctransfer.surveys.members import write_tar
from lctransfer.surveys.ogle_collections import BY_NAME

ARCSEC = 1 / 3600
OGLE_STARS = {
    "ogle4/lmc/cep": ("OGLE-LMC-CEP-0001", "CEP_F", 80.0),
    "ogle4/lmc/t2cep": ("OGLE-LMC-T2CEP-001", "T2CEP_WVir", 80.2),
    "ogle3/lmc/rrlyr": ("OGLE-LMC-RRLYR-00001", "RRe", 80.4),
    "ogle3/lmc/dsct": ("OGLE-LMC-DSCT-0001", "DSCT_SINGLEMODE", 80.6),
    "ogle3/lmc/ecl": ("OGLE-LMC-ECL-00001", "ECL_ESD", 80.8),
    "ogle3/lmc/lpv": ("OGLE-LMC-LPV-00001", "OSARG_RGB_O", 81.0),
}
LISTS = {"quasars": 82.0, "blue_variables": 82.2, "eros2_periodic": 82.4, "macho_variables": 82.6}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Lists of one star each, and EROS-2 stars at their places, near them, and elsewhere."""
    for name, (star, label, ra) in OGLE_STARS.items():
        home = tmp_path / "ogle" / BY_NAME[name].directory
        home.mkdir(parents=True)
        row = {"source_id": star, "label": label, "ra_deg": ra, "dec_deg": -69.0}
        (home / "ident.dat").write_text(ogle._ident_line(row, BY_NAME[name]))
    (tmp_path / "lists").mkdir()
    for path, (table, label) in dict(eros2_labels.VIZIER_LISTS).items():
        lone = vizier.VizierTable(table.name, table.columns, "a paper", 1)
        monkeypatch.setitem(eros2_labels.VIZIER_LISTS, path, (lone, label))
        cells = [str(LISTS[path[6:-4]]), "-69.0", "1.5"][: len(table.columns)]
        (tmp_path / path).write_text("\t".join(table.columns) + "\n" + "\t".join(cells) + "\n")
    monkeypatch.setattr(eros2_labels, "CONSTANT_STARS", 3)
    monkeypatch.setattr(eros2_labels, "ROWS_AT_ONCE", 4)
    places = [ra for _, _, ra in OGLE_STARS.values()] + list(LISTS.values())
    rows = [(f"lm00{i:02d}k1", ra, -69.0 + 0.5 * ARCSEC) for i, ra in enumerate(places)]
    rows += [("lm0099k1", 80.0, -69.0 + 1.2 * ARCSEC), ("lm0099k2", 80.0, -69.0 + 3 * ARCSEC)]  # near a Cepheid
    rows += [(f"lm01{i:02d}m{i}", 83.0 + i / 10, -70.0) for i in range(6)]
    text = "".join(f"{name} {ra:.6f} {dec:.6f} 15.1 0.1 1 1 15.2 0.1 1 1 0\n" for name, ra, dec in rows)
    (tmp_path / eros2_labels.STAR_LIST).write_text("# id ra dec\n" + text)
    return tmp_path


def test_classes_go_by_position(folder):
    dropped = Counter()
    stars = eros2.catalogue(folder, [], dropped)
    named = {name: star.label for name, star in stars.items() if star.label != "NonVar"}
    words = ["CEPH_F", "T2CEPH", "RRL_e", "DSCT", "EB_ESD", "LPV_OSARG_RGB", "QSO", "BV"]
    assert named == {f"lm00{i:02d}k1": word for i, word in enumerate(words)}
    assert dropped["listed, but no EROS-2 star at its place"] == 0
    constant = [name for name, star in stars.items() if star.label == "NonVar"]
    assert len(constant) == 3
    assert all(name.startswith("lm01") for name in constant)


def test_the_choice_of_constant_stars_hangs_on_no_order(folder):
    before = eros2.catalogue(folder, [], Counter())
    path = folder / eros2_labels.STAR_LIST
    path.write_text("\n".join(reversed(path.read_text().splitlines()[1:])) + "\n")
    assert set(eros2.catalogue(folder, [], Counter())) == set(before)


def test_it_says_which_light_curves_are_wanted_then_reads_them(folder):
    with pytest.raises(LctransferError, match=r"eros2_lightcurves.tar.gz has to be put there by hand, with 11 stars"):
        surveys.star_files("eros2", folder, [])
    names = (folder / eros2.WANTED).read_text().split()
    assert len(names) == 11
    time = 2_450_300.5 + np.arange(30)
    epochs = [time, np.full(30, 15.0), np.full(30, 0.02)]
    write_tar(
        folder / eros2.ARCHIVE, [(f"{n}.time", eros2.time_file(n, epochs, {"R_EROS": slice(0, 30)})) for n in names]
    )
    assert surveys.star_files("eros2", folder, []) == []
    table = ingest.ingest("eros2", folder, Survey()).table
    assert table.num_rows == 11
    assert {"QSO", "BV", "NonVar", "RRL_e"} <= set(table["class_name"].to_pylist())


@pytest.mark.parametrize("row", ["lm1 380.0 -69.0", "lm1 80.0", "lm1 80:00:00 -69.0"])
def test_a_row_that_is_no_position_is_named(folder, row):
    with open(folder / eros2_labels.STAR_LIST, "a") as stream:
        stream.write(row + "\n")
    with pytest.raises(LctransferError, match=r"eros2_stars.cat, row 19: 'lm1 .*is no id, ra, dec"):
        eros2.catalogue(folder, [], Counter())


def test_a_missing_list_of_stars_says_what_to_do(folder):
    (folder / eros2_labels.STAR_LIST).unlink()
    with pytest.raises(LctransferError, match=r"no file .*eros2_stars.cat. Look up https://cdsarc"):
        eros2.catalogue(folder, [], Counter())


def test_own_classes_go_first(folder):
    (folder / eros2.CATALOGUE).write_text(
        "| EROSID | RA | Dec | Period | VARIABLE_CLASS |\n| lm0010k3978 | 79.8 | -69.0 | 1.2 | CEPH_F |\n"
    )
    assert list(eros2.catalogue(folder, [], Counter())) == ["lm0010k3978"]


def test_all_classes_of_the_taxonomy_have_a_source():
    files = surveys.remote_files("eros2", [], "live")
    assert {file.path for file in files} >= {*eros2_labels.VIZIER_LISTS, eros2.ARCHIVE, eros2_labels.STAR_LIST}
    assert all(file.urls or file.by_hand for file in files)
