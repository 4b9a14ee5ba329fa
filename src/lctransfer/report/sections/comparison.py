"""Experiments side by side: the same surveys and strategies under other settings."""

import pandas as pd

from lctransfer.report import palette, statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.compared import compared
from lctransfer.report.results import Results


def sections(everything: list[Results]) -> list[Section]:
    """Return one section on the curves of all experiments, and one on how their configurations differ."""
    names = unique_names(everything)
    table = pd.concat(
        [
            statistics.summary(one.metrics).assign(experiment=name)
            for one, name in zip(everything, names, strict=True)
            if len(one.metrics)
        ]
        or [pd.DataFrame(columns=["survey", "strategy", "experiment"])]
    )
    part = Section("compared", "Label efficiency")
    shared = table.groupby(["survey", "strategy"])["experiment"].nunique()
    shared = shared[shared > 1]
    if shared.empty:
        part.missing = "The experiments have no survey and strategy in common."
    for survey in dict.fromkeys(shared.index.get_level_values("survey")):
        strategies = [name for name in everything[0].strategies if (survey, name) in shared.index]
        part.figures.append(compared(everything[0], survey, strategies, table))
    if len(shared):
        part.tables = [_side_by_side(everything[0], table)]
    return [part, _settings(everything, names)]


def unique_names(everything: list[Results]) -> list[str]:
    """Return the experiments' names, numbered where two are called the same."""
    names = [one.experiment for one in everything]
    return [f"{name} ({i + 1})" if names.count(name) > 1 else name for i, name in enumerate(names)]


def _side_by_side(first: Results, table: pd.DataFrame) -> Table:
    wide = table.pivot_table(index=["survey", "strategy", "fraction"], columns="experiment", values="m_c").dropna()
    wide = wide[list(dict.fromkeys(table["experiment"]))]
    data = wide.reset_index()
    data["survey"] = [first.title(name) for name in data["survey"]]
    data["strategy"] = [palette.title(name) for name in data["strategy"]]
    data = data.rename(columns={"fraction": "label fraction"})
    formats = {"label fraction": ".1%"} | dict.fromkeys(wide.columns, ".3f")
    return Table("compared", "M_c, mean over seeds, where all experiments have it.", data, formats)


def _settings(everything: list[Results], names: list[str]) -> Section:
    columns = {
        name: {key: str(value) for key, value in flatten(one.config)}
        for one, name in zip(everything, names, strict=True)
    }
    data = pd.DataFrame(columns).fillna("")
    data = data[data.nunique(axis=1) > 1].rename_axis("key").reset_index()
    table = Table("settings-compared", "Keys of the configuration that differ.", data)
    return Section("settings", "Where the configurations differ", tables=[table])


def flatten(node: dict, prefix: str = "") -> list[tuple[str, object]]:
    """Return (full key, value) of every leaf of a configuration."""
    pairs: list[tuple[str, object]] = []
    for name, value in node.items():
        pairs += flatten(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return pairs
