"""Single stars: folded light curves of confident predictions, correct and wrong."""

import pandas as pd

from lctransfer.report import palette, statistics
from lctransfer.report.blocks import Section
from lctransfer.report.figures.examples import examples
from lctransfer.report.leader import leading_transfer
from lctransfer.report.results import Results


def section(results: Results) -> Section:
    """Return, per target survey, the most confident correct and wrong predictions at the largest label fraction."""
    part = Section("examples", "Example light curves")
    part.sentences = [
        "The most confident correct predictions, one per class, and the most confident wrong ones, one per true class, "
        "of the first seed. Folded at the period that the features use (twice that for eclipsing binaries)."
    ]
    summary = statistics.summary(results.metrics) if len(results.metrics) else pd.DataFrame(columns=["survey"])
    for survey in results.targets:
        here = summary[summary["survey"] == survey]
        strategy = None if here.empty else leading_transfer(here) or palette.RIVAL
        chosen = choose(results.predictions(survey, strategy, here["fraction"].max())) if strategy else pd.DataFrame()
        curves = results.light_curves(survey, list(chosen["source_id"])) if len(chosen) else pd.DataFrame()
        features = results.features(survey)
        if len(curves) and len(features):
            periods = features.set_index("source_id")["period"]
            part.figures.append(examples(results, survey, chosen, curves, periods))
    if not part.figures:
        part.sentences, part.missing = [], "Neither predictions nor light curves are there to show."
    return part


def choose(predictions: pd.DataFrame, count: int = 3) -> pd.DataFrame:
    """Return `count` correct and `count` wrong predictions, the most confident of each class, in that order."""
    if predictions.empty:
        return predictions
    table = predictions[predictions["seed"] == predictions["seed"].min()]
    table = table.assign(
        confidence=table.filter(regex="^p_").max(axis=1), right=table["class_name"] == table["predicted"]
    )
    table = table.sort_values(["confidence", "source_id"], ascending=[False, True], kind="stable")
    best = table.drop_duplicates(["class_name", "right"])
    return pd.concat([best[best["right"]].head(count), best[~best["right"]].head(count)])
