"""Change one key, and exactly the rules that read it run again; touch or reorder, and nothing does."""

import os
import re
import shutil
import subprocess
from collections import Counter

import pytest
from conftest import REPOSITORY, snakemake_command
from planned import ENDING, STRATEGIES, SURVEYS, SWEEP, TARGETS, TRAINING, planned

from lctransfer.config import REFERENCE_FOLDER


def test_a_finished_run_plans_nothing(smoke, snakemake):
    assert planned(snakemake, smoke) == {}


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        pytest.param("transfer.epochs=4", TRAINING | ENDING, id="fine-tuning"),
        pytest.param("transfer.fractions=[0.05,0.1,0.2]", {"transfer": SWEEP} | ENDING, id="one more fraction"),
        pytest.param(
            "transfer.strategies=[zero_label,extra_trees]", ENDING, id="fewer strategies: only what sums them up"
        ),
        pytest.param("pretrain.epochs=4", {"pretrain": 1} | TRAINING | ENDING, id="pretraining"),
        pytest.param("tracking.uri=sqlite:///elsewhere.db", {"report": 1, "tracking": 1}, id="where MLflow keeps it"),
        pytest.param("fit.strategy=extra_trees", {"fit": TARGETS, "report": 1, "tracking": 1}, id="what is kept"),
        pytest.param("sensitivity.seeds=2", {"sensitivity": 1, "report": 1, "tracking": 1}, id="subsampled curves"),
        pytest.param("novelty.seeds=2", {"novelty": TARGETS, "report": 1, "tracking": 1}, id="classes left out"),
        pytest.param("description=Other words.", {"report": 1, "tracking": 1}, id="words of the report"),
        pytest.param(
            "surveys.asas.stars=121",
            {
                **dict.fromkeys(["simulate", "retrieve", "ingest", "features_shard", "features"], 1),
                **{"transfer": STRATEGIES, "fit": 1, "novelty": 1, "sensitivity": 1},
            }
            | ENDING,
            id="one target survey",
        ),
        pytest.param(
            "surveys.asas.min_epochs=21",
            dict.fromkeys(["ingest", "features_shard", "features", "fit", "sensitivity", "novelty"], 1)
            | {"transfer": STRATEGIES}
            | ENDING,
            id="a cut on one target survey",
        ),
        pytest.param(
            "features.oversampling=4",
            {"features_shard": SURVEYS, "features": SURVEYS, "pretrain": 1} | TRAINING | ENDING,
            id="the features",
        ),
    ],
)
def test_one_key_reruns_exactly_what_reads_it(smoke, snakemake, override, expected):
    assert Counter(planned(snakemake, smoke, override)) == Counter(expected)


def test_reordered_lists_of_the_sweep_rerun_no_training(smoke, snakemake):
    plan = planned(snakemake, smoke, "transfer.fractions=[0.2,0.05]", "targets=[hipparcos,asassn,asas]")
    assert not {"transfer", "pretrain", "features", "features_shard"} & set(plan)


def test_touched_code_and_config_rerun_nothing(smoke, snakemake):
    for path in [*REPOSITORY.glob("src/lctransfer/*.py"), *REPOSITORY.glob("config/**/*.yaml")]:
        os.utime(path)
    assert planned(snakemake, smoke) == {}


@pytest.fixture
def filled_in(smoke):
    """Write a file of published values, as old as can be, where a run looks for one; take it away afterwards."""
    path = smoke / REFERENCE_FOLDER / "mine.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("[]")
    os.utime(path, (0, 0))
    yield path
    shutil.rmtree(smoke / "config")


@pytest.mark.usefixtures("filled_in")
def test_a_published_value_makes_the_report_again_and_nothing_else(smoke, snakemake):
    assert planned(snakemake, smoke) == {"report": 1, "tracking": 1}


def test_published_values_that_are_not_there_stop_before_any_job(smoke, snakemake):
    done = snakemake(smoke, "experiment=smoke", "report.reference=values.yaml", flags=("-n",))
    assert done.returncode != 0
    assert "There is no file values.yaml, which the configuration names" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("seed=99",), r"--config takes only hydra, but got seed"),
        (('hydra="transfer.seeds=3"',), r"hydra must be a list of overrides"),
        (('hydra=["transfer.sedes=3"]',), r"no configuration key transfer\.sedes \(did you mean transfer\.seeds\?\)"),
        (('hydra=["transfer.seeds=0"]',), r"transfer\.seeds is 0, but must be at least 1"),
    ],
)
def test_a_bad_configuration_stops_before_any_job(tmp_path, snakemake, flags, sentence):
    command = snakemake_command(tmp_path)[:-1]
    done = subprocess.run([*command, *flags], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert re.search(sentence, done.stdout + done.stderr)
    assert "Traceback" not in done.stdout + done.stderr
    assert not {"data", "results"} & set(os.listdir(tmp_path))
