"""Colours for MLflow's chart, which tells curves apart by colour alone: hue for the strategy, shade for the survey."""

import colorsys
from itertools import product

from lctransfer.report import palette

LIGHTNESS = (0.16, 0.24, 0.32, 0.4, 0.48, 0.56, 0.64)
SATURATION = (0.5, 0.75, 1.0)
"""Parts of the saturation that the strategy's own colour has."""
TURNS = (-0.03, 0.0, 0.03)
"""How far a shade may leave the hue of its strategy, as parts of a circle."""
BRIGHTEST = 0.66
"""Of a line on white (0 black, 1 white)."""

Channels = tuple[float, ...]


def distinct(surveys: list[str], strategies: list[str]) -> dict[tuple[str, str], str]:
    """Return a colour for each (survey, strategy).

    The first survey takes the colours of the report's figures. Each further curve takes, of the shades of its
    strategy, the one furthest from all colours in use. So does a strategy that the figures tell apart from another by
    its dashes.

    Parameters
    ----------
    surveys, strategies : list of str
        In the order of the configuration; the same lists give the same colours.

    Returns
    -------
    dict of (str, str) to str
        ``#RRGGBB``.
    """
    taken: dict[tuple[str, str], str] = {}
    for survey, strategy in product(surveys, strategies):
        own = palette.look(strategy, strategies)["color"].upper()
        if own in taken.values():
            used = [_channels(colour) for colour in taken.values()]
            own = max(_shades(own), key=lambda shade: min(_distance(_channels(shade), other) for other in used))
        taken[survey, strategy] = own
    return taken


def _shades(colour: str) -> list[str]:
    hue, _, saturation = colorsys.rgb_to_hls(*_channels(colour))
    grid = product(TURNS, LIGHTNESS, SATURATION)
    mixed = [colorsys.hls_to_rgb((hue + turn) % 1, light, part * saturation) for turn, light, part in grid]
    dark = [channels for channels in mixed if _brightness(channels) < BRIGHTEST]
    return ["#" + "".join(f"{round(255 * channel):02X}" for channel in channels) for channels in dark]


def _brightness(channels: Channels) -> float:
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), channels))


def _channels(colour: str) -> Channels:
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))


def _distance(one: Channels, other: Channels) -> float:
    """Return how different two colours look: RGB weighted by mean red (T. Riemersma, compuphase.com/cmetric.htm)."""
    red = (one[0] + other[0]) / 2
    weights = (2 + red, 4.0, 3 - red)
    return sum(weight * (a - b) ** 2 for weight, a, b in zip(weights, one, other)) ** 0.5
