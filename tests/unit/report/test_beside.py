"""The page of simulated beside real stars, here with simulated ones in the place of the real."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer.cli.main import main
from lctransfer.errors import LctransferError
from lctransfer.report.beside import _node, beside
from lctransfer.simulate import simulate


def of_words(table: pa.Table, words: tuple[str, ...]) -> pa.Table:
    return table.filter(pa.array([word in words for word in table["label"].to_pylist()]))


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    path = tmp_path_factory.mktemp("real") / "stars.parquet"
    stars = of_words(simulate("hipparcos", 200, seed=5), ("EA", "EB", "DCEP"))
    pq.write_table(stars.drop_columns(["class_name"]), path)
    return path


def test_verb_writes_page_figures_and_tables(real, tmp_path, capsys):
    words = tmp_path / "map.yaml"
    words.write_text("EA: EB\nEB: EB\nDCEP: null\n")  # the real catalogue does not divide them; the others are left out
    told = ["--check", str(real), "--class-map", str(words), "-o", str(tmp_path)]
    main(["simulate", "hipparcos", "--n", "200", "--seed", "6", *told])
    page = (tmp_path / "realism.html").read_text()
    classes = pd.read_csv(tmp_path / "tables" / "realism-classes.csv")
    assert list(classes["class_name"]) == ["EB"]
    assert classes["auroc"].between(0, 1).all()
    assert len(pd.read_csv(tmp_path / "tables" / "realism-features.csv")) == 16
    for name in ("ranges", "EB"):
        assert f'href="figures/realism-{name}.svg"' in page
        assert (tmp_path / "figures" / f"realism-{name}.svg").is_file()
    heights = pd.read_csv(tmp_path / "figures" / "realism-EB.csv").groupby("feature")[["real", "simulated"]].sum()
    assert heights.min().min() > 0.9
    assert "EB" in capsys.readouterr().out


def test_simulated_stars_join_the_narrowest_real_class():
    targets = ["LPV", "LPV_Mira", "GDOR", "odd"]
    joined = [_node(name, targets) for name in ("LPV_Mira_AGB_C", "LPV_Mira", "LPV_SRV", "GDOR", "odd", "QSO")]
    assert joined == ["LPV_Mira", "LPV_Mira", "LPV", "GDOR", "odd", None]


def test_real_stars_need_a_class(tmp_path):
    stars = simulate("hipparcos", 30, seed=0)
    pq.write_table(stars.drop_columns(["class_name", "label"]), tmp_path / "nameless.parquet")
    with pytest.raises(LctransferError, match="neither class_name nor label"):
        beside(tmp_path / "nameless.parquet", stars, tmp_path, survey="hipparcos")
