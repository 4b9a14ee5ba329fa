"""Compose the configuration from its YAML groups and the overrides of a command line."""

import difflib
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, cast

from lctransfer.cli.overrides import prepare
from lctransfer.config import CONFIG_DIRECTORY, Config, Survey, check
from lctransfer.errors import LctransferError
from lctransfer.secret import refuse_passwords

OF_COLLECTIONS = re.compile(r"surveys\.[A-Za-z0-9_]+\.overrides[.=]")


def compose(overrides: list[str], directory: Path = CONFIG_DIRECTORY) -> Config:
    """Compose the YAML groups under `directory` with Hydra, and check every value.

    Parameters
    ----------
    overrides : list of str
        Hydra overrides, such as ``experiment=smoke`` or ``transfer.seeds=5``.
    directory : Path
        Where ``config.yaml`` and the groups lie.

    Returns
    -------
    Config
        With every key in its range.

    Raises
    ------
    LctransferError
        In one sentence: the key, its value, and what is allowed.
    """
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    # Names of collections are no keys of the schema: Hydra takes new keys only with the sign for them.
    overrides = [f"++{one}" if OF_COLLECTIONS.match(one) else one for one in prepare(overrides)]
    ConfigStore.instance().store(name="schema", node=Config)
    try:
        with initialize_config_dir(config_dir=str(directory), version_base="1.3"):
            config = cast(Config, OmegaConf.to_object(hydra_compose("config", overrides=overrides)))
    except (HydraException, OmegaConfBaseException) as error:
        raise LctransferError(_sentence(error)) from None
    check(config)
    refuse_passwords(config)
    _check_names(config)
    return config


def _sentence(error: Exception) -> str:
    """Say what Hydra or OmegaConf found in one sentence, with the nearest known key."""
    causes = [error, error.__cause__, error.__context__]
    inner: Any = next((cause for cause in causes if getattr(cause, "full_key", None)), None)
    text = " ".join(str(inner or error).split("\n    full_key")[0].split())
    if inner is None:
        # Where Hydra looked is of no use to who mistyped a name.
        return f"The configuration cannot be composed: {text.partition(' Config search path')[0]}"
    if "not in" in text:
        return f"There is no configuration key {inner.full_key}{_near_miss(inner.full_key)}. See `lctransfer config`."
    return f"{inner.full_key} cannot be taken: {text}."


def _near_miss(full_key: str) -> str:
    group = dict(_walk(Config()))
    known = [*group, *(f"surveys.{full_key.split('.')[1]}.{f.name}" for f in fields(Survey) if "." in full_key)]
    near = difflib.get_close_matches(full_key, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _walk(node: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """Return (full key, value) of every leaf."""
    if is_dataclass(node):
        pairs = [(f.name, getattr(node, f.name)) for f in fields(node)]
    elif isinstance(node, dict):
        pairs = list(node.items())
    else:
        return [(prefix, node)]
    return [leaf for name, value in pairs for leaf in _walk(value, f"{prefix}.{name}" if prefix else name)]


def _check_names(config: Config) -> None:
    from lctransfer.transfer.registry import STRATEGIES

    named = {
        f"{section}.strategies": vars(config)[section].strategies for section in ("transfer", "sensitivity", "novelty")
    }
    for name, strategies in {**named, "fit.strategy": [config.fit.strategy]}.items():
        for strategy in strategies:
            if strategy not in STRATEGIES:
                raise LctransferError(f"{name} is {strategy!r}, but must be one of {', '.join(STRATEGIES)}.")
    if config.sensitivity.survey not in ("", *config.targets):
        known = ", ".join(config.targets)
        raise LctransferError(f"sensitivity.survey is {config.sensitivity.survey!r}, but must be a target: {known}.")
    for role in ("sources", "targets"):
        for survey in getattr(config, role):
            if survey not in config.surveys:
                known = ", ".join(config.surveys)
                raise LctransferError(f"{role} names {survey!r}, but must be among the surveys {known}.")
            if not (config.surveys[survey].module or config.surveys[survey].table):
                raise LctransferError(f"surveys.{survey}.table is empty: name your light-curve table (Parquet).")
    for survey, settings in config.surveys.items():
        if settings.overrides:
            from lctransfer.surveys import corrected

            corrected(settings.module or survey, settings.overrides)
    seen = config.pretrain.features if config.pretrain.source == "train" else "upsilon"
    if config.features.set not in (seen, "both") and not _is_folder(config.pretrain.source):
        raise LctransferError(f"features.set is {config.features.set}, but the network sees {seen}. Set it to both.")


def _is_folder(source: str) -> bool:
    return source not in ("train", "released")
