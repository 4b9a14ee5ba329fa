"""What a source model learns from when it learns from the simulated sky alone."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from lctransfer import __version__, provenance
from lctransfer.config import Features, Model, Pretrain
from lctransfer.features import extract
from lctransfer.features.croissant import describe_tables
from lctransfer.files import read_json, sha256, write_json, write_text
from lctransfer.parquet import write_parquet
from lctransfer.simulate import simulate
from lctransfer.stages.pretrain import pretrain

SHARES = {"ogle": 0.12, "eros2": 0.06, "randomised": 0.82}
"""Simulated stars by survey: the two that the paper learnt from as they are, and randomised surveys."""
FINER = {"T2CEP_RVTau": "T2CEPH_RVTau"}
"""Words of those two whose class the model learns apart from the one of the 21 that they belong to."""
ABOUT = {
    "name": "simulated-sky",
    "description": "Features of simulated light curves of variable stars, from which the simulated sky of "
    "lctransfer is learnt. No real star is among them.",
    "license": "https://spdx.org/licenses/BSD-3-Clause.html",
    "version": __version__,
    "url": "https://doi.org/10.1051/0004-6361/202140369",
    "creator": {"@type": "sc:Organization", "name": "The lctransfer developers"},
    "citeAs": "The lctransfer developers, lctransfer, after Kim et al. 2021, A&A 653, A22",
}
CARD = """# Model card: the simulated sky

- **What it is**: a network that names the class of a variable star from {n_features} features of its light curve.
- **Learnt from**: {origin} No real star.
  `croissant.json` describes the tables.
- **Meant for**: a start where a survey has few labels or none (`--source simulated`; part of `auto`).
- **Not meant for**: classes that it does not know, or a claim about real stars without labels to check it.
- **Measured**: on {n_test:,} simulated test stars M_c = {m_c:.3f}, macro-F1 = {macro_f1:.3f} over {n_classes} classes.
  On real stars without any label: `benchmarks/results/sky_zero_label.md`. Which real stars its settings have seen:
  `docs/what_was_seen.md`.
- **Known limits**: cadences and noise unlike those simulated; blends; stars with fewer than ten epochs.
- **Made again**: `make sky` at commit {commit}.
  With pyarrow {pyarrow} the tables have the digests of `croissant.json`. Weights can differ from machine to machine.
- **Weights**: SHA-256 `{digest}`.
- **Licence**: BSD-3-Clause. **Cite**: CITATION.cff.

Classes: {classes}.
"""


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
    tables = _tables(directory)
    for survey, path in tables.items():
        count = max(1, round(SHARES[survey] * n_stars))
        table = simulate(survey, count, settings.seed).drop_columns(["period_days", "survey"])
        # What the model says of its origin must not be taken for the survey itself.
        table = table.append_column("survey", pa.array([f"simulated {survey}"] * len(table)))
        finer = [
            FINER.get(word, name) for word, name in zip(*table.select(["label", "class_name"]).to_pydict().values())
        ]
        table = table.set_column(table.column_names.index("class_name"), "class_name", pa.array(finer, pa.string()))
        write_parquet(path, extract(table, Features(set=feature_set), threads=threads))
    pretrain(list(tables.values()), directory, model, settings, feature_set)
    describe_sky(directory, settings.seed, provenance.describe())


def _tables(directory: Path) -> dict[str, Path]:
    return {survey: directory / "features" / f"{survey}.parquet" for survey in SHARES}


def describe_sky(directory: Path, seed: int, known: dict[str, Any]) -> None:
    """Write ``croissant.json`` and ``card.md`` of a source model that was trained on simulated stars.

    Parameters
    ----------
    directory : Path
        What `simulated_source` wrote.
    seed : int
        Of the sky.
    known : dict
        Where it was made; see `lctransfer.provenance.describe`.
    """
    made = {"commit": known["commit"] or "unknown", "pyarrow": known["packages"]["pyarrow"]}
    told = f"{ABOUT['description']} Seed {seed}, commit {made['commit']}, pyarrow {made['pyarrow']}."
    about = {**ABOUT, "description": told, "datePublished": known["date_utc"][:10]}
    write_json(directory / "croissant.json", describe_tables(directory, _tables(directory), about))
    write_text(directory / "card.md", _card(directory, made))


def _card(directory: Path, made: dict[str, str]) -> str:
    described, measured = read_json(directory / "model.json"), read_json(directory / "metrics.json")
    return CARD.format(
        origin=described["origin"],
        n_features=len(described["scaler"]["features"]),
        n_classes=len(described["classes"]),
        classes=", ".join(described["classes"]),
        n_test=measured["n_test"],
        m_c=measured["m_c"],
        macro_f1=measured["macro_f1"],
        digest=sha256(directory / "model.safetensors"),
        **made,
    )
