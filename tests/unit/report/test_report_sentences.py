"""Every number in the report's sentences, worked out again from the files, the answer's from metrics.parquet alone."""

import re
from itertools import groupby

import numpy as np
import pandas as pd
import pytest
from results_folder import write_results
from scipy import stats
from sklearn import metrics as measures

from lctransfer import report
from lctransfer.report.results import read
from lctransfer.report.sections import answer

SURVEYS = ["asas", "hipparcos", "asassn"]
TRANSFERS = ["finetune_all", "finetune_last"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("sentences"), stars=180, seeds=4)


def _numbers(sentence: str) -> list[str]:
    # Numbers in names and in the definition of the interval are no results.
    for words in ("M_c", "F1", "95%", "MCC + 1) / 2"):
        sentence = sentence.replace(words, "")
    return re.findall(r"[+-]?\d+(?:,\d{3})*(?:\.\d+)?", sentence)


def _mean(rows: pd.DataFrame, strategy: str, column: str) -> pd.Series:
    return rows[rows.strategy == strategy].groupby("fraction")[column].mean()


def _leader(rows: pd.DataFrame) -> str:
    if "auto" in set(rows.strategy):
        return "auto"
    return max(TRANSFERS, key=lambda name: _mean(rows, name, "m_c").mean())


def _gap(rows: pd.DataFrame, strategy: str, fraction: float):
    ours, trees = (rows[(rows.strategy == s) & (rows.fraction == fraction)] for s in (strategy, "extra_trees"))
    test = stats.ttest_rel(ours.sort_values("seed").m_c, trees.sort_values("seed").m_c)
    low, high = test.confidence_interval(0.95)
    mean, wider = ours.m_c.mean() - trees.m_c.mean(), np.sqrt(1 + len(ours)) * (high - low) / 2
    return (mean, mean - wider, mean + wider)


def _crossing(rows: pd.DataFrame, strategy: str, value: float) -> float:
    curve, labels = _mean(rows, strategy, "m_c").to_numpy(), _mean(rows, strategy, "n_labels").to_numpy()
    for i, reached in enumerate(curve >= value):
        if reached and i == 0:
            return labels[0]
        if reached:
            return np.exp(np.interp(value, curve[i - 1 : i + 1], np.log(labels[i - 1 : i + 1])))
    return np.inf


def _expected_lead(rows: pd.DataFrame) -> list[str]:
    """Return the numbers above a survey's figure."""
    leader, fractions = _leader(rows), sorted(rows.fraction.unique())
    trees, labels, most = _mean(rows, "extra_trees", "m_c"), _mean(rows, "extra_trees", "n_labels"), fractions[-1]
    full = [f"{labels[most]:.0f}", f"{100 * most:.3g}", f"{trees[most]:.3f}"]
    enough = _crossing(rows, leader, trees[most])
    if np.isinf(enough):
        numbers = [*full, f"{_mean(rows, leader, 'm_c').max():.3f}"]
    else:
        share, saved = 100 * most * enough / labels[most], labels[most] - enough
        numbers = [f"{enough:.0f}", f"{share:.2g}", *full, *([f"{saved:.0f}"] if saved >= 0.5 else [])]
    return _stretches(rows, leader) + numbers


def _stretches(rows: pd.DataFrame, leader: str) -> list[str]:
    """Return the numbers of the sentences that say who wins where: label counts, and differences unless level."""
    own, numbers = _mean(rows, leader, "n_labels"), []
    compared = [(f"{own[f]:.0f}", _gap(rows, leader, f)) for f in sorted(rows.fraction.unique())]
    runs = [
        (sign, list(run)) for sign, run in groupby(compared, key=lambda one: int(one[1][1] > 0) - int(one[1][2] < 0))
    ]
    for place, (sign, run) in enumerate(runs):
        ends = [run[0][0], run[-1][0]] if len(run) > 1 else [run[0][0]]
        sizes = [f"{abs(run[0][1][0]):.3f}", f"{abs(run[-1][1][0]):.3f}"]
        numbers += ends[:1] if place == len(runs) - 1 else ends
        numbers += dict.fromkeys(sizes) if sign else []
    return numbers


