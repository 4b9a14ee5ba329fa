"""Whether the period search finds the highest peak of the exact float64 periodogram, whatever the sampling.

Simulated light curves of 5 to 60 epochs: a sine, or nothing, in noise. Each is searched as the set upsilon does it (no
weights, fixed mean) and as the set lctransfer does it (weights, free mean), and every frequency of the grid is
evaluated in float64 beside it; the exact powers of some are compared with astropy's.

Run: python benchmarks/features_sparse.py [--count 10000] [-o benchmarks/results/features_sparse.md]
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from publishing import publish

from lctransfer.features import periodogram
from lctransfer.features.curves import Curves
from lctransfer.features.periodogram import Epochs, Grid
from lctransfer.features.search import grids, highest_peaks, search

SEARCH = search(0.03, 3.0)
NIGHT = 0.35
"""Days."""


def nights(rng: np.random.Generator, n: int, count: int, duration: float) -> np.ndarray:
    """Return epochs that are spread over some nights."""
    return np.floor(rng.uniform(0, duration, count))[rng.integers(0, count, n)] + rng.uniform(0, NIGHT, n)


def night_and_few(rng: np.random.Generator, n: int, duration: float) -> np.ndarray:
    few = rng.integers(1, 5)
    return np.concatenate([rng.uniform(0, NIGHT, n - few), rng.uniform(1, duration, few)])


def seasons(rng: np.random.Generator, n: int, duration: float) -> np.ndarray:
    return 365.25 * rng.integers(0, max(duration // 365, 2), n) + rng.uniform(0, 120, n)


def pairs(rng: np.random.Generator, n: int, duration: float) -> np.ndarray:
    first = rng.uniform(0, duration, (n + 1) // 2)
    return np.concatenate([first, first + rng.uniform(0.01, 0.04)])[:n]


def same_hour(rng: np.random.Generator, n: int, duration: float) -> np.ndarray:
    return rng.choice(int(duration), n, replace=False) + rng.normal(0, 0.03, n)


def clumps(rng: np.random.Generator, n: int, duration: float) -> np.ndarray:
    """Return groups within groups, of any width."""
    width = 10 ** rng.uniform(-3, 0, 3)
    parts = [rng.uniform(0, 1, rng.integers(1, n))[rng.integers(0, 1, n)] for _ in width]
    centres = [rng.uniform(0, 1, 4)[rng.integers(0, 4, n)] for _ in width]
    return duration * (sum(w * (c + 0.1 * p) for w, c, p in zip(width, centres, parts)) + 1e-4 * rng.uniform(0, 1, n))


SAMPLINGS: dict[str, Callable] = {
    "random": lambda rng, n, duration: rng.uniform(0, duration, n),
    "a dense night and 1 to 4 epochs": night_and_few,
    "two nights": lambda rng, n, duration: nights(rng, n, 2, duration),
    "three to eight nights": lambda rng, n, duration: nights(rng, n, rng.integers(3, 9), duration),
    "seasons": seasons,
    "pairs": pairs,
    "nights at the same hour": same_hour,
    "groups within groups": clumps,
}


def simulated(rng: np.random.Generator, sampling: Callable, n: int) -> Curves | None:
    """Return one light curve, or None where all epochs fall together."""
    days = np.sort(sampling(rng, n, rng.uniform(60, 1500)))
    days -= days[0]
    signal = rng.choice([0.0, 1.0]) * np.sin(2 * np.pi * days * rng.uniform(0.01, 33) + rng.uniform(0, 6))
    error = rng.choice([0.02, 0.3]) * rng.uniform(0.5, 2, n)
    mag = signal + rng.normal(0, error)
    weight = 1 / (error**2 + np.median(error) ** 2)
    weight /= weight.sum()
    return Curves(days, mag - weight @ mag, weight, np.array([0, n])) if days[-1] > 1 else None


def lost(curve: Curves, generalised: bool) -> tuple[float, float]:
    """Return the power that the search lost, and the highest power."""
    if not generalised:
        mag = curve.deviation - curve.deviation.mean()
        curve = Curves(curve.days, mag, np.full(len(mag), 1 / len(mag)), curve.offsets)
    limits = (SEARCH.min_period_days, SEARCH.oversampling)
    found = grids(curve.days, curve.offsets, limits, np.array([np.inf]), not generalised)
    grid = Grid(found.step_per_day[0], found.lowest[0], found.size[0])
    _, highest = periodogram.best_of_all(Epochs(*curve[:3]), grid, generalised)
    return highest - highest_peaks(curve, found, generalised, SEARCH.plans)[1][0], highest


def astropy_difference(curve: Curves) -> float:
    """Return the largest difference of 1000 powers, of a star with weights and a free mean, from astropy's."""
    from astropy.timeseries import LombScargle

    frequency, power = np.linspace(0.5, 33, 1000), np.empty((1000, 1))
    periodogram.exact(Epochs(*curve[:3]), frequency, 0.0, True, power)
    star = LombScargle(curve.days, curve.deviation, curve.weight**-0.5, fit_mean=True)
    theirs = star.power(frequency, method="cython")
    return float(np.abs(power[:, 0] - theirs)[(theirs >= 0) & (theirs <= 1)].max())


def measured(sampling: Callable, count: int, seed: int) -> tuple[int, np.ndarray]:
    """Return how many light curves were searched, and the power lost of each by the two searches, shape (n, 2)."""
    rng = np.random.default_rng(seed)
    curves = [simulated(rng, sampling, int(rng.integers(5, 61))) for _ in range(count)]
    curves = [curve for curve in curves if curve is not None]
    return len(curves), np.array([[lost(curve, generalised)[0] for generalised in (False, True)] for curve in curves])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="light curves (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    lines = ["Power lost against every frequency of the grid in float64 (set upsilon, set lctransfer).", ""]
    lines += [
        "| sampling, 5 to 60 epochs | light curves | beyond .01 | beyond 1e-6 | largest |",
        "|---|---|---|---|---|",
    ]
    for seed, (name, sampling) in enumerate(SAMPLINGS.items()):
        n, loss = measured(sampling, -(-arguments.count // len(SAMPLINGS)), seed)
        misses = ["{}, {}".format(*(loss > limit).sum(axis=0)) for limit in (0.01, 1e-6)]
        lines.append(f"| {name} | {n} | {misses[0]} | {misses[1]} | {max(loss.max(), 0):.0e} |")
        print(lines[-1], flush=True)
    curve = simulated(np.random.default_rng(9), SAMPLINGS["random"], 40)
    lines += [
        "",
        f"Exact powers agree with astropy's to {astropy_difference(curve):.0e} (40 epochs, 1,000 frequencies).",
    ]
    publish("\n".join(lines), arguments.output)


if __name__ == "__main__":
    main()
