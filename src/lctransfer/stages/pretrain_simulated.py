"""What a source model learns from when it learns from the simulated sky alone."""

from pathlib import Path

import pyarrow as pa

from lctransfer.config import Features, Model, Pretrain
from lctransfer.features import extract
from lctransfer.files import write_parquet
from lctransfer.simulate import simulate
from lctransfer.stages.pretrain import pretrain

SHARES = {"ogle": 0.12, "eros2": 0.06, "randomised": 0.82}
"""Simulated stars by survey: the two that the paper learnt from as they are, and randomised surveys."""
FINER = {"T2CEP_RVTau": "T2CEPH_RVTau"}
"""Words of those two whose class the model learns apart from the one of the 21 that they belong to."""


def simulated_source(
    n_stars: int, directory: Path, model: Model, settings: Pretrain, feature_set: str, *, threads: int = 1
) -> None:
    """Simulate, extract features, train, and write the source model below `directory`.

    Parameters
    ----------
    n_stars : int
        Simulated light curves in all.
    directory : Path
        See `lctransfer.stages.pretrain.pretrain`; the features are kept in ``features/``.
    model : config.Model
        The network.
    settings : config.Pretrain
        The training; its seed is that of the sky, too.
    feature_set : str
        Inputs of the network: a key of `lctransfer.features.NAMES`.
    threads : int
        For extracting features; the result does not depend on it.
    """
    directory = Path(directory)
    paths = [directory / "features" / f"{survey}.parquet" for survey in SHARES]
    for path, (survey, share) in zip(paths, SHARES.items()):
        table = simulate(survey, max(1, round(share * n_stars)), settings.seed).drop_columns(["period_days", "survey"])
        # What the model says of its origin must not be taken for the survey itself.
        table = table.append_column("survey", pa.array([f"simulated {survey}"] * len(table)))
        finer = [
            FINER.get(word, name) for word, name in zip(*table.select(["label", "class_name"]).to_pydict().values())
        ]
        table = table.set_column(table.column_names.index("class_name"), "class_name", pa.array(finer, pa.string()))
        write_parquet(path, extract(table, Features(set=feature_set), threads=threads))
    pretrain(paths, directory, model, settings, feature_set)