def _expected_note(rows: pd.DataFrame) -> list[str]:
    """Return the numbers of a survey's paragraph below the figures."""
    leader, few = _leader(rows), rows.fraction.min()
    ours, trees = _mean(rows, leader, "m_c")[few], _mean(rows, "extra_trees", "m_c")
    n_ours, n_trees = _mean(rows, leader, "n_labels")[few], _mean(rows, "extra_trees", "n_labels")
    numbers = [f"{n_ours:.0f}", f"{100 * few:.3g}", *([] if leader == "auto" else ["2"])]
    numbers += [f"{ours:.3f}", f"{trees[few]:.3f}", *(f"{value:+.3f}" for value in _gap(rows, leader, few)), "4"]
    needed = _crossing(rows, "extra_trees", ours)
    if np.isinf(needed):
        numbers.append(f"{n_trees.max():.0f}")
    elif needed > n_trees[few]:
        numbers += [f"{needed:.0f}", f"{needed / n_ours:.1f}"]
    return [*numbers, f"{_mean(rows, 'zero_label', 'm_c').mean():.3f}"]


def _check(directory, data):
    rows = pd.read_parquet(directory / "metrics.parquet")
    part = answer.section(read(directory, data))
    parts = {survey: rows[rows.survey == survey] for survey in SURVEYS}
    gaps = {s: {f: _gap(own, _leader(own), f) for f in sorted(own.fraction.unique())} for s, own in parts.items()}
    counts = []
    for place in (0, -1):
        ends = [list(gap.values())[place] for gap in gaps.values()]
        wins, loses = sum(low > 0 for _, low, _ in ends), sum(high < 0 for _, _, high in ends)
        counts += [str(wins), str(3 - wins - loses), str(loses), "3"]
    assert [_numbers(sentence) for sentence in part.sentences] == [counts, []]
    assert [_numbers(figure.lead) for figure in part.figures] == [_expected_lead(parts[survey]) for survey in SURVEYS]
    assert [_numbers(note) for note in part.notes[:-1]] == [_expected_note(parts[survey]) for survey in SURVEYS]
    assert part.notes[-1] == answer.DEFINITION
    return " ".join([*part.sentences, *(figure.lead for figure in part.figures), *part.notes])


def test_numbers_where_transfer_helps(folder):
    assert "extra trees win" not in _check(*folder)


def test_numbers_where_transfer_hurts(tmp_path):
    directory, data = write_results(tmp_path, stars=180, seeds=4)
    rows = pd.read_parquet(directory / "metrics.parquet")
    rows.loc[rows.strategy.isin(TRANSFERS), "m_c"] -= 0.2
    rows.to_parquet(directory / "metrics.parquet")
    text = _check(directory, data)
    assert "extra trees win" in text
    assert "never reaches" in text


def test_numbers_where_labels_are_saved(tmp_path):
    directory, data = write_results(tmp_path, stars=180, seeds=4)
    rows = pd.read_parquet(directory / "metrics.parquet")
    curve = rows.fraction.map({0.01: 0.60, 0.05: 0.70, 0.20: 0.80}) + 0.001 * rows.seed
    rows["m_c"] = curve + np.where(rows.strategy.isin(TRANSFERS), 0.05 + 0.002 * rows.seed, 0)
    rows.to_parquet(directory / "metrics.parquet")
    text = _check(directory, data)
    assert "times as many" in text
    assert "labels saved" in text


def test_the_default_strategy_speaks_where_it_was_run(tmp_path):
    directory, data = write_results(
        tmp_path, stars=180, seeds=4, strategies=("extra_trees", "finetune_all", "auto", "zero_label")
    )
    assert "auto (the default strategy)" in _check(directory, data)


def test_a_single_survey_is_answered_without_counting_surveys(tmp_path):
    directory, data = write_results(tmp_path, stars=120, targets=("asas",))
    sentence, _ = answer.section(read(directory, data)).sentences
    assert not _numbers(sentence)


