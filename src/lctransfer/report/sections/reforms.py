"""The REFORMS checklist of an experiment: answered where the run knows the answer, a question to its authors elsewhere.

Kapoor et al. 2024, Science Advances 10, eadk3452, table 1: 32 items in 8 modules, in words of our own. Numbers,
order and meaning are those of the table.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from lctransfer.report.blocks import Section, Table
from lctransfer.report.results import Results
from lctransfer.report.sections import origin
from lctransfer.report.sections.data import compared_stars

ASK = "To be answered by the authors."
PAPER = "Kapoor et al. 2024, Science Advances 10, eadk3452"
BASELINES = ("extra_trees", "lightgbm", "scratch", "zero_label", "upsilont_recipe")
"""Strategies that others are to be compared with."""


class Item(NamedTuple):
    """An item of the checklist: its number, what it asks for, and what answers it, if the run can."""

    number: str
    asks: str
    answer: Callable[[Results], str] | None = None


def section(results: Results) -> Section:
    """Return the checklist as a section of the report."""
    rows = [
        (module, item.number, item.asks, answered(item, results)) for module, items in MODULES.items() for item in items
    ]
    data = pd.DataFrame(rows, columns=["module", "item", "asks for", "answer"])
    part = Section("reforms", "Checklist for referees")
    part.sentences = [
        "The REFORMS checklist asks what a referee must know of a study by machine learning.",
        f"The run answers what it knows. The other items say: {ASK}",
    ]
    part.tables = [Table("reforms", f"REFORMS checklist ({PAPER}).", data.replace("`", "", regex=True), folded=True)]
    return part


def checklist(results: Results) -> str:
    """Return the filled checklist as Markdown."""
    lines = [
        f"# REFORMS checklist of experiment {results.experiment}",
        "",
        f"Recommendations for machine-learning-based science ({PAPER}). "
        f"Answers come from the run. Where it has none, the line says: {ASK}",
    ]
    for module, items in MODULES.items():
        lines += ["", f"## {module}", "", "| item | asks for | answer |", "|---|---|---|"]
        lines += [f"| {item.number} | {item.asks} | {_cell(answered(item, results))} |" for item in items]
    return "\n".join(lines) + "\n"


def answered(item: Item, results: Results) -> str:
    """Return the run's answer to an item, or the request to answer it."""
    answer = item.answer(results) if item.answer else ""
    return " ".join(answer.split()) or ASK


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _population(results: Results) -> str:
    names = ", ".join(map(results.title, results.targets))
    return f"{'Simulated' if results.simulated else 'Labelled'} variable stars of {names}."


def _dataset(results: Results) -> str:
    kept = "" if results.simulated else " Manifests of the downloads, with digests: data/*/raw/*.json."
    return origin.stars(results) + kept


def _sources(results: Results) -> str:
    labels = "Classes are those that the stars were simulated with." if results.simulated else f"Labels: {ASK}"
    return f"Targets and sources: {origin.stars(results)} {origin.weights(results)} {labels}"


def _code(results: Results) -> str:
    version = results.provenance.get("lctransfer")
    return f"lctransfer {version}, {origin.commit(results)}; code/ is its workflow."


def _machine(results: Results) -> str:
    return (
        f"{results.provenance.get('machine')}, Python {results.provenance.get('python')}; versions in provenance.json."
    )


def _sample(results: Results) -> str:
    parts = []
    for survey in results.targets:
        stars, classes = compared_stars(results, survey)
        parts.append(f"{results.title(survey)}: {stars:,} stars in {classes} classes")
    return "; ".join(parts) + ". Class counts: tables/stars-per-class.csv."


def _missing(results: Results) -> str:
    """Return the share of stars without sound features, in all and in each class that has some."""
    parts = []
    for survey in results.targets:
        table = results.features(survey)
        if table.empty or "flag" not in table:
            continue
        known = table[table["class_name"].notna()]
        missing = known["flag"] != "ok"
        if not missing.any():
            parts.append(f"{results.title(survey)}: none of {len(known):,} stars lacks features")
            continue
        lost = missing.groupby(known["class_name"]).mean().sort_values(ascending=False)
        each = ", ".join(f"{name} {share:.1%}" for name, share in lost[lost > 0].items())
        others = ", other classes none" if (lost == 0).any() else ""
        parts.append(
            f"{results.title(survey)}: {missing.mean():.1%} of {len(known):,} stars lack features ({each}{others})"
        )
    return f"{'; '.join(parts)}. Reasons: tables/left-out.csv." if parts else ""


def _selection(results: Results) -> str:
    if "auto" in results.strategies:
        return "None: auto was named before the run, and all strategies are shown."
    return (
        "The transfer strategy that sentences name has the highest mean M_c on the test stars, which favours it. "
        "All strategies are shown."
    )


def _separation(results: Results) -> str:
    return f"Weights, scales and stopping are learnt from training stars only. {_protocol(results)}"


