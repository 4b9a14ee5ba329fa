"""Experiments side by side: the same surveys and strategies under other settings."""

import pandas as pd

from lctransfer.report import palette, statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.compared import compared
from lctransfer.report.figures.differences import differences as draw_differences
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
    gaps = _paired(everything, names)
    part.sentences = [_in_short(gaps[gaps["experiment"] == name], name, names[0]) for name in names[1:]]
    return [part, _differences(everything[0], gaps, names), _settings(everything, names)]


def unique_names(everything: list[Results]) -> list[str]:
    """Return the experiments' names, numbered where two are called the same."""
    names = [one.experiment for one in everything]
    return [f"{name} ({i + 1})" if names.count(name) > 1 else name for i, name in enumerate(names)]


def _side_by_side(first: Results, table: pd.DataFrame) -> Table:
    wide = table.pivot_table(index=["survey", "strategy", "fraction"], columns="experiment", values="m_c").dropna()
    wide = wide[list(dict.fromkeys(table["experiment"]))]
    data = wide.reset_index()
    for column, order in (("survey", first.targets), ("strategy", first.strategies)):
        data[column] = pd.Categorical(data[column], dict.fromkeys([*order, *sorted(set(data[column]))]))
    data = data.sort_values(["survey", "strategy", "fraction"])
    data["survey"] = [first.title(name) for name in data["survey"]]
    data["strategy"] = [palette.title(name) for name in data["strategy"]]
    data = data.rename(columns={"fraction": "label fraction"})
    formats = {"label fraction": ".1%"} | dict.fromkeys(wide.columns, ".3f")
    return Table(
        "compared", "M_c, mean over seeds, where all experiments have it.", data, formats, folded=len(data) > 24
    )


def _paired(everything: list[Results], names: list[str]) -> pd.DataFrame:
    """Return each experiment minus the first, seed by seed, where both have as many labels and test stars."""
    rows = pd.concat([one.metrics.assign(experiment=name) for one, name in zip(everything, names, strict=True)])
    paired = [_against_first(here, names[0]) for _, here in rows.groupby(["survey", "strategy"], sort=False)]
    return pd.concat([gaps for gaps in paired if len(gaps)] or [pd.DataFrame(columns=["survey", "experiment"])])


def _in_short(gaps: pd.DataFrame, name: str, first: str) -> str:
    """Return in how many of its comparisons an experiment is better than the first, and in how many worse."""
    if gaps.empty:
        return f"No fit of {name} can be paired with one of {first}."
    higher, lower, count = int((gaps["low"] > 0).sum()), int((gaps["high"] < 0).sum()), len(gaps)
    return (
        f"Of {count} comparisons, M_c of {name} is significantly higher than that of {first} in {higher}, and lower in "
        f"{lower}. Its mean difference is {gaps['difference'].mean():+.4f}."
    )


def _differences(first: Results, gaps: pd.DataFrame, names: list[str]) -> Section:
    """Return the figures and the table of the differences to the first experiment."""
    part, found = Section("differences", "Paired differences"), gaps.copy()
    if found.empty:
        part.missing = f"No fit of another experiment has the labels and test stars of {names[0]}."
        return part
    labels = first.metrics[first.metrics["n_labels"] > 0].groupby(["survey", "fraction"])["n_labels"].mean()
    part.figures = [
        draw_differences(first, str(survey), here, labels[survey], between=(str(name), names[0]))
        for (survey, name), here in found.groupby(["survey", "experiment"], sort=False)
        if survey in labels
    ]
    found["survey"] = [first.title(name) for name in found["survey"]]
    found["strategy"] = [palette.title(name) for name in found["strategy"]]
    found["seeds ahead"] = found["better"].astype(str) + " of " + found["n_seeds"].astype(str)
    shown = found.rename(columns={"fraction": "label fraction", "low": "95% low", "high": "95% high"})
    columns = ["survey", "strategy", "experiment", "label fraction", "difference", "95% low", "95% high", "seeds ahead"]
    formats = {"label fraction": ".1%"} | dict.fromkeys(("difference", "95% low", "95% high"), "+.4f")
    caption = f"M_c minus that of experiment {names[0]}, mean over seeds with its 95% interval."
    part.sentences = [
        "A seed counts only where both experiments have as many labels and as many test stars.",
        "A difference is significant where its 95% interval over seeds does not contain zero.",
    ]
    part.tables = [Table("differences-compared", caption, shown[columns], formats, folded=len(shown) > 24)]
    return part


def _against_first(here: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return the differences of one survey and strategy to the first experiment."""
    keys = ["fraction", "seed", "n_labels", "n_test"]
    same = here.merge(here.loc[here["experiment"] == first, keys], on=keys)
    gaps = statistics.paired(same.assign(strategy=same["experiment"]), first)
    return gaps.rename(columns={"strategy": "experiment"}).assign(strategy=here["strategy"].iloc[0])


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
