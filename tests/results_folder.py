"""A results folder of the layout that the stages write, with made-up stars; for tests of what reads such folders."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn import metrics

from lctransfer.config import Config, Survey, Transfer

FEATURES = ["amplitude", "hl_amp_ratio", "kurtosis", "period", "phase_cusum", "phase_eta", "phi21", "phi31"]
FEATURES += ["quartile31", "r21", "r31", "shapiro_w", "skewness", "slope_per10", "slope_per90", "stetson_k"]
CLASSES = ["CEPH_F", "DSCT", "EB_EC", "EB_ED", "RRL_ab", "RRL_c"]
SKILL = {"extra_trees": 0.9, "scratch": 0.5, "upsilont_recipe": 0.4, "finetune_all": 1.3, "finetune_last": 1.1}


def write_results(
    root: Path,
    *,
    experiment: str = "demo",
    targets: tuple[str, ...] = ("asas", "hipparcos", "asassn"),
    strategies: tuple[str, ...] = (*SKILL, "zero_label"),
    fractions: tuple[float, ...] = (0.01, 0.05, 0.20),
    seeds: int = 3,
    stars: int = 240,
    epochs: tuple[int, int] = (20, 60),
) -> tuple[Path, Path]:
    """Write results/<experiment> and data/simulated below `root`; return both folders."""
    directory, data = root / "results" / experiment, root / "data" / "simulated"
    rng = np.random.default_rng(1)
    sources = ["ogle", "eros2"]
    surveys = {name: Survey(module=name, title=name.upper(), stars=stars) for name in (*sources, *targets)}
    transfer = Transfer(fractions=list(fractions), seeds=seeds, strategies=list(strategies))
    config = Config(experiment=experiment, sources=sources, targets=list(targets), surveys=surveys, transfer=transfer)
    config.description = "Made-up stars for a test."
    _write_json(directory / "config.json", asdict(config))
    packages = {"numpy": "2.0", "torch": "2.9"}
    _write_json(
        directory / "provenance.json",
        {"commit": "0" * 40, "date_utc": "2026-01-02T03:04:05+00:00", "lctransfer": "0.1.0", "packages": packages},
    )
    for name in surveys:
        _write_survey(directory, data, name, stars, epochs, rng)
    _write_source(directory / "source", rng)
    rows = [
        row
        for survey in targets
        for strategy in strategies
        for fraction in fractions
        for row in _write_transfer(directory, survey, strategy, fraction, seeds, stars, rng)
    ]
    _write_parquet(directory / "metrics.parquet", pd.DataFrame(rows))
    _write_sensitivity(directory / "sensitivity.parquet", targets[0], stars, rng)
    for survey in targets:
        _write_novelty(directory / "novelty" / f"{survey}.parquet", survey, stars, rng)
    _write_benchmarks(directory / "benchmarks", targets, strategies)
    return directory, data


def _write_survey(
    directory: Path, data: Path, survey: str, stars: int, least_most: tuple, rng: np.random.Generator
) -> None:
    truth = np.array(CLASSES)[np.arange(stars) % len(CLASSES)]
    epochs = rng.integers(*least_most, stars)
    period = 10 ** rng.uniform(-1, 2, stars)
    time = [np.sort(rng.uniform(0, 900, count)) for count in epochs]
    mag = [12 + 0.4 * np.sin(2 * np.pi * t / p) + rng.normal(0, 0.03, len(t)) for t, p in zip(time, period)]
    identity = {
        "source_id": [f"{survey}-{i:04d}" for i in range(stars)],
        "survey": [survey] * stars,
        "band": ["V"] * stars,
        "label": truth,
        "class_name": truth,
        "period_days": period,
    }
    curves = {**identity, "time": time, "mag": mag, "mag_err": [np.full(len(t), 0.03) for t in time]}
    _write_parquet(data / "lightcurves" / f"{survey}.parquet", pa.table(curves))
    counts = {name: int((truth == name).sum()) for name in CLASSES}
    _write_json(
        data / "lightcurves" / f"{survey}.json", {"stars": stars, "classes": counts, "dropped": {"too few epochs": 7}}
    )
    values = {name: np.abs(rng.normal(len(survey) / 4, 1, stars)) for name in FEATURES} | {"period": period}
    duration = [t[-1] - t[0] for t in time]
    flag = np.where(np.arange(stars) % 50 == 7, "too few epochs", "ok")
    table = {**identity, "n_epochs": epochs, "duration_days": duration, **values, "flag": flag}
    _write_parquet(directory / "features" / f"{survey}.parquet", pd.DataFrame(table))


def _write_source(directory: Path, rng: np.random.Generator) -> None:
    truth = np.repeat(CLASSES, 60)
    table, _ = _predict(truth, 1.6, rng)
    ids = [f"ogle-{i:04d}" for i in range(len(truth))]
    _write_parquet(directory / "predictions.parquet", table.assign(survey="ogle", source_id=ids))
    predicted = table["predicted"]
    mcc = metrics.matthews_corrcoef(truth, predicted)
    _write_json(directory / "metrics.json", {"mcc": mcc, "m_c": (mcc + 1) / 2, "n_test": len(truth)})
    _write_json(directory / "model.json", {"classes": CLASSES, "features": FEATURES})
    epochs = np.arange(1, 31)
    loss = 0.4 + 1.5 * np.exp(-epochs / 8)
    history = {"epoch": epochs, "train_loss": loss, "validation_loss": loss + 0.05, "validation_m_c": 1 - loss / 4}
    directory.joinpath("history.csv").write_text(pd.DataFrame(history).to_csv(index=False))


def _write_transfer(directory, survey, strategy, fraction, seeds, stars, rng) -> list[dict]:
    folder = directory / "transfer" / survey / strategy / f"fraction-{fraction:.4f}"
    truth = np.array(CLASSES)[np.arange(stars) % len(CLASSES)]
    ids = np.array([f"{survey}-{i:04d}" for i in range(stars)])
    n_labels = 0 if strategy == "zero_label" else max(len(CLASSES), round(fraction * stars))
    rows, tables = [], []
    for seed in range(seeds):
        test = np.sort(np.random.default_rng(seed).permutation(stars)[: stars // 2])
        skill = 1.0 if strategy == "zero_label" else SKILL.get(strategy, 1.0) * (0.6 + 0.25 * np.log10(n_labels))
        table, p = _predict(truth[test], skill, rng)
        tables.append(table.assign(seed=seed, source_id=ids[test]))
        rows.append({"survey": survey, "strategy": strategy, "fraction": fraction, "seed": seed, "n_labels": n_labels})
        rows[-1] |= {"n_test": len(test), **_scores(table, p), "fit_seconds": 0.1 + 2 * fraction}
    _write_parquet(folder / "predictions.parquet", pd.concat(tables, ignore_index=True))
    _write_parquet(folder / "metrics.parquet", pd.DataFrame(rows))
    return rows


def _predict(truth: np.ndarray, skill: float, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    logits = rng.normal(0, 1, (len(truth), len(CLASSES))) + 2 * skill * (truth[:, None] == np.array(CLASSES))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    columns = {f"p_{name}": p[:, i].astype(np.float32) for i, name in enumerate(CLASSES)}
    return pd.DataFrame({"class_name": truth, "predicted": np.array(CLASSES)[p.argmax(axis=1)], **columns}), p


def _scores(table: pd.DataFrame, p: np.ndarray) -> dict[str, float]:
    truth, predicted = table["class_name"], table["predicted"]
    mcc = metrics.matthews_corrcoef(truth, predicted)
    return {
        "mcc": mcc,
        "m_c": (mcc + 1) / 2,
        "macro_f1": metrics.f1_score(truth, predicted, average="macro"),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "log_loss": metrics.log_loss(truth, p, labels=CLASSES),
        "ece": float(abs(p.max(axis=1).mean() - (truth == predicted).mean())),
    }


def _write_sensitivity(path: Path, survey: str, stars: int, rng: np.random.Generator) -> None:
    cells = [("whole", 0, 0.0, 200, 900.0), ("epochs", 20, 0.0, 20, 850.0), ("epochs", 80, 0.0, 80, 880.0)]
    cells += [("duration", 0, 30.0, 12, 28.0), ("control", 0, 30.0, 12, 800.0)]
    rows = []
    for kind, epochs, days, median_epochs, median_days in cells:
        cell = {"survey": survey, "kind": kind, "epochs": epochs, "duration_days": days, "n_stars": stars}
        cell |= {"median_epochs": float(median_epochs), "median_days": median_days, "fraction": 0.1, "n_labels": 24}
        for strategy in ("zero_label", "extra_trees"):
            for seed in range(2):
                m_c = 0.5 + 0.04 * np.log(median_epochs) + rng.normal(0, 0.01)
                found = {"mcc": 2 * m_c - 1, "m_c": m_c, "macro_f1": m_c - 0.1, "classified": 1.0, "n_test": stars // 2}
                rows.append(cell | found | {"strategy": strategy, "seed": seed})
    _write_parquet(path, pd.DataFrame(rows))


def _write_novelty(path: Path, survey: str, stars: int, rng: np.random.Generator) -> None:
    rows = []
    for name in CLASSES:
        for strategy in ("finetune_all", "extra_trees"):
            for seed in range(2):
                row = {"survey": survey, "left_out": name, "strategy": strategy, "fraction": 0.1, "seed": seed}
                row |= {"n_novel": stars // 12, "n_known": stars // 2 - stars // 12}
                rows.append(row | {"auroc": rng.uniform(0.6, 0.9), "auroc_probability": rng.uniform(0.4, 0.8)})
    _write_parquet(path, pd.DataFrame(rows))


def _write_benchmarks(directory: Path, targets: tuple[str, ...], strategies: tuple[str, ...]) -> None:
    directory.mkdir(parents=True)
    header = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
    line = "2.5\t0:00:02\t210.5\t900.0\t180.0\t190.0\t0.0\t0.1\t98.0\t2.4\n"
    for survey in targets:
        (directory / f"features-{survey}.tsv").write_text(header + line)
        for strategy in strategies:
            (directory / f"transfer-{survey}-{strategy}-0.0100.tsv").write_text(header + line)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def _write_parquet(path: Path, table: pd.DataFrame | pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False), path)
