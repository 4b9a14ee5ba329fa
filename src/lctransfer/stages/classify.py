"""The catalogue of a survey: a row for each source of a table, by a model that `fit` kept or a source as it is."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from lctransfer.classifier import formats
from lctransfer.classifier.card import NO_LABELS
from lctransfer.classifier.catalogue import Catalogue
from lctransfer.classifier.model import open_model
from lctransfer.classifier.star_table import StarTable
from lctransfer.config import Classify
from lctransfer.errors import LctransferError


@dataclass(frozen=True)
class Execution:
    """How a catalogue is made; every row that can be read comes out the same.

    Attributes
    ----------
    threads : int
        Cores.
    shard : (int, int)
        Which part of how many: the rows are divided into contiguous parts, which joined are the whole.
    restart : bool
        Begin anew where an interrupted run left parts.
    skip_unreadable : bool
        Flag the rows of a part that cannot be read, and go on.
    """

    threads: int = 1
    shard: tuple[int, int] = (1, 1)
    restart: bool = False
    skip_unreadable: bool = False


def classify(
    model: str | Path,
    table: Path,
    target: Path,
    settings: Classify | None = None,
    execution: Execution | None = None,
) -> None:
    """Write the class of every source of a table: one row per row, in the same order.

    Parameters
    ----------
    model : str or Path
        Folder that ``fit`` wrote, or a source (``simulated``, a folder of ``pretrain``) where there is no label.
    table : Path
        Light curves or features (Parquet); see `lctransfer.classifier.star_table`.
    target : Path
        File to write: .parquet, .csv, .ecsv, .fits, .vot; without an ending a folder of Parquet parts.
    settings : config.Classify, optional
        Level of the conformal sets.
    execution : Execution, optional
        Cores, shard, what to do with an interrupted run and with parts that cannot be read.

    Raises
    ------
    LctransferError
        If the model or the table cannot be used, or the output is an input.
    """
    settings, how = settings or Classify(), execution or Execution()
    target, table = Path(os.path.abspath(target)), Path(table)
    stars = StarTable(table)
    check_target(target, table, model)
    formats.check_size(target, stars.n_rows)
    fitted = open_model(model)
    if fitted.calibration is None and not fitted.card.get("labels"):
        sys.stderr.write(f"lctransfer: {NO_LABELS if fitted.card else _bare(model)}\n")
    torch.set_num_threads(1)  # one thread per core is ours already; the same sums in the same order
    part, parts = how.shard
    rows = range(stars.n_rows * (part - 1) // parts, stars.n_rows * part // parts)
    Catalogue(stars, rows, fitted, target, settings.level, how.skip_unreadable).make(how.threads, restart=how.restart)


def _bare(model: str | Path) -> str:
    return (
        f"{model} has no card: it was saved from Python, so that its quality is not known and there are no conformal "
        "sets. `lctransfer fit` makes a model with both."
    )


def check_target(target: Path, table: Path, model: str | Path) -> None:
    """Refuse to write over what is read, and endings that no format has.

    Raises
    ------
    LctransferError
        Naming what would be lost.
    """
    target = Path(os.path.abspath(target))
    if target.suffix:
        formats.writer(target)
    parts = target.with_name(f"{target.name}.parts")
    for read in (table.resolve(), *([Path(model).resolve()] if Path(model).exists() else [])):
        if any(place == read or place in read.parents for place in (target.resolve(), parts.resolve())):
            raise LctransferError(f"{target} would be written over {read}, which is read: choose another name.")
        if read in target.resolve().parents:
            raise LctransferError(f"{target} lies inside the model {read}: choose another place.")
