"""Which stars of a table to label next, for a model that `fit` kept or a source as it is."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from lctransfer.classifier.columns import catalogue_schema
from lctransfer.classifier.model import FittedModel, open_model
from lctransfer.classifier.partition import catalogue_rows, feature_blocks
from lctransfer.classifier.star_table import StarTable
from lctransfer.classifier.suggest import CANDIDATES, choose, uncertainty
from lctransfer.classifier.training import Labels, read_labels
from lctransfer.errors import LctransferError
from lctransfer.evaluation.splits import ranks
from lctransfer.files import csv_text, write_text
from lctransfer.progress import say, track

COLUMNS = (
    *("source_id", "band", "ra_deg", "dec_deg", "class", "confidence", "next_class", "next_probability"),
    *("novelty_score", "period_days", "median_mag", "n_epochs"),
)
SEED = 0


def suggest(
    model: str | Path,
    table: Path,
    n: int,
    target: Path | None = None,
    *,
    labels: Labels | None = None,
    threads: int = 1,
) -> pd.DataFrame:
    """Return the `n` stars whose labels would teach the model most: uncertain, and unlike one another.

    Parameters
    ----------
    model : str or Path
        See `lctransfer.classifier.model.open_model`.
    table : Path
        Light curves or features; stars that have a label are not suggested.
    n : int
        How many.
    target : Path, optional
        CSV file to write, with an empty column ``label`` to fill in.
    labels : Labels, optional
        Where the labels are that there are already; by default in the table.
    threads : int
        Cores; the result does not depend on it.

    Returns
    -------
    DataFrame
        The most worthwhile first: id, position, class and the next one with their probabilities, novelty score, period.

    Raises
    ------
    LctransferError
        If the table cannot be used, or no star is left to suggest.
    """
    stars, fitted = StarTable(Path(table)), open_model(model)
    _, words, notes = read_labels(stars, labels or Labels())
    for note in notes:
        say(note)
    torch.set_num_threads(1)
    kept, place = pd.DataFrame(), 0
    for rows in _answered(stars, fitted, threads):
        rows["labelled"] = [word is not None for word in words[place : place + len(rows)]]
        place += len(rows)
        kept = _candidates(pd.concat([kept, rows[rows["flag"] == "ok"]], ignore_index=True), fitted)
    if not len(kept) or kept["labelled"].all():
        raise LctransferError(f"{table} has no star with usable features that has no label yet.")
    found = _chosen(kept, fitted, n)
    if target is not None:
        write_text(target, csv_text(found.assign(label="")))
    return found


def _answered(stars: StarTable, model: FittedModel, threads: int) -> Iterator[pd.DataFrame]:
    """Yield catalogue rows with the model's inputs beside them."""
    schema = catalogue_schema(model, stars.columns, 0.9)
    with track(total=stars.n_rows, desc="suggest", unit="star") as bar:
        for block in feature_blocks(stars.batches(range(stars.n_rows)), stars.columns, model, threads):
            rows = catalogue_rows(block, model, schema, 0.9).to_pandas()
            bar.update(len(rows))
            yield rows.join(block.select(model.inputs).to_pandas().add_prefix("x_"))


def _shares(rows: pd.DataFrame, model: FittedModel) -> np.ndarray:
    return rows[[f"p_{name}" for name in model.classes]].to_numpy(dtype=float)


def _is_untaught(model: FittedModel) -> bool:
    """Tell whether the model is a source as it is, which has seen no label of the survey."""
    return "labels" in model.card and not model.card["labels"]


def _candidates(rows: pd.DataFrame, model: FittedModel) -> pd.DataFrame:
    """Return the labelled stars and the most uncertain others, as many as are considered; before any label, a draw."""
    doubt = 0.0 if _is_untaught(model) else uncertainty(_shares(rows, model))
    rows = rows.assign(doubt=doubt, rank=ranks(rows["source_id"].to_numpy(), SEED))
    rows = rows.sort_values(["labelled", "doubt", "rank"], ascending=[True, False, True], kind="stable")
    free = int((~rows["labelled"]).sum())
    keep = np.r_[: min(free, CANDIDATES), free : min(len(rows), free + CANDIDATES)]
    return rows.iloc[keep].drop(columns=["doubt", "rank"])


def _chosen(kept: pd.DataFrame, model: FittedModel, n: int) -> pd.DataFrame:
    kept = kept.sort_values("source_id", kind="stable").reset_index(drop=True)
    shares, X = _shares(kept, model), kept.filter(regex="^x_")
    known, order = kept["labelled"].to_numpy(), ranks(kept["source_id"].to_numpy(), SEED).astype(float)
    rows = choose(X, None if _is_untaught(model) else shares, known, n, order)
    second = np.argsort(-shares, axis=1, kind="stable")[:, min(1, shares.shape[1] - 1)]
    kept["next_class"] = np.array(model.classes)[second]
    kept["next_probability"] = shares[np.arange(len(kept)), second]
    return kept.loc[rows, [name for name in COLUMNS if name in kept]].reset_index(drop=True)
