"""Which code each job of the workflow runs: its verb, what its configuration names, and what it never comes to."""

from collections.abc import Iterable
from pathlib import Path

from lctransfer.config import Config
from lctransfer.transfer.registry import ENTRIES
from lctransfer.workflow import code_digest
from lctransfer.workflow.code_digest import Edge
from lctransfer.workflow.code_facts import PACKAGE

VERBS = {"features_shard": "features", "features": "join", "collect": "join"}
VERBS |= {"classify_shard": "classify", "classify": "join"}
"""The verb of a rule whose name is another."""
NEVER: dict[Edge, str] = {
    ("verb:simulate", "report.beside"): "only with --check",
    ("verb:simulate", "table.class_map"): "only with --check",
    ("verb:simulate", "table.light_curves"): "only for randomised surveys, which no job simulates",
    ("features", "api"): "for who calls the package from Python",
    ("table.canonical", "table.reading"): "the workflow's own tables need no reading again",
    ("verb:retrieve", "retrieve.listing"): "only with --list",
    ("verb:pretrain", "stages.pretrain_simulated"): "only with --simulated",
    ("verb:pretrain", "stages.pretrain_in_context"): "only with --in-context",
    ("verb:pretrain", "tracking.live"): "shows the training on a server, and changes nothing",
    ("classifier.hats", "table.reading"): "only for HATS catalogues, which no job reads",
    ("models.opening", "retrieve"): "jobs are given files, not the word `released`",
    ("models.opening", "models.simulated"): "jobs are given folders, not the word `simulated`",
}
"""Imports inside functions that no job of the workflow comes to, and why."""
TRAINING: dict[Edge, str] = {("stages.pretrain", "models.opening"): "only where the source exists already"}
TAKING: dict[Edge, str] = {("stages.pretrain", "models.training"): "only where the source is trained"}
FOLDER: dict[Edge, str] = {("models.opening", "models.released"): "only where the source is a file of weights"}
ARCHIVE: dict[Edge, str] = {("verb:ingest", "stages.ingest_table"): "only for a table of one's own"}


def digest(stage: str, config: Config, *, survey: str = "", strategy: str = "") -> str:
    """Return the digest of the code that a job runs; arguments as in `covered`."""
    verb, modules, not_run = _parts(stage, config, survey, strategy)
    return code_digest.digest(verb, *modules, not_run=not_run)


def covered(stage: str, config: Config, *, survey: str = "", strategy: str = "") -> set[Path]:
    """Return the files of this package that count in the rerun key of a job.

    Parameters
    ----------
    stage : str
        A rule of the workflow.
    config : Config
        The configuration in force.
    survey, strategy : str
        The job's wildcards, where it has any.

    Returns
    -------
    set of Path
        Modules and package data.
    """
    verb, modules, not_run = _parts(stage, config, survey, strategy)
    return code_digest.covered(verb, *modules, not_run=not_run)


def _parts(stage: str, config: Config, survey: str, strategy: str) -> tuple[str, list[str], set[Edge]]:
    """Return verb, modules named by the configuration, and imports that are not run."""
    not_run = set(NEVER)
    if stage != "pretrain" or config.pretrain.source != "released":
        not_run |= set(FOLDER)
    if stage == "pretrain":
        not_run |= set(TRAINING if config.pretrain.source == "train" else TAKING)
    if stage == "ingest" and not config.surveys[survey].table:
        not_run |= set(ARCHIVE)
    modules = [*_survey(stage, config, survey), *_strategies(stage, config, strategy)]
    return VERBS.get(stage, stage), modules, not_run


def _survey(stage: str, config: Config, survey: str) -> list[str]:
    if survey == "upsilont":
        return ["surveys.released"]
    if stage in {"simulate", "retrieve", "ingest"} and not config.surveys[survey].table:
        return [f"surveys.{survey}"]
    return []


def _strategies(stage: str, config: Config, strategy: str) -> Iterable[str]:
    named = {
        "transfer": [strategy],
        "fit": [config.fit.strategy],
        "classify_shard": [config.fit.strategy],
        "sensitivity": config.sensitivity.strategies,
        "novelty": config.novelty.strategies,
        "tracking": [config.fit.strategy] if config.fit.enabled else [],
    }
    return [ENTRIES[name].module.removeprefix(f"{PACKAGE}.") for name in named.get(stage, [])]
