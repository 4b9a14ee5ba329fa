"""The whole experiment, from native files to the report, at the size of a test."""

import os
import re
import shutil
import signal
import subprocess
import time

import pandas as pd
import pytest
from conftest import snakemake_command

from lctransfer.cli.compose import compose
from lctransfer.files import read_json
from lctransfer.parquet import read_parquet

CONFIG = compose(["experiment=smoke"])
KEYS = ["survey", "strategy", "fraction", "seed"]


def metrics(directory):
    return pd.read_parquet(directory / "results/smoke/metrics.parquet").sort_values(KEYS, ignore_index=True)


def test_every_survey_strategy_fraction_and_seed_has_its_row(smoke):
    sweep = CONFIG.transfer
    expected = pd.MultiIndex.from_product(
        [sorted(CONFIG.targets), sorted(sweep.strategies), sorted(sweep.fractions), range(sweep.seeds)], names=KEYS
    )
    assert metrics(smoke).set_index(KEYS).index.equals(expected)


def test_metrics_are_numbers_in_their_ranges(smoke):
    rows = metrics(smoke)
    assert rows.notna().all(axis=None)
    assert rows["mcc"].between(-1, 1).all()
    assert rows["m_c"].to_numpy() == pytest.approx((rows["mcc"].to_numpy() + 1) / 2)
    for name in ("macro_f1", "accuracy", "ece"):
        assert rows[name].between(0, 1).all(), name
    assert (rows[["n_labels", "n_test", "log_loss", "fit_seconds"]] >= 0).all(axis=None)


def test_all_strategies_see_the_same_test_stars(smoke):
    counts = metrics(smoke).groupby(["survey", "seed"])["n_test"].nunique()
    assert (counts == 1).all()
    for survey in CONFIG.targets:
        folders = sorted((smoke / "results/smoke/transfer" / survey).glob("*/fraction-*"))
        tested = {
            tuple(
                sorted(zip(*read_parquet(folder / "predictions.parquet", ["seed", "source_id"]).to_pydict().values()))
            )
            for folder in folders
        }
        assert len(tested) == 1


def test_all_21_classes_are_in_the_sources(smoke):
    classes = read_json(smoke / "results/smoke/source/model.json")["classes"]
    assert len(classes) == 21


def test_predictions_are_probabilities_of_the_classes_they_name(smoke):
    for path in (smoke / "results/smoke/transfer").rglob("predictions.parquet"):
        rows = pd.read_parquet(path)
        columns = [name for name in rows if name.startswith("p_")]
        assert rows[columns].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
        best = rows[columns].idxmax(axis=1).str.removeprefix("p_")
        assert (best == rows["predicted"]).mean() > 0.99  # ties in float32 may fall either way


def test_the_report_is_one_file_that_says_what_is_simulated(smoke):
    page = (smoke / "results/smoke/report.html").read_text()
    assert "simulated" in page.lower()
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"']https?:", page)


def test_the_report_of_snakemake_holds_every_figure(smoke, snakemake, tmp_path):
    done = snakemake(smoke, "experiment=smoke", flags=("--report", str(tmp_path / "report.html")))
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "report.html").read_text()
    figures = list((smoke / "results/smoke/figures").glob("*.svg"))
    assert len(figures) > 20
    assert all(path.name in page for path in figures)


def test_nothing_half_written_is_left(smoke):
    left = [path for path in smoke.rglob("*") if path.name.endswith(".part")]
    assert not left


def test_mlflow_has_a_curve_run_per_survey_and_strategy(smoke):
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{smoke}/results/mlflow.db")
    experiment = client.get_experiment_by_name("smoke")
    curves = client.search_runs([experiment.experiment_id], "tags.kind = 'curve'", max_results=1000)
    assert len(curves) == len(CONFIG.targets) * len(CONFIG.transfer.strategies)
    assert all(len(client.get_metric_history(run.info.run_id, "M_c")) == 2 for run in curves)


def test_a_second_run_plans_nothing(smoke, snakemake):
    done = snakemake(smoke, "experiment=smoke")
    assert "Nothing to be done" in done.stdout + done.stderr


# One target and a strategy of each kind: benchmarks/kills.py kills whole experiments, jobs of every stage among them.
FEW = ["finetune_last", "extra_trees", "zero_label"]
RESUMED = ("experiment=smoke", "targets=[hipparcos]", f"transfer.strategies=[{','.join(FEW)}]")
ONLY_METRICS = ("results/smoke/metrics.parquet",)


def test_killed_and_started_again_it_ends_in_the_same_metrics(smoke, snakemake, tmp_path):
    directory = tmp_path / "killed"
    shutil.copytree(smoke, directory)
    for name in ("source", "transfer"):
        shutil.rmtree(directory / "results/smoke" / name)
    (directory / "results/smoke/metrics.parquet").unlink()
    _run_until(directory, lambda: len(list(directory.rglob("transfer/*/*/*/metrics.parquet"))) >= 2)
    done = snakemake(directory, *RESUMED, flags=ONLY_METRICS)
    assert done.returncode == 0, done.stderr
    undisturbed = metrics(smoke)[lambda rows: (rows["survey"] == "hipparcos") & rows["strategy"].isin(FEW)]
    again = metrics(directory)
    assert len(again) == len(undisturbed) > 0
    pd.testing.assert_frame_equal(
        again.drop(columns="fit_seconds"),
        undisturbed.drop(columns="fit_seconds").reset_index(drop=True),
        check_exact=True,
    )


def _run_until(directory, condition):
    """Start Snakemake, and kill it with all its jobs as soon as `condition` holds."""
    command = snakemake_command(directory, *RESUMED, flags=ONLY_METRICS)
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 300
    while not condition():
        assert run.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
