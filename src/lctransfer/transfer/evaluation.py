"""The protocol on any table of labelled light curves: features, splits, strategies, measures."""

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import pandas as pd
import torch
from joblib import Parallel, delayed

from lctransfer import lightcurves
from lctransfer.config import Features, Transfer
from lctransfer.errors import LctransferError
from lctransfer.features import NAMES, extract
from lctransfer.files import write_parquet
from lctransfer.models import released
from lctransfer.models.source import SourceModel
from lctransfer.progress import track
from lctransfer.taxonomy import Label, check_label_map, class_name
from lctransfer.transfer.sweep import EXTRA, one, usable


def evaluate(
    table_path: Path,
    directory: Path,
    class_map: Mapping[str, Label] | None = None,
    sources: Sequence[Path] = (),
    strategies: Sequence[str] = ("auto", "extra_trees", "upsilont_recipe", "zero_label"),
    *,
    fractions: Sequence[float] = (0.01, 0.02, 0.05, 0.10, 0.20),
    seeds: Sequence[int] = tuple(range(10)),
    jobs: int = 1,
    settings: Transfer | None = None,
    min_class_size: int = 10,
) -> None:
    """Write ``metrics.parquet`` and ``features.parquet`` of strategies on a table of labelled light curves.

    Parameters
    ----------
    table_path : Path
        Light-curve table with a column ``label``; see `lctransfer.lightcurves`.
    directory : Path
        Where the two files go.
    class_map : dict, optional
        Words of ``label`` to nodes of the taxonomy, or to None to leave them out; others are classes of their own.
    sources : list of Path
        Folders of source models, or files of released weights. All strategies run with each.
    strategies, fractions, seeds : sequences
        What is combined; every strategy sees the same splits.
    jobs : int
        Processes.
    settings : config.Transfer, optional
        Test fraction and training.
    min_class_size : int
        Classes with fewer usable stars are left out.

    Raises
    ------
    LctransferError
        If the table has no labels, a strategy or node is unknown, or there is no source.
    """
    if not sources:
        raise LctransferError("evaluate needs a source model: a folder that pretrain wrote, or the released weights.")
    stars = usable(_features(Path(table_path), class_map or {}), min_class_size, str(table_path))
    write_parquet(Path(directory) / "features.parquet", stars)
    models = {str(path): _source(Path(path)) for path in sources}
    tasks = list(product(models, strategies, fractions, seeds))
    work = (delayed(_row)(stars, models[s], n, settings or Transfer(), f, seed) for s, n, f, seed in tasks)
    done = track(Parallel(jobs, return_as="generator")(work), total=len(tasks), desc="evaluate", unit="fit")
    survey = Path(table_path).stem
    rows = [{"survey": survey, "source": task[0], **row} for task, row in zip(tasks, done)]
    write_parquet(Path(directory) / "metrics.parquet", pd.DataFrame(rows))


def _row(  # noqa: PLR0917
    stars: pd.DataFrame, source: SourceModel, strategy: str, settings: Transfer, fraction: float, seed: int
) -> dict:
    torch.set_num_threads(1)
    return one(stars, source, strategy, settings, fraction=fraction, seed=seed)[0]


def _source(path: Path) -> SourceModel:
    return SourceModel.load(path) if path.is_dir() else released.read(path)


def _features(path: Path, class_map: Mapping[str, Label]) -> pd.DataFrame:
    """Return the features of all sets side by side: the source's 16 by name, the others behind a prefix."""
    check_label_map(class_map, "The class map")
    table = lightcurves.read(path)
    if "label" not in table.column_names:
        raise LctransferError(f"{path} has no column label: labels are needed to learn and to test.")
    curves = table.select(["source_id", "label", *lightcurves.EPOCH_COLUMNS])
    stars = extract(curves, Features()).to_pandas()
    words = stars["label"]
    stars["class_name"] = [None if pd.isna(word) else class_name(str(word), class_map) for word in words]
    for name in sorted(set(NAMES) - {"upsilon"}):
        more = extract(curves, Features(set=name)).to_pandas()
        stars = stars.assign(**{f"{EXTRA}{column}": more[column] for column in NAMES[name]})
        stars["flag"] = stars["flag"].where(stars["flag"] != "ok", more["flag"])
    return stars