def _protocol(results: Results) -> str:
    transfer = results.config.get("transfer", {})
    return (
        f"{transfer.get('seeds')} seeds; {transfer.get('test_fraction', 0.5):.0%} of each class are test stars that no "
        f"strategy sees. Labels are drawn {results.labels}. All strategies get the same splits."
    )


def _models(results: Results) -> str:
    return (
        f"{', '.join(results.strategies)}: tables/strategy-names.csv says what each does. Inputs are the features of "
        "the report; networks minimise the cross-entropy."
    )


def _baselines(results: Results) -> str:
    run = [name for name in results.strategies if name in BASELINES]
    return (
        f"{', '.join(run)}: without transfer or as published, with the labels and test stars of the others."
        if run
        else ""
    )


def _duplicates(results: Results) -> str:
    ids = "Rows of one star, by its id, stay on one side of every split."
    if results.simulated:
        return f"{ids} Stars are simulated anew for each survey."
    return f"{ids} Whether source and target surveys share stars: {ASK}"


def _uncertainty(results: Results) -> str:
    seeds = int(results.config.get("transfer", {}).get("seeds", 0))
    if seeds < 2:
        return ""
    return f"Standard deviation over {seeds} seeds, and 95% intervals of paired differences. Seeds share stars."


def _tests(results: Results) -> str:
    if not _uncertainty(results):
        return ""
    return (
        "Corrected resampled t interval (Nadeau & Bengio 2003), as splits overlap. It assumes that differences over "
        "seeds are normal, which was not checked."
    )


def _elsewhere(results: Results) -> str:
    count = len(results.targets)
    real = " All are simulated: this is no evidence on real stars." if results.simulated else ""
    return f"{count} target surveys, each compared by itself.{real}" if count > 1 else ""


def _said(text: str) -> Callable[[Results], str]:
    return lambda _: text


_OUTCOME = _said("The class of a star, of the taxonomy of lctransfer; tables/stars-per-class.csv.")
_METRICS = _said(
    "M_c = (MCC + 1) / 2 and macro-F1, as classes are imbalanced. Beside them: accuracy, log loss, calibration error."
)

MODULES: dict[str, tuple[Item, ...]] = {
    "Study goals": (
        Item("1a", "The population that the claim is about", _population),
        Item("1b", "Why this population"),
        Item("1c", "Why machine learning"),
    ),
    "Computational reproducibility": (
        Item("2a", "The dataset, with an identifier", _dataset),
        Item("2b", "The code, with the exact version", _code),
        Item("2c", "The computers used", _machine),
        Item("2d", "A README with instructions", _said("`lctransfer reproduce ARCHIVE`; README.md of lctransfer.")),
        Item("2e", "A script that makes all results", _said("`lctransfer reproduce ARCHIVE -o FOLDER`.")),
    ),
    "Data quality": (
        Item("3a", "Sources of the data, of training and of evaluation, and of the labels", _sources),
        Item("3b", "The set that the data were sampled from", _population),
        Item("3c", "Why the data are useful for the task"),
        Item("3d", "The outcome: its definition, and its distribution over classes", _OUTCOME),
        Item("3e", "Number of samples, in all and per class", _sample),
        Item("3f", "Share of missing data, by class", _missing),
        Item("3g", "Why the sampled set (3b) represents the population (1a)"),
    ),
    "Data preprocessing": (
        Item("4a", "Samples left out, and why", _said("tables/left-out.csv, by survey, stage and reason.")),
        Item(
            "4b",
            "Impossible or damaged samples, and what was done",
            _said("Dropped or flagged by rule, and counted: tables/left-out.csv."),
        ),
        Item(
            "4c",
            "All transformations, from the raw data to the input of the model",
            _said("Features of docs/reference; scaled by training stars only."),
        ),
    ),
    "Modelling": (
        Item("5a", "All models that were trained: features, kinds, losses", _models),
        Item("5b", "Why these kinds of models"),
        Item("5c", "How models were evaluated, with the splits", _protocol),
        Item(
            "5d",
            "How the reported models were selected",
            _selection,
        ),
        Item(
            "5e",
            "How hyperparameters were tuned",
            _said("docs/what_was_seen.md: each constant and the stars it has seen."),
        ),
        Item("5f", "Why the baselines are appropriate", _baselines),
    ),
    "Data leakage": (
        Item("6a", "Preprocessing and modelling use training data only", _separation),
        Item("6b", "Duplicates and dependencies between training and test data", _duplicates),
        Item("6c", "Why every feature is legitimate", _said("Features are computed from epochs, never from labels.")),
    ),
    "Metrics and uncertainty": (
        Item("7a", "All metrics, and why they suit the task", _METRICS),
        Item("7b", "Uncertainty, and how it was calculated", _uncertainty),
        Item("7c", "Statistical tests: why these, and their assumptions", _tests),
    ),
    "Generalizability and limitations": (
        Item("8a", "Evidence of external validity", _elsewhere),
        Item("8b", "Where the findings are not expected to hold"),
    ),
}
