"""Real stars written in ten forms give the same features, to the precision of the form (benchmarks/ten_forms.py)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from ten_forms import FORMS, chosen_stars, write_in_form

from lctransfer.config import Features
from lctransfer.features import NAMES, extract
from lctransfer.table.reading import read

SETTINGS = Features(set="upsilon")
OF_32_BITS = ("ztf32", "lsst32")


def features_of(table):
    return extract(table, SETTINGS).to_pandas().set_index("source_id")


@pytest.fixture(scope="module")
def stars(shared_data):
    """Return a few real stars of ASAS."""
    return chosen_stars(7, shared_data / "real")


@pytest.fixture(scope="module")
def expected(stars, tmp_path_factory):
    return features_of(read(*write_in_form("list", stars, tmp_path_factory.mktemp("list")))[0])


@pytest.mark.parametrize("form", [*FORMS])
def test_the_same_stars_in_ten_forms_have_the_same_features(form, stars, expected, tmp_path):
    table, account = read(*write_in_form(form, stars, tmp_path))
    assert account.form["form"] == FORMS[form][1]
    labels = dict(zip(table["source_id"].to_pylist(), table["label"].to_pylist(), strict=True))
    assert labels == dict(zip(stars["source_id"], stars["label"], strict=True))
    made = features_of(table).loc[expected.index]
    assert made["flag"].tolist() == expected["flag"].tolist()
    assert made["n_epochs"].tolist() == expected["n_epochs"].tolist()
    within = {"rel": 1e-3, "abs": 1e-5} if form in OF_32_BITS else {"rel": 1e-9, "abs": 1e-12}
    for name in NAMES["upsilon"]:
        assert made[name].to_numpy() == pytest.approx(expected[name].to_numpy(), **within), name
