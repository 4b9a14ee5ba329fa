"""One colour, marker and plain name per strategy, the same in every figure and in MLflow. Imports nothing heavy."""

from typing import Any

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D00", "#6F6F6F")
"""Okabe & Ito (2008), safe for the common kinds of colour blindness; yellow darkened and black greyed for contrast."""
INK = "#1c2733"
"""The one text colour of journal.mplstyle; in the page it follows the reader's light or dark setting."""
COLOURS = (*OKABE_ITO, INK, "#882255", "#44AA99")
"""More than eight lines take ink, and wine and teal of Tol (2021), which are as safe."""
MARKERS = "osD^vPX*Hp<"
RIVAL = "extra_trees"
"""What every claim for transfer is measured against: trees on the same features, without the source."""
RELEASED = "upsilont_recipe"
WITHOUT_SOURCE = ("scratch", "extra_trees", "lightgbm", "logistic")
"""Strategies that never saw the source model."""
TREATMENTS = ("finetune_all", "finetune_weighted", "finetune_balanced")
"""The same fine-tuning against class imbalance: not at all, by weights, by drawing rare classes more often."""
TITLES = {
    "auto": "auto",
    "mapped_head": "mapped head",
    "finetune_weighted": "fine-tune all, weighted",
    "finetune_balanced": "fine-tune all, balanced",
    "finetune_all": "fine-tune all",
    "finetune_last": "fine-tune last layer",
    "scratch": "same network, no transfer",
    "upsilont_recipe": "paper's recipe",
    "extra_trees": "extra trees, no transfer",
    "lightgbm": "LightGBM, no transfer",
    "zero_label": "source model, no label",
}
_FIXED = {
    "finetune_all": 0,
    "extra_trees": 1,
    "mapped_head": 2,
    "upsilont_recipe": 3,
    "scratch": 4,
    "finetune_last": 5,
    "lightgbm": 6,
    "zero_label": 7,
    "auto": 8,
    "finetune_weighted": 9,
    "finetune_balanced": 10,
}


def title(strategy: str) -> str:
    """Return the name of a strategy as a reader would say it."""
    return TITLES.get(strategy, strategy.replace("_", " "))


def short(strategy: str) -> str:
    """Return the name of a strategy without what tells it from others of its kind."""
    return title(strategy).split(",")[0]


def look(strategy: str, strategies: list[str]) -> dict[str, Any]:
    """Return colour, marker and line style of a strategy.

    Parameters
    ----------
    strategy : str
        The strategy.
    strategies : list of str
        All strategies of the experiment, in the order of the configuration: those without a colour of their own
        take colours that no other of them has, and then any with a dashed line.

    Returns
    -------
    dict
        ``color``, ``marker``, ``linestyle`` and ``zorder``, as matplotlib takes them.
    """
    others = [name for name in strategies if name not in _FIXED]
    taken = {_FIXED[name] for name in strategies if name in _FIXED}
    free = [index for index in range(len(COLOURS)) if index not in taken] or list(range(len(COLOURS)))
    place = _FIXED[strategy] if strategy in _FIXED else free[others.index(strategy) % len(free)]
    again = strategy not in _FIXED and others.index(strategy) >= len(free)
    return {
        "color": COLOURS[place],
        "marker": "" if strategy == "zero_label" else MARKERS[(place + again) % len(MARKERS)],
        "linestyle": ":" if strategy == "zero_label" else "--" if again or strategy in WITHOUT_SOURCE else "-",
        "zorder": 3 if strategy == "auto" else 2,
    }


def transfers(strategies: list[str]) -> list[str]:
    """Return the strategies that use the source model and target labels; released recipe and treatments apart."""
    return [name for name in strategies if name not in (*WITHOUT_SOURCE, RELEASED, "zero_label", *TREATMENTS[1:])]