def test_a_single_seed_has_no_interval(tmp_path):
    directory, data = write_results(tmp_path, stars=120, seeds=1)
    part = answer.section(read(directory, data))
    text = " ".join([*part.sentences, *(figure.lead for figure in part.figures), *part.notes])
    assert "interval +" not in text
    assert "nan" not in text


def _data(directory):
    for survey in ("ogle", "eros2", *SURVEYS):
        table = pd.read_parquet(directory / "features" / f"{survey}.parquet")
        numbers = [f"{len(table):,}", f"{table.class_name.notna().sum():,}", str(table.class_name.nunique())]
        sound = table[table.flag == "ok"]
        taken = [f"{len(sound):,}", str(sound.class_name.nunique()), str((table.flag != "ok").sum())]
        yield re.findall(r"\d", survey) + numbers + (taken if survey in SURVEYS else [])


def _source(directory):
    rows = pd.read_parquet(directory / "source/predictions.parquet")
    m_c = (measures.matthews_corrcoef(rows.class_name, rows.predicted) + 1) / 2
    f1 = measures.f1_score(rows.class_name, rows.predicted, average="macro")
    yield [f"{len(rows):,}", "2", f"{m_c:.3f}", f"{f1:.3f}", str(rows.class_name.nunique())]


def _sensitivity(directory):
    rows = pd.read_parquet(directory / "sensitivity.parquet")
    whole = rows[rows.kind == "whole"]
    yield [
        f"{whole.n_stars.iloc[0]:,}",
        f"{whole.median_epochs.iloc[0]:.0f}",
        f"{whole.median_days.iloc[0]:,.0f}",
        f"{100 * whole.fraction.iloc[0]:.3g}",
    ]
    for strategy in rows.strategy.unique():
        own = rows[rows.strategy == strategy]
        few = own[(own.kind == "epochs") & (own.epochs == own[own.kind == "epochs"].epochs.min())]
        short = own[(own.kind == "duration") & (own.duration_days == own[own.kind == "duration"].duration_days.min())]
        numbers = [f"{own[own.kind == 'whole'].m_c.mean():.3f}", f"{few.m_c.mean():.3f}", f"{few.epochs.iloc[0]}"]
        yield [*numbers, f"{short.m_c.mean():.3f}", f"{short.duration_days.iloc[0]:.0f}"]


def _novelty(directory):
    yield []
    for survey in SURVEYS:
        rows = pd.read_parquet(directory / "novelty" / f"{survey}.parquet")
        means = rows.groupby("strategy", sort=False)[["auroc", "auroc_probability"]].mean()
        yield [str(rows.left_out.nunique()), *(f"{value:.3f}" for value in means.to_numpy().ravel())]


def _cost(directory):
    tables = [pd.read_csv(path, sep="\t") for path in (directory / "benchmarks").glob("*.tsv")]
    yield [str(len(tables)), f"{sum(table.cpu_time.sum() for table in tables):,.0f}"]


def _not_run(directory):
    yield [f"{len(pd.read_parquet(directory / 'metrics.parquet')):,}", "3"]
    for _ in range(10):
        yield []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("data", _data),
        ("source", _source),
        ("sensitivity", _sensitivity),
        ("novelty", _novelty),
        ("cost", _cost),
        ("not-run", _not_run),
    ],
)
def test_numbers_of_the_other_sections(folder, name, expected):
    part = next(one for one in report.sections(read(*folder)) if one.name == name)
    assert part.sentences
    for sentence, numbers in zip(part.sentences, expected(folder[0])):
        assert _numbers(sentence) == numbers, sentence


def test_no_other_section_has_numbers_in_its_sentences(folder):
    checked = {"answer", "data", "source", "sensitivity", "novelty", "cost", "not-run"}
    # The commit and the date, the seed and the year of a paper.
    for part in report.sections(read(*folder)):
        if part.name not in {*checked, "provenance"}:
            assert not [number for text in [*part.sentences, *part.notes] for number in _numbers(text)], part.name
