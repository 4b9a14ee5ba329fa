"""Every number in the report's sentences, worked out again from the files, the answer's from metrics.parquet alone."""

import json
import re
import shutil
from itertools import groupby

import numpy as np
import pandas as pd
import pytest
from results_folder import write_results
from scipy import stats
from sklearn import metrics

from lctransfer import report
from lctransfer.evaluation.splits import PROTOCOLS
from lctransfer.report.blocks import MISSING
from lctransfer.report.results import read
from lctransfer.report.sections import answer, novelty, surveys
from lctransfer.report.sections import data as stars

SURVEYS = ["asas", "hipparcos", "asassn"]
TRANSFERS = ["finetune_all", "finetune_last"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("sentences"), stars=180, seeds=4)


@pytest.fixture(scope="module")
def sections(folder):
    """Return the sections of the page, which are drawn once."""
    return report.sections(read(*folder))


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


def _stretches(rows: pd.DataFrame, leader: str) -> list[str]:
    """Return the numbers of the sentences that say who is ahead where: label counts and differences."""
    own, numbers = _mean(rows, leader, "n_labels"), []
    compared = [(f"{own[f]:.0f}", _gap(rows, leader, f)) for f in sorted(rows.fraction.unique())]
    runs = [
        (sign, list(run)) for sign, run in groupby(compared, key=lambda one: int(one[1][1] > 0) - int(one[1][2] < 0))
    ]
    for place, (sign, run) in enumerate(runs):
        ends = [run[0][0], run[-1][0]] if len(run) > 1 else [run[0][0]]
        sizes = [f"{abs(one[1][0]):.3f}" if sign else f"{one[1][0]:+.3f}" for one in (run[0], run[-1])]
        numbers += ends[:1] if place == len(runs) - 1 else ends
        numbers += dict.fromkeys(sizes)
    return numbers


def _overall(parts: dict[str, pd.DataFrame]) -> list[list[str]]:
    """Return the numbers of the answer's sentences: label counts, surveys ahead, mean difference; how many are sure."""
    found, sentences = [], []
    for end in (min, max):
        at = {survey: (_leader(rows), end(rows.fraction)) for survey, rows in parts.items()}
        gaps = [_gap(parts[survey], *at[survey]) for survey in parts]
        counts = [_mean(parts[survey], leader, "n_labels")[fraction] for survey, (leader, fraction) in at.items()]
        mean = np.mean([gap[0] for gap in gaps])
        ahead = sum((gap[0] >= 0) == (mean >= 0) for gap in gaps)
        labels = dict.fromkeys((f"{min(counts):.0f}", f"{max(counts):.0f}"))
        sentences.append([*labels, str(ahead), str(len(parts)), f"{abs(mean):.3f}"])
        found += gaps
    sure = sum(low > 0 or high < 0 for _, low, high in found)
    return [*sentences, [*([] if sure in (0, 6) else [str(sure)]), "6", "4"]]


def _three_rows(rows: pd.DataFrame) -> list[str]:
    """Return a survey's column of the first table."""
    leader, trees = _leader(rows), _mean(rows, "extra_trees", "m_c")
    most = _mean(rows, "extra_trees", "n_labels")[trees.idxmax()]
    needed, least = _crossing(rows, leader, trees.max()), _mean(rows, leader, "n_labels").min()
    differences = {f: _gap(rows, leader, f)[0] for f in sorted(rows.fraction.unique())}
    worst = min(differences, key=lambda fraction: round(differences[fraction], 3))
    last = f"{differences[worst]:+.3f} with {_mean(rows, leader, 'n_labels')[worst]:.0f} labels"
    if np.isinf(needed):
        return [f"more than {_mean(rows, leader, 'n_labels').max():.0f} (trees: {most:.0f})", "none", last]
    bounds = ("at most ", "at least ") if needed <= least else ("", "")
    saved = f"{bounds[1]}{most - needed:.0f} ({(most - needed) / most:.0%})"
    return [f"{bounds[0]}{needed:.0f} (trees: {most:.0f})", saved, last]


