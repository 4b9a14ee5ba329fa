"""Which features the source model leans on."""

import pandas as pd

from lctransfer.report import attribution
from lctransfer.report.blocks import Section
from lctransfer.report.figures.attribution import attribution as draw_attribution
from lctransfer.report.figures.importance import importance as draw_importance
from lctransfer.report.results import Results


def section(results: Results) -> Section:
    """Return permutation importance and integrated gradients of the source network."""
    part = Section("importance", "Which features matter")
    if not (results.directory / "source" / "model.safetensors").exists():
        part.missing = "There is no source model to ask."
        return part
    model = attribution.SourceModel.load(results.directory / "source")
    given = attribution.stars(results, model)
    if given is None or not len(given.truth):
        part.missing = "There are no labelled stars to ask the source model about."
        return part
    table, each = attribution.permutation(model, given), attribution.gradients(model, given)
    table["attribution"] = each[list(model.features)].abs().mean().to_numpy()
    part.sentences = [_sentence(table, len(given.truth), given.description, results.made)]
    by_class = each.groupby("named")[list(model.features)].mean()
    part.figures = [draw_importance(table, given.description, len(given.truth)), draw_attribution(by_class)]
    return part


def _sentence(table: pd.DataFrame, count: int, stars: str, made: str) -> str:
    first, second = (table.loc[table[by].idxmax()] for by in ("loss", "attribution"))
    shuffled, contributing = (row["feature"].replace("_", " ") for row in (first, second))
    return (
        f"The source network was run on {count:,} {made}stars ({stars}). "
        f"Shuffling {shuffled} costs it most: {first['loss']:.3f} in M_c. "
        f"By integrated gradients, {contributing} contributes most: {second['attribution']:.2g} nat on average."
    )
