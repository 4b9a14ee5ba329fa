"""The rerun key of a job covers exactly the modules and package data that the job loads."""

import json
import shutil
from collections import Counter

import pytest
from conftest import REPOSITORY
from planned import ENDING, STRATEGIES, SURVEYS, TARGETS, TRAINING, planned

from lctransfer.cli.compose import compose
from lctransfer.workflow import code_digest, stage_code

CONFIG = compose(["experiment=smoke"])
STAGES = ("simulate", "retrieve", "ingest", "features", "join", "pretrain", "transfer", "fit", "sensitivity", "novelty")
STAGES += ("report", "tracking")
SHELL = {"__init__.py", "__main__.py", "config.py", "errors.py", "progress.py", "secret.py", "validate.py"}
SHELL |= {"workflow_files.py"}
"""Decide no result: see `code_digest.UNDIGESTED`."""
HELP = {"transfer/__init__.py", "transfer/registry.py", "seeds.py", "table/__init__.py", "table/canonical.py"}
"""The names of the strategies, forms and vocabularies, which --help lists for every verb."""
WATCHING = {"pretrain": {"tracking/__init__.py", "tracking/live.py"}}
"""Shows the training on a server where one is asked for, and changes no number."""
UNREAD = {"models/sky/in_context.safetensors"}
"""What only jobs with the simulated sky read, which smoke transfers without."""
COPIED = {"tracking"}
"""Keeps a copy of the whole package beside each model, and so opens all its data."""


def job(arguments):
    """Return the stage of a command line, and its wildcards."""
    verb = arguments[0]
    stage = {"features": "features_shard", "join": "features"}.get(verb, verb)
    given = {name: arguments[arguments.index(f"--{name}") + 1] for name in ("strategy",) if f"--{name}" in arguments}
    given |= {"survey": arguments[1]} if verb in {"simulate", "retrieve", "ingest"} else {}
    return stage, given


@pytest.fixture(scope="module")
def traces(smoke):
    """Return (arguments, modules, data) of every job of the smoke experiment, each a process of its own."""
    files = sorted((smoke / "trace").glob("*.json"), key=lambda path: path.stat().st_mtime)
    # Of a folder that is kept, the youngest.
    found = {str(one["arguments"]): one for one in (json.loads(path.read_text()) for path in files)}.values()
    return [one for one in found if one["arguments"] and one["arguments"][0] in STAGES]


@pytest.mark.parametrize("verb", STAGES)
def test_the_digest_covers_what_a_job_loads_and_no_more(traces, verb):
    jobs = [one for one in traces if one["arguments"][0] == verb]
    assert jobs
    for one in jobs:
        stage, wildcards = job(one["arguments"])
        paths = stage_code.covered(stage, CONFIG, **wildcards)
        covered = {path.relative_to(code_digest.ROOT).as_posix() for path in paths}
        modules = {name for name in covered if name.endswith(".py")}
        loaded = {name for name in one["modules"] if not name.startswith("cli/")} - SHELL - WATCHING.get(verb, set())
        assert loaded - modules <= HELP, one["arguments"]
        assert modules <= loaded, one["arguments"]
        if verb not in COPIED:
            assert covered - modules - UNREAD == set(one["data"])


@pytest.fixture(scope="module")
def checkout(smoke, tmp_path_factory):
    """Return a copy of the checkout, whose results are those of `smoke`."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("src", "workflow", "config"):
        shutil.copytree(REPOSITORY / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "Snakefile", copy)
    return copy


@pytest.fixture
def edited(checkout, smoke, snakemake):
    """Return a function that edits a file of the copy, says what would run again, and takes the edit back."""

    def plan(name, edit=lambda text: f"{text}\nEDITED = 1\n"):
        path = checkout / "src" / "lctransfer" / name
        original = path.read_text(encoding="utf-8")
        path.write_text(edit(original), encoding="utf-8")
        try:
            return planned(snakemake, smoke, snakefile=checkout / "Snakefile")
        finally:
            path.write_text(original, encoding="utf-8")

    return plan


FROM_FEATURES = {"features_shard": SURVEYS, "features": SURVEYS, "pretrain": 1} | TRAINING | ENDING
FROM_INGEST = {"ingest": SURVEYS} | FROM_FEATURES
LAST = {"report": 1, "tracking": 1}


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("simulate/noise.py", {"simulate": SURVEYS, "retrieve": SURVEYS} | FROM_INGEST),
        ("retrieve/slots.py", {"retrieve": SURVEYS} | FROM_INGEST),
        ("stages/ingest.py", FROM_INGEST),
        ("features/shape.py", FROM_FEATURES),
        ("models/training.py", {"pretrain": 1} | TRAINING | ENDING),
        ("transfer/finetune.py", {"transfer": 4 * TARGETS} | ENDING),
        ("transfer/auto.py", {"fit": TARGETS, "novelty": TARGETS} | LAST),
        ("models/sky/model.json", {"fit": TARGETS, "novelty": TARGETS} | LAST),
        ("stages/sensitivity.py", {"sensitivity": 1} | LAST),
        ("report/page.py", LAST),
        ("tracking/view.py", {"tracking": 1}),
    ],
)
def test_an_edited_module_runs_what_uses_it_again_and_nothing_else(edited, module, expected):
    assert Counter(edited(module)) == Counter(expected)


def test_an_edited_docstring_runs_nothing_again(edited):
    assert edited("transfer/auto.py", lambda text: text.replace('"""', '"""Said otherwise. ', 1)) == {}


def test_one_survey_s_reader_concerns_that_survey_and_what_learns_from_it(edited):
    expected = dict.fromkeys(("simulate", "retrieve", "ingest", "features_shard", "features", "fit", "novelty"), 1)
    assert Counter(edited("surveys/hipparcos_tables.py")) == Counter(expected | {"transfer": STRATEGIES} | ENDING)
