"""The report's page on the catalogue: counts that add up, maps where there are positions, stars to look at again."""

import numpy as np
import pandas as pd
import pytest
from results_folder import CLASSES, write_results

from lctransfer.report.results import read
from lctransfer.report.sections import catalogue


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return results with a catalogue of 60 stars, two of them without an answer."""
    directory, data = write_results(
        tmp_path_factory.mktemp("catalogue"), stars=60, targets=("asas",), strategies=("extra_trees",), seeds=1
    )
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([0.3] * len(CLASSES), 60)
    table = pd.DataFrame({"source_id": [f"asas-{i:04d}" for i in range(60)], "ra_deg": rng.uniform(0, 360, 60)})
    table = table.assign(dec_deg=rng.uniform(-90, 90, 60), label=[CLASSES[0] if i < 10 else None for i in range(60)])
    table["class"] = np.array(CLASSES, dtype=object)[shares.argmax(axis=1)]
    table["confidence"], table["novelty_score"] = shares.max(axis=1), rng.uniform(0, 1, 60)
    table["conformal_set"] = [[name] for name in table["class"]]
    table["period_days"], table["amplitude_mag"] = 10 ** rng.uniform(-1, 2, 60), rng.uniform(0.1, 1, 60)
    table["median_mag"], table["flag"] = rng.uniform(8, 14, 60), "ok"
    table[[f"p_{name}" for name in CLASSES]] = shares
    table.loc[[20, 21], table.columns[table.columns.str.startswith("p_")]] = np.nan
    table.loc[[20, 21], ["class", "conformal_set"]] = None
    table.loc[[20, 21], "flag"] = "too_few_epochs"
    (directory / "catalogue").mkdir()
    table.to_parquet(directory / "catalogue" / "asas.parquet")
    return read(directory, data)


def test_counts_sentences_and_figures(results):
    part = catalogue.section(results)
    assert (
        "60 simulated sources, of which 10 have a label; 58 have a class, and 2 have none (too_few_epochs 2)"
        in part.sentences[0]
    )
    counts = part.tables[0].data
    assert counts["stars"].sum() == 58
    assert counts["expected"].sum() == pytest.approx(58, abs=3)
    assert [figure.name for figure in part.figures] == [
        f"catalogue-{n}-asas" for n in ("sky", "diagrams", "second-look")
    ]


def test_a_second_look_is_for_unlabelled_stars_the_least_certain_and_the_most_novel(results):
    table = results.catalogue("asas")
    chosen = catalogue.to_look_at(table)
    free = table[table["label"].isna() & table["class"].notna()]
    unsure = chosen[chosen["reason"] == "uncertain"]
    assert list(unsure["confidence"]) == sorted(free["confidence"])[:4]
    novel = chosen[chosen["reason"] == "novel"]
    others = free[~free["source_id"].isin(unsure["source_id"])]
    assert list(novel["novelty_score"]) == sorted(others["novelty_score"], reverse=True)[:4]
    assert (chosen["next_probability"] <= chosen["confidence"]).all()


def test_without_a_catalogue_the_section_says_how_to_get_one(tmp_path):
    directory, data = write_results(tmp_path, stars=60, targets=("asas",), strategies=("extra_trees",), seeds=1)
    assert "classify.enabled" in catalogue.section(read(directory, data)).missing
