"""One colour, marker and plain name per strategy, the same in every figure and in MLflow. Imports nothing heavy."""

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D00", "#6F6F6F")
"""Okabe & Ito (2008), safe for the common kinds of colour blindness; yellow darkened and black greyed for contrast."""
MARKERS = "osD^vPX*"
RIVAL = "extra_trees"
"""What every claim for transfer is measured against: trees on the same features, without the source."""
RELEASED = "upsilont_recipe"
WITHOUT_SOURCE = ("scratch", "extra_trees", "lightgbm", "logistic")
"""Strategies that never saw the source model."""
TITLES = {
    "finetune_all": "fine-tune all",
    "finetune_last": "fine-tune last layer",
    "scratch": "same network, no transfer",
    "upsilont_recipe": "released recipe",
    "extra_trees": "extra trees, no transfer",
    "lightgbm": "LightGBM, no transfer",
    "zero_label": "source classes, no label",
}
_FIXED = {
    "finetune_all": 0,
    "finetune_last": 5,
    "extra_trees": 1,
    "upsilont_recipe": 3,
    "zero_label": 7,
    "scratch": 4,
    "lightgbm": 6,
}


def title(strategy: str) -> str:
    """Return the name of a strategy as a reader would say it."""
    return TITLES.get(strategy, strategy.replace("_", " "))


def look(strategy: str, strategies: list[str]) -> dict[str, str]:
    """Return colour, marker and line style of a strategy.

    Parameters
    ----------
    strategy : str
        The strategy.
    strategies : list of str
        All strategies of the experiment, in the order of the configuration: those without a colour of their own
        take the free colours first, and then colours in use with a dashed line and another marker.

    Returns
    -------
    dict
        ``color``, ``marker`` and ``linestyle``, as matplotlib takes them.
    """
    others = [name for name in strategies if name not in _FIXED]
    free = [index for index in range(len(OKABE_ITO)) if index not in _FIXED.values()]
    order = [*free, *(index for index in range(len(OKABE_ITO)) if index not in free)]
    place = _FIXED[strategy] if strategy in _FIXED else order[others.index(strategy) % len(order)]
    dashed = strategy not in _FIXED and others.index(strategy) >= len(free)
    if strategy == "zero_label":
        return {"color": OKABE_ITO[place], "marker": "", "linestyle": ":"}
    return {
        "color": OKABE_ITO[place],
        "marker": MARKERS[(place + dashed) % len(MARKERS)],
        "linestyle": "--" if dashed or strategy in WITHOUT_SOURCE else "-",
    }


def transfers(strategies: list[str]) -> list[str]:
    """Return the strategies that use both the source model and target labels, the released recipe apart."""
    return [name for name in strategies if name not in (*WITHOUT_SOURCE, RELEASED, "zero_label")]
