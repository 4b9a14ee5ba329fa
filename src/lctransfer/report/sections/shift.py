"""How the features of the target surveys differ from those of the source."""

import numpy as np
import pandas as pd
from scipy import stats

from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.distributions import distributions
from lctransfer.report.results import DIAGNOSTICS, Results


def section(results: Results) -> Section:
    """Return the distributions of all features, and the distance of each target's from the source's."""
    part = Section("shift", "Features, and their shift from source to target")
    surveys = [*results.sources, *results.targets]
    tables = {survey: _sound(results.features(survey), results.inputs) for survey in surveys}
    tables = {survey: table for survey, table in tables.items() if len(table)}
    if not tables:
        part.missing = "No features were extracted."
        return part
    part.figures = [distributions(results, tables)]
    sources = [tables[survey] for survey in results.sources if survey in tables]
    targets = [survey for survey in results.targets if survey in tables]
    if not sources:
        part.sentences = [
            "This experiment does not have the training stars of the source model, so no shift can be computed."
        ]
    elif targets:
        source = pd.concat(sources)
        part.tables = [_distances(results, source, {survey: tables[survey] for survey in targets})]
    return part


def _sound(table: pd.DataFrame, inputs: list[str]) -> pd.DataFrame:
    """Return the inputs of the source model for sound light curves; all numeric columns where these are not known."""
    if table.empty:
        return table
    table = table[table["flag"] == "ok"] if "flag" in table else table
    numbers = [name for name in table.select_dtypes("number") if name not in DIAGNOSTICS]
    return table[[name for name in inputs if name in numbers] or numbers]


def _distances(results: Results, source: pd.DataFrame, targets: dict[str, pd.DataFrame]) -> Table:
    """Return the Kolmogorov-Smirnov distance per feature and target survey."""
    rows = []
    for name in source.columns:
        reference = source[name].dropna()
        found = {results.title(survey): _ks(reference, table.get(name)) for survey, table in targets.items()}
        rows.append({"feature": name} | found)
    data = pd.DataFrame(rows)
    caption = (
        "Shift from the source surveys: Kolmogorov-Smirnov distance of each feature (0: the same, 1: no overlap). "
        "Two causes are mixed: other proportions of the classes, and other ways of observing."
    )
    return Table("feature-shift", caption, data, dict.fromkeys(data.columns[1:], ".2f"))


def _ks(reference: pd.Series, values: pd.Series | None) -> float:
    values = pd.Series(dtype=float) if values is None else values.dropna()
    return float(stats.ks_2samp(reference, values).statistic) if len(values) and len(reference) else np.nan
