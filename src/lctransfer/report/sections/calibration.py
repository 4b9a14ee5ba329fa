"""Calibration: whether nine in ten predictions of probability 0.9 are correct."""

import numpy as np
import pandas as pd

from lctransfer.report import palette, statistics
from lctransfer.report.blocks import Section
from lctransfer.report.figures.calibration import calibration
from lctransfer.report.leader import leading_transfer
from lctransfer.report.results import Results


def section(results: Results) -> Section:
    """Return reliability diagrams at the smallest label fraction, where they differ most."""
    part = Section("calibration", "Calibration of the probabilities")
    if results.metrics.empty:
        part.missing = "No strategy has results yet."
        return part
    for survey, here in statistics.summaries(results.metrics, results.targets):
        if here.empty:
            continue
        fraction = here["fraction"].min()
        names = [leading_transfer(here), palette.RIVAL, palette.RELEASED]
        bins = {name: reliability(results.predictions(survey, name, fraction)) for name in names if name}
        bins = {name: table for name, table in bins.items() if len(table)}
        if bins:
            part.figures.append(calibration(results, survey, fraction, bins))
    return part


def reliability(predictions: pd.DataFrame, n_bins: int = 10) -> pd.DataFrame:
    """Return the mean probability and the share of correct predictions in bins of the highest probability.

    Parameters
    ----------
    predictions : pandas.DataFrame
        class_name, predicted and ``p_<class>`` columns.
    n_bins : int
        Bins of equal width between 0 and 1; empty ones are left out.

    Returns
    -------
    pandas.DataFrame
        probability, right, stars.
    """
    if predictions.empty:
        return pd.DataFrame(columns=["probability", "right", "stars"])
    confidence = predictions.filter(regex="^p_").max(axis=1).to_numpy(float)
    right = (predictions["class_name"] == predictions["predicted"]).to_numpy()
    table = pd.DataFrame({"probability": confidence, "right": right})
    groups = table.groupby(np.minimum((confidence * n_bins).astype(int), n_bins - 1))
    return groups.mean().assign(stars=groups.size()).reset_index(drop=True)