def _fewest(rows: pd.DataFrame) -> list[float]:
    """Return a survey's row of the table of the fewest labels."""
    leader, few = _leader(rows), rows.fraction.min()
    ours, trees = _mean(rows, leader, "m_c")[few], _mean(rows, "extra_trees", "m_c")[few]
    n_ours = _mean(rows, leader, "n_labels")[few]
    return [n_ours, few, ours, trees, *_gap(rows, leader, few), _mean(rows, "zero_label", "m_c").mean()]


def _check(directory, data):
    rows = pd.read_parquet(directory / "metrics.parquet")
    results = read(directory, data)
    first, each = answer.section(results), surveys.section(results)
    parts = {survey: rows[rows.survey == survey] for survey in SURVEYS}
    assert [_numbers(sentence) for sentence in first.sentences] == _overall(parts)
    assert [first.tables[0].data[survey.upper()].tolist() for survey in SURVEYS] == list(
        map(_three_rows, parts.values())
    )
    assert [_numbers(figure.lead) for figure in each.figures] == [
        _stretches(own, _leader(own)) for own in parts.values()
    ]
    columns = ["labels", "share of stars", "M_c", "M_c of trees", "difference", "95% low", "95% high"]
    shown = each.tables[0].data[[*columns, "M_c without labels"]].to_numpy(float)
    np.testing.assert_allclose(shown, np.array(list(map(_fewest, parts.values()))), rtol=1e-9)
    cells = [cell for table in (first.tables[0], each.tables[0]) for row in table.cells() for cell in row]
    return " ".join([*first.sentences, *(figure.lead for figure in each.figures), *cells])


def test_numbers_where_transfer_helps(folder):
    assert "trees are ahead" not in _check(*folder)


def test_numbers_where_transfer_hurts(tmp_path):
    directory, data = write_results(tmp_path, stars=180, seeds=4)
    rows = pd.read_parquet(directory / "metrics.parquet")
    rows.loc[rows.strategy.isin(TRANSFERS), "m_c"] -= 0.2
    rows.to_parquet(directory / "metrics.parquet")
    text = _check(directory, data)
    assert "trees are ahead" in text
    assert "more than" in text


def test_numbers_where_labels_are_saved(tmp_path):
    directory, data = write_results(tmp_path, stars=180, seeds=4)
    rows = pd.read_parquet(directory / "metrics.parquet")
    curve = rows.fraction.map({0.01: 0.60, 0.05: 0.70, 0.20: 0.80}) + 0.001 * rows.seed
    rows["m_c"] = curve + np.where(rows.strategy.isin(TRANSFERS), 0.05 + 0.002 * rows.seed, 0)
    rows.to_parquet(directory / "metrics.parquet")
    text = _check(directory, data)
    assert "All of the 6 differences are significant" in text
    assert "%)" in text


def test_the_default_strategy_speaks_where_it_was_run(tmp_path):
    directory, data = write_results(
        tmp_path, stars=180, seeds=4, strategies=("extra_trees", "finetune_all", "auto", "zero_label")
    )
    assert "auto is ahead of extra trees" in _check(directory, data)
    assert answer.CHOSEN not in dict(answer.section(read(directory, data)).facts)["Protocol"]


def test_a_single_survey_is_answered_without_counting_surveys(tmp_path):
    directory, data = write_results(tmp_path, stars=120, targets=("asas",))
    assert "surveys" not in " ".join(answer.section(read(directory, data)).sentences)


def test_a_single_seed_has_no_interval(tmp_path):
    directory, data = write_results(tmp_path, stars=120, seeds=1)
    text = " ".join(answer.section(read(directory, data)).sentences)
    assert text.endswith("One seed gives no interval, so chance is not excluded.")
    assert "nan" not in text


