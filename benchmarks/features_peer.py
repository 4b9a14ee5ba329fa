"""The 15 features that depend on a period, or on none, against PyPI `upsilon` at one and the same period.

Where the two differ by more than 1e-4, the cause is looked for: the Fourier series is fitted again by NumPy's exact
least squares, and phases are looked through for ties.

Run: python benchmarks/features_peer.py [--stars 810] [-o benchmarks/results/features_peer.md]
"""

import argparse
from pathlib import Path

import numpy as np
from features import LightCurve, asas_810, sixteen
from publishing import publish
from released_software import released_at_period

from lctransfer.features import fourier, upsilon

LIMIT = 1e-4
FOURIER = ("amplitude", "r21", "r31", "phi21", "phi31")
FOLDED = ("phase_cusum", "phase_eta", "slope_per10", "slope_per90")
NAMES = [name for name in upsilon.NAMES if name != "period"]


def design(time: np.ndarray, period: float) -> np.ndarray:
    """Return the columns of a Fourier series of three harmonics, in the order of `fourier.fourier_series`."""
    turns = 2 * np.pi * time / period
    return np.column_stack([np.ones(len(time)), *(f(k * turns) for k in (1, 2, 3) for f in (np.sin, np.cos))])


def five(series: np.ndarray) -> np.ndarray:
    """Return `FOURIER` of a series."""
    ratios = [fourier.amplitude_ratio(series, k) for k in (2, 3)]
    return np.array([fourier.amplitude(series, 1), *ratios, *(fourier.phase_difference(series, k) for k in (2, 3))])


def exact_fit(curve: LightCurve, period: float) -> np.ndarray:
    """Return `FOURIER` of the series that least squares have in closed form."""
    return five(np.linalg.lstsq(design(curve.time, period), curve.mag, rcond=None)[0])


def difference(value: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return the relative difference."""
    return np.abs(value - reference) / np.maximum(np.abs(reference), 1e-300)


def ties(curve: LightCurve, period: float) -> bool:
    """Return whether two epochs stand at the same phase, or at both ends of the fold, but for rounding."""
    phase = np.sort(curve.time % (2 * period)) / period
    return bool(min(np.diff(phase).min(), phase[0] + 2 - phase[-1]) < 1e-8)


def compared(curves: list[LightCurve]) -> dict[str, np.ndarray]:
    """Return values per star and feature: ours, theirs, and those of the exact fit; whether phases tie."""
    columns: dict[str, list] = {"ours": [], "theirs": [], "exact": [], "ties": []}
    for curve in curves:
        ours = dict(zip(upsilon.NAMES, sixteen(curve)))
        theirs = released_at_period(*curve, ours["period"])
        exact = exact_fit(curve, ours["period"])
        row = ([ours[n] for n in NAMES], [theirs[n] for n in NAMES], exact, ties(curve, ours["period"]))
        for name, value in zip(columns, row):
            columns[name].append(value)
    return {name: np.array(values) for name, values in columns.items()}


def table(error: np.ndarray) -> list[str]:
    lines = ["| feature | median | 99% | largest | stars beyond 1e-4 |", "|---|---|---|---|---|"]
    for name, column in zip(NAMES, error.T):
        part = np.percentile(column, (50, 99, 100))
        lines.append(f"| {name} | {part[0]:.0e} | {part[1]:.0e} | {part[2]:.0e} | {(column > LIMIT).sum()} |")
    return lines


def converged(data: dict[str, np.ndarray]) -> list[str]:
    """Compare both with the exact least-squares series."""
    places = [NAMES.index(name) for name in FOURIER]
    pairs = {"this engine": data["ours"][:, places], "PyPI upsilon": data["theirs"][:, places]}
    lines = ["| against exact least squares, 99% of stars within | " + " | ".join(FOURIER) + " |", "|---" * 6 + "|"]
    for name, values in pairs.items():
        error = np.percentile(difference(values, data["exact"]), 99, axis=0)
        lines.append(f"| {name} | " + " | ".join(f"{value:.0e}" for value in error) + " |")
    return lines


def causes(data: dict[str, np.ndarray], error: np.ndarray) -> list[str]:
    """Return every difference beyond the limit, with its cause."""
    lines = ["| star | feature | this engine | PyPI upsilon | exact fit | cause |", "|---|---|---|---|---|---|"]
    for star, place in np.argwhere(error > LIMIT):
        name, ours, theirs = NAMES[place], data["ours"][star, place], data["theirs"][star, place]
        exact, cause = "", "unexplained"
        if name in FOURIER:
            value = data["exact"][star, FOURIER.index(name)]
            exact = f"{value:.8g}"
            if difference(ours, value) < 0.01 * difference(theirs, value):
                cause = "its fit stopped before it had converged"
        elif name in FOLDED and data["ties"][star]:
            cause = "epochs at one phase: their order is arbitrary"
        lines.append(f"| {star} | {name} | {ours:.8g} | {theirs:.8g} | {exact} | {cause} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stars", type=int, default=810, help="how many of the 810 (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="write the tables here, too")
    arguments = parser.parse_args()
    data = compared(asas_810()[: arguments.stars])
    error = difference(data["ours"], data["theirs"])
    lines = [f"{len(error)} real ASAS stars, relative differences from PyPI `upsilon` at this engine's period.", ""]
    publish("\n".join([*lines, *table(error), "", *converged(data), "", *causes(data, error)]), arguments.output)


if __name__ == "__main__":
    main()
