"""The area under the ROC curve of the novelty score, class by class."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import journal, legend_below, named, taller
from lctransfer.report.results import Results

SCORES = (("auroc", "novelty score", "full"), ("auroc_probability", "1 - highest probability", "none"))


@journal
def novelty(results: Results, survey: str, table: pd.DataFrame) -> Figure:
    """Return the area under the ROC curve per class left out, strategy and score, as dots.

    Parameters
    ----------
    results : Results
        For colours and titles.
    survey : str
        Which survey.
    table : pandas.DataFrame
        Means over seeds: left_out, strategy, auroc, auroc_probability, n_novel.
    """
    order = table.groupby("left_out")["auroc"].mean().sort_values(ascending=False).index
    strategies = list(dict.fromkeys(table["strategy"]))
    texts: dict[str, list[str]] = {}
    stars = table.groupby("left_out")["n_novel"].mean()
    drawing, axes = plt.subplots(figsize=(3.46, 1.1 + 0.24 * len(order)))
    axes.axvline(0.5, color="#7b8794", linewidth=0.8, linestyle=":")
    for number, strategy in enumerate(strategies):
        here = table[table["strategy"] == strategy].set_index("left_out").reindex(order)
        look = palette.look(strategy, results.strategies)
        height = [row + 0.3 * (number - (len(strategies) - 1) / 2) for row in range(len(order))]
        # Where the score is one minus the highest probability, one dot shows both.
        same = np.allclose(here["auroc"], here["auroc_probability"], equal_nan=True)
        for column, words, fill in SCORES[1:] if same else SCORES:
            style: dict[str, Any] = {"color": look["color"], "fillstyle": fill, "linestyle": ""}
            style["marker"] = look["marker"] or "o"
            (line,) = axes.plot(here[column], height, label=f"{palette.title(strategy)}: {words}", **style)
            named(axes, line)
            texts[str(line.get_gid())] = [
                f"{palette.title(strategy)}, {name.replace('_', ' ')} left out "
                f"({stars[name]:.0f} test stars per seed): area {value:.3f} by {words}"
                for name, value in zip(order, here[column])
            ]
    axes.set_yticks(range(len(order)), [f"{name.replace('_', ' ')} ({stars[name]:.0f})" for name in order])
    axes.invert_yaxis()
    axes.set(
        xlabel="area under the ROC curve", ylabel="class left out (test stars per seed)", title=results.title(survey)
    )
    taller(axes, 2 * len(strategies), columns=1)
    legend_below(axes, columns=1)
    caption = (
        f"{results.title(survey)}: area under the ROC curve of scores that separate the test stars of a left-out class "
        "from all others. Means over seeds; 1 is perfect, 0.5 (dotted) is random."
    )
    alt = (
        f"Dot chart of {len(order)} classes for {len(strategies)} strategies and two scores; the table has the numbers."
    )
    return Figure(f"novelty-{survey}", caption, alt, drawing, table, texts=texts)