@pytest.mark.parametrize("draw", ["stratified", "random", "brightest"])
def test_what_a_reader_must_know_stands_on_the_first_screen(folder, draw, tmp_path):
    directory, data = folder
    changed = tmp_path / "results"
    shutil.copytree(directory, changed)
    config = json.loads((changed / "config.json").read_text())
    config["transfer"]["labels"] = draw
    (changed / "config.json").write_text(json.dumps(config))
    facts = dict(answer.section(read(changed, data)).facts)
    assert list(facts) == ["Metric", "Protocol", "Labels", "Stars", "Date"]
    assert facts["Labels"] == f"{PROTOCOLS[draw]} Other draws were not measured."
    assert _numbers(facts["Protocol"]) == ["4", "50"]
    assert facts["Protocol"].endswith(answer.CHOSEN)  # auto was not run
    assert facts["Date"] == "2026-01-02"
    table = pd.read_parquet(directory / "features/asas.parquet")
    sound = table[table.flag == "ok"].class_name
    assert facts["Stars"].startswith(f"ASAS: {len(sound):,} simulated stars in {sound.nunique()} classes.")


def test_no_sentence_of_the_page_needs_a_second_reading(sections):
    """Fewer than 25 words, on the first screen and below it."""
    for part in sections:
        texts = [*part.sentences, *part.notes, *(told for _, told in part.facts), part.missing]
        texts += [text for figure in part.figures for text in (figure.lead, figure.caption)]
        for text in [*texts, *(table.caption for table in part.tables)]:
            for sentence in re.split(r"(?<=[.!?])\s+", text):
                assert len(sentence.split()) < 25, f"{part.name}: {sentence}"


def _source(directory):
    rows = pd.read_parquet(directory / "source/predictions.parquet")
    m_c = (metrics.matthews_corrcoef(rows.class_name, rows.predicted) + 1) / 2
    f1 = metrics.f1_score(rows.class_name, rows.predicted, average="macro")
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
        ("source", _source),
        ("sensitivity", _sensitivity),
        ("cost", _cost),
        ("not-run", _not_run),
    ],
)
def test_numbers_of_the_other_sections(folder, sections, name, expected):
    part = next(one for one in sections if one.name == name)
    assert part.sentences
    for sentence, numbers in zip(part.sentences, expected(folder[0])):
        assert _numbers(sentence) == numbers, sentence


def test_the_table_of_stars_counts_what_is_used(folder):
    shown = stars.section(read(*folder)).tables[0]
    assert shown.cells()[0][5:] == [MISSING, MISSING]
    table = shown.data.set_index("survey")
    for survey in ("ogle", "eros2", *SURVEYS):
        rows = pd.read_parquet(folder[0] / "features" / f"{survey}.parquet")
        row, sound = table.loc[survey.upper()], rows[(rows.flag == "ok") & rows.class_name.notna()]
        assert row[["light curves", "with a class", "classes"]].tolist() == [len(rows), len(rows), 6]
        assert pd.isna(row["compared on"]) == (survey not in SURVEYS)
        if survey in SURVEYS:
            assert row[["compared on", "of classes"]].tolist() == [len(sound), sound.class_name.nunique()]


def test_the_table_of_novelty_has_the_means_over_the_classes(folder, sections):
    table = next(one for one in sections if one.name == "novelty").tables[0].data
    rows = pd.concat(pd.read_parquet(folder[0] / "novelty" / f"{survey}.parquet") for survey in SURVEYS)
    means = rows.groupby(["survey", "strategy"], sort=False)[["auroc", "auroc_probability"]].mean()
    np.testing.assert_allclose(table[list(novelty.SCORES.values())], means)
    assert table["classes"].tolist() == [rows.left_out.nunique()] * len(means)


def test_no_other_section_has_numbers_in_its_sentences(sections):
    checked = {"answer", "source", "sensitivity", "cost", "not-run"}
    # The commit and the date, the seed and the year of a paper.
    for part in sections:
        if part.name not in {*checked, "provenance"}:
            assert not [number for text in [*part.sentences, *part.notes] for number in _numbers(text)], part.name
