"""Every number in the sentences of the answer, worked out again from metrics.parquet alone."""

import re

import numpy as np
import pandas as pd
import pytest
from results_folder import write_results
from scipy import stats

from lctransfer.report.results import read
from lctransfer.report.sections import answer

TRANSFERS = ["finetune_all", "finetune_last"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("sentences"), stars=180, seeds=4)


def _numbers(sentence: str) -> list[str]:
    return re.findall(r"[+-]?\d[\d,]*(?:\.\d+)?", sentence.replace("M_c", "").replace("95%", ""))


def _mean(rows: pd.DataFrame, strategy: str, column: str) -> pd.Series:
    return rows[rows.strategy == strategy].groupby("fraction")[column].mean()


def _leader(rows: pd.DataFrame) -> str:
    return max(TRANSFERS, key=lambda name: _mean(rows, name, "m_c").mean())


def _gap(rows: pd.DataFrame, strategy: str, fraction: float):
    ours, trees = (rows[(rows.strategy == s) & (rows.fraction == fraction)] for s in (strategy, "extra_trees"))
    test = stats.ttest_rel(ours.sort_values("seed").m_c, trees.sort_values("seed").m_c)
    return (ours.m_c.mean() - trees.m_c.mean(), *test.confidence_interval(0.95))


def _crossing(rows: pd.DataFrame, strategy: str, value: float) -> float:
    curve, labels = _mean(rows, strategy, "m_c").to_numpy(), _mean(rows, strategy, "n_labels").to_numpy()
    for i, reached in enumerate(curve >= value):
        if reached and i == 0:
            return labels[0]
        if reached:
            return np.exp(np.interp(value, curve[i - 1 : i + 1], np.log(labels[i - 1 : i + 1])))
    return np.inf


def _expected(rows: pd.DataFrame) -> list[str]:
    leader, fractions = _leader(rows), sorted(rows.fraction.unique())
    ours, trees = _mean(rows, leader, "m_c"), _mean(rows, "extra_trees", "m_c")
    n_ours, n_trees = _mean(rows, leader, "n_labels"), _mean(rows, "extra_trees", "n_labels")
    few, most = fractions[0], fractions[-1]
    numbers = [f"{n_ours[few]:.0f}", f"{100 * few:.3g}", f"{ours[few]:.3f}", "2", f"{trees[few]:.3f}"]
    needed = _crossing(rows, "extra_trees", ours[few])
    if np.isinf(needed):
        numbers.append(f"{n_trees[most]:.0f}")
    elif needed > n_trees[few]:
        numbers += [f"{needed:.0f}", f"{needed / n_ours[few]:.1f}"]
    numbers += [f"{trees[most]:.3f}", f"{n_trees[most]:.0f}"]
    enough = _crossing(rows, leader, trees[most])
    numbers += [] if np.isinf(enough) else [f"{enough:.0f}"]
    gaps = {fraction: _gap(rows, leader, fraction) for fraction in fractions}
    worse = {fraction: gap for fraction, gap in gaps.items() if gap[2] < 0}
    if worse:
        numbers += [text for f, gap in worse.items() for text in (f"{gap[0]:+.3f}", f"{n_ours[f]:.0f}")]
    else:
        numbers += [f"{value:+.3f}" for value in gaps[few]] + ["4"]
    return [*numbers, f"{rows[rows.strategy == 'zero_label'].groupby('fraction').m_c.mean().mean():.3f}"]


def _check(directory, data):
    rows = pd.read_parquet(directory / "metrics.parquet")
    sentences = answer.section(read(directory, data)).sentences
    surveys = ["asas", "hipparcos", "asassn"]
    parts = {survey: rows[rows.survey == survey] for survey in surveys}
    gaps = {s: {f: _gap(part, _leader(part), f) for f in sorted(part.fraction.unique())} for s, part in parts.items()}
    helps = sum(next(iter(gap.values()))[1] > 0 for gap in gaps.values())
    hurts = sum(any(g[2] < 0 for g in gap.values()) for gap in gaps.values())
    assert _numbers(sentences[1]) == [str(helps), "3", str(hurts)]
    for survey, sentence in zip(surveys, sentences[2:5]):
        assert _numbers(sentence) == _expected(parts[survey])
    return sentences


def test_numbers_where_transfer_helps(folder):
    assert "Transfer hurts" not in " ".join(_check(*folder))


def test_numbers_where_transfer_hurts(tmp_path):
    directory, data = write_results(tmp_path, stars=180, seeds=4)
    rows = pd.read_parquet(directory / "metrics.parquet")
    rows.loc[rows.strategy.isin(TRANSFERS), "m_c"] -= 0.2
    rows.to_parquet(directory / "metrics.parquet")
    assert "Transfer hurts" in " ".join(_check(directory, data))


def test_numbers_where_labels_are_saved(tmp_path):
    directory, data = write_results(tmp_path, stars=180, seeds=4)
    rows = pd.read_parquet(directory / "metrics.parquet")
    curve = rows.fraction.map({0.01: 0.60, 0.05: 0.70, 0.20: 0.80}) + 0.001 * rows.seed
    rows["m_c"] = curve + np.where(rows.strategy.isin(TRANSFERS), 0.05 + 0.002 * rows.seed, 0)
    rows.to_parquet(directory / "metrics.parquet")
    sentences = _check(directory, data)
    assert "times as many" in sentences[2]


def test_a_single_seed_has_no_interval(tmp_path):
    directory, data = write_results(tmp_path, stars=120, seeds=1)
    text = " ".join(answer.section(read(directory, data)).sentences)
    assert "interval +" not in text
    assert "nan" not in text
