"""Simulated and real stars compared: each feature of each class in both, and how well a classifier separates them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lctransfer.config import Features
from lctransfer.errors import LctransferError
from lctransfer.features import NAMES, extract
from lctransfer.files import write_text
from lctransfer.report import page
from lctransfer.report.blocks import Figure, Section, Table
from lctransfer.report.figures.frame import WIDE, journal
from lctransfer.simulate.realism import Realism, check
from lctransfer.surveys import LABEL_MAPS
from lctransfer.table import light_curves
from lctransfer.taxonomy import Label, class_name, members

REAL, SIMULATED = "#0072B2", "#D55E00"
"""Colours of Okabe & Ito (2008)."""
BINS = 24
SHOWN = (0.01, 0.99)
"""Quantiles of both samples together between which a histogram is drawn."""


def beside(
    real: Path,
    simulated: pa.Table,
    directory: Path,
    *,
    survey: str,
    class_map: Mapping[str, Label] | None = None,
    threads: int = 1,
) -> Realism:
    """Write ``realism.html`` with its figures and tables below `directory`.

    Parameters
    ----------
    real : Path
        Light-curve table with ``class_name``, or with ``label`` in the survey's own words.
    simulated : pyarrow.Table
        Simulated stars of the same survey.
    directory : Path
        Where the page goes.
    survey : str
        Whose label map is used, unless `class_map` is given.
    class_map : dict, optional
        Words of ``label`` to nodes of the taxonomy.
    threads : int
        For extracting features.

    Returns
    -------
    Realism
        The numbers of the page; see `lctransfer.simulate.realism.check`.

    Raises
    ------
    LctransferError
        If the real table has neither column, or no class is in both tables.
    """
    words = class_map if class_map is not None else LABEL_MAPS.get(survey, {})
    table = _classified(light_curves.read(real), words, str(real))
    targets = sorted({name for name in table["class_name"].to_pylist() if name})
    matched = [_node(name, targets) for name in simulated["class_name"].to_pylist()]
    both = [_features(one, threads) for one in (table, _with_classes(simulated, matched))]
    found = check(*both)
    sections = [_overview(found, survey), *(_class_section(name, both, found) for name in found.classes["class_name"])]
    page.export(sections, directory)
    title = f"Simulated beside real stars of {survey}"
    command = f"python -m lctransfer simulate {survey} --check {real.name} --stars {len(simulated)} -o {directory.name}"
    context = {"experiment": "realism", "description": "", "date": "", "simulated": False}
    context |= {"command": command, "redraw": ""}  # no verb draws one of these figures alone
    write_text(directory / "realism.html", page.render(sections, title=title, **context))
    return found


def _classified(table: pa.Table, words: Mapping[str, Label], where: str) -> pa.Table:
    """Return the table with ``class_name``, made from ``label`` where it is missing."""
    if "class_name" in table.column_names:
        return table
    if "label" not in table.column_names:
        raise LctransferError(f"{where} has neither class_name nor label: say what the real stars are.")
    return _with_classes(table, [word and class_name(str(word), words) for word in table["label"].to_pylist()])


def _with_classes(table: pa.Table, names: list[Label]) -> pa.Table:
    kept = [name for name in table.column_names if name in ("source_id", *light_curves.EPOCH_COLUMNS)]
    return table.select(kept).append_column("class_name", pa.array(names, pa.string()))


def _node(name: str, targets: list[str]) -> Label:
    """Return the narrowest of the real stars' classes that contains a simulated one's."""
    own = set(members(name) or (name,))
    around = {target: len(members(target)) for target in targets if own <= set(members(target) or (target,))}
    return min(around, key=lambda name: around[name]) if around else None


def _features(table: pa.Table, threads: int) -> pa.Table:
    return extract(table.filter(table["class_name"].is_valid()), Features(), threads=threads)


def _overview(found: Realism, survey: str) -> Section:
    mean = found.classes[["auroc", "medians_inside"]].mean()
    sentences = [
        f"A classifier that is shown as many real as simulated stars of one class tells them apart with an area under "
        f"the curve of {mean['auroc']:.3f} on average over {len(found.classes)} classes (0.5: not at all; 1: always).",
        f"The simulated median lies within the real 16 to 84 % range for {mean['medians_inside']:.1%} of all pairs of "
        "class and feature.",
    ]
    formats = {"auroc": ".3f", "medians_inside": ".1%"}
    caption = "Per class: stars, how well gradient boosting tells simulated from real (5-fold), medians within range."
    tables = [
        Table("realism-classes", caption, found.classes, formats),
        Table("realism-features", "Percentiles per class and feature.", found.features, folded=True),
    ]
    return Section("realism", f"How real are the simulated stars of {survey}?", sentences, [_ranges(found)], [], tables)


@journal
def _ranges(found: Realism) -> Figure:
    """Return the 16 to 84 % range of every feature, a row per class, real above simulated."""
    classes, features = list(found.classes["class_name"]), list(dict.fromkeys(found.features["feature"]))
    rows = -(-len(features) // 4)
    drawing, grid = plt.subplots(rows, 4, figsize=(WIDE, 0.5 + rows * (0.5 + 0.22 * len(classes))), sharey=True)
    for axes, feature in zip(grid.flat, features):
        here = found.features[found.features["feature"] == feature].set_index("class_name").loc[classes]
        for which, colour, shift in (("real", REAL, 0.16), ("simulated", SIMULATED, -0.16)):
            place = np.arange(len(classes))[::-1] + shift
            axes.hlines(place, here[f"{which}_16"], here[f"{which}_84"], color=colour, linewidth=2)
            axes.plot(here[f"{which}_50"], place, "o" if which == "real" else "s", color=colour, ms=3, label=which)
        axes.set_title(feature)
        if _logarithmic(here.filter(regex="_(16|84)$").to_numpy().ravel()):
            axes.set_xscale("log")
        axes.set_yticks(np.arange(len(classes)), classes[::-1])
    for axes in grid.flat[len(features) :]:
        axes.set_axis_off()
    drawing.legend(*grid.flat[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    caption = "Median and 16 to 84 % range of every feature: real stars (circles, above) and simulated ones (squares)."
    alt = f"{len(features)} panels of ranges, real beside simulated; the table of percentiles holds the numbers."
    return Figure("realism-ranges", caption, alt, drawing, found.features)


def _class_section(name: str, both: list[pa.Table], found: Realism) -> Section:
    row = found.classes.set_index("class_name").loc[name]
    sentence = (
        f"{row['n_real']:.0f} real and {row['n_simulated']:.0f} simulated stars, told apart with {row['auroc']:.3f}."
    )
    return Section(f"realism-{name}", name, [sentence], [_histograms(name, both)])


@journal
def _histograms(name: str, both: list[pa.Table]) -> Figure:
    """Return the distribution of every feature in one class, real and simulated."""
    features = list(NAMES["upsilon"])
    frames = [table.select(["class_name", "flag", *features]).to_pandas() for table in both]
    real, simulated = (frame[(frame["class_name"] == name) & (frame["flag"] == "ok")][features] for frame in frames)
    drawing, grid = plt.subplots(4, 4, figsize=(WIDE, 5.2))
    counts = [_histogram(axes, feature, real, simulated) for axes, feature in zip(grid.flat, features)]
    drawing.legend(*grid.flat[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    caption = (
        f"{name}: distribution of every feature, real (filled) and simulated (line), each scaled to the same area."
    )
    alt = f"{len(features)} histograms of {name}, real and simulated; the CSV holds the heights."
    return Figure(f"realism-{name}", caption, alt, drawing, pd.concat(counts, ignore_index=True))


def _histogram(axes: Axes, feature: str, real: pd.DataFrame, simulated: pd.DataFrame) -> pd.DataFrame:
    values = np.concatenate([real[feature], simulated[feature]])
    low, high = np.quantile(values, SHOWN)
    high = high if high > low else low + 1.0
    logarithmic = _logarithmic(np.array([low, high]))
    edges = np.geomspace(low, high, BINS + 1) if logarithmic else np.linspace(low, high, BINS + 1)
    shares = [np.histogram(part[feature], edges)[0] / max(len(part), 1) for part in (real, simulated)]
    axes.stairs(shares[0], edges, fill=True, color=REAL, alpha=0.45, label="real")
    axes.stairs(shares[1], edges, color=SIMULATED, linewidth=1.2, label="simulated")
    axes.set_xscale("log" if logarithmic else "linear")
    axes.set_title(feature)
    axes.set_yticks([])
    return pd.DataFrame(
        {"feature": feature, "from": edges[:-1], "to": edges[1:], "real": shares[0], "simulated": shares[1]}
    )


def _logarithmic(values: np.ndarray) -> bool:
    """Return whether values are all positive and span a factor of 30."""
    return bool(values.min() > 0 and values.max() > 30 * values.min())
