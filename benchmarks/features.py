"""The feature engine beside PyPI upsilon, nifty-ls, FINUFFT, astropy and light-curve, in one run on the same stars.

CPU time of one core, interleaved star by star; ratios are to this engine. Real ASAS stars where the folder of real
light curves is at hand, else simulated ones.

Run: python benchmarks/features.py [--stars 30] [--agreement] [--command 100000] [-o benchmarks/results/features.md]
"""

import argparse
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from publishing import publish
from real_stars import FOLDER, stars
from released_software import released_features

from lctransfer.config import Features
from lctransfer.features import upsilon
from lctransfer.features.cleaning import clean, part
from lctransfer.features.curves import Curves, unweighted
from lctransfer.features.sampling import nyquist_frequencies
from lctransfer.features.search import Grids, grids, highest_peaks, search
from lctransfer.table.light_curves import Ragged, ragged

SETTINGS = Features()
MODES = 16_384
"""Of FINUFFT's chunks: the length that took it least time."""
SEARCH = search(SETTINGS.min_period_days, SETTINGS.oversampling)


class LightCurve(NamedTuple):
    """Usable epochs of one source in order of time: days, magnitudes, positive errors [mag]."""

    time: np.ndarray
    mag: np.ndarray
    mag_err: np.ndarray


def asas_810() -> list[LightCurve]:
    """Return the light curves of Richards et al. (2012), of at least ten epochs."""
    curves = []
    with tarfile.open(FOLDER / "asas_training_set.tar.gz") as archive:
        for member in archive:
            if member.isfile():
                columns = np.loadtxt(io.BytesIO(archive.extractfile(member).read()), delimiter=",", ndmin=2).T
                curves.append(LightCurve(*np.ascontiguousarray(columns[:, np.argsort(columns[0])])))
    return [curve for curve in curves if len(curve.time) >= SETTINGS.min_epochs]


def simulated(n_epochs: int = 565, duration_days: float = 3195.0, seed: int = 0) -> LightCurve:
    """Return a simulated sine in noise."""
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(0, duration_days, n_epochs))
    mag = 12 + 0.2 * np.sin(2 * np.pi * t / rng.uniform(0.1, 10)) + rng.normal(0, 0.05, n_epochs)
    return LightCurve(t, mag, np.full(n_epochs, 0.05))


def as_rows(curve: LightCurve) -> Ragged:
    """Return one light curve as a table's epochs."""
    return Ragged(*curve, np.array([0, len(curve.time)]))


def sixteen(curve: LightCurve) -> np.ndarray:
    """Return the 16 features and the diagnostics of one light curve, as the engine computes them."""
    epochs = as_rows(curve)
    return upsilon.rows(epochs, SEARCH, nyquist_frequencies(curve.time, epochs.offsets, SEARCH.min_period_days))[:, 0]


def grid_of(curve: LightCurve) -> tuple[Curves, Grids]:
    epochs = as_rows(curve)
    curves = unweighted(epochs.time, epochs.mag, epochs.offsets)
    nyquist = nyquist_frequencies(epochs.time, epochs.offsets, SEARCH.min_period_days)
    return curves, grids(curves.days, curves.offsets, SEARCH[:2], nyquist, True)


def searched(curve: LightCurve) -> tuple[np.ndarray, np.ndarray, tuple[float, int]]:
    """Return days, magnitudes minus their mean, and step [1/d] and size of the grid."""
    curves, grid = grid_of(curve)
    return curves.days, curves.deviation, (grid.step_per_day[0], int(grid.size[0]))


def our_period(curve: LightCurve) -> int:
    return int(highest_peaks(*grid_of(curve), False, SEARCH.plans)[0][0])


def nifty_power(curve: LightCurve) -> np.ndarray:
    import nifty_ls

    days, deviation, (step, size) = searched(curve)
    options = {"fmin": step, "fmax": step * size, "Nf": size, "center_data": False, "fit_mean": False}
    return nifty_ls.lombscargle(days, deviation, backend="finufft", nthreads=1, **options).power


def finufft_power(curve: LightCurve) -> np.ndarray:
    """Return the plain Fourier sum's power in float32: the grid in chunks that share their epochs, not refined."""
    import finufft

    days, deviation, (step, size) = searched(curve)
    chunks = -(-size // MODES)
    centres = 2 * np.pi * step * (1 + MODES // 2 + MODES * np.arange(chunks))
    strengths = (deviation / np.abs(deviation).max() * np.exp(-1j * np.outer(centres, days))).astype(np.complex64)
    options = {"dtype": np.complex64, "isign": -1, "upsampfac": 1.25, "nthreads": 1}
    transforms = finufft.Plan(1, (MODES,), n_trans=chunks, eps=1e-2, **options)
    transforms.setpts((2 * np.pi * (step * days % 1)).astype(np.float32))
    return np.abs(transforms.execute(strengths)).ravel()[:size] ** 2


def astropy_power(curve: LightCurve) -> np.ndarray:
    from astropy.timeseries import LombScargle

    days, deviation, (step, size) = searched(curve)
    ls = LombScargle(days, deviation, fit_mean=False, center_data=False)
    return ls.power(step * np.arange(1, size + 1), method="fast", assume_regular_frequency=True)


def light_curve_power(curve: LightCurve) -> np.ndarray:
    import light_curve

    days, deviation, (step, size) = searched(curve)
    grid = step * np.arange(2 ** int(np.ceil(np.log2(size))) + 1)  # its fast method wants this length
    return light_curve.Periodogram(freqs=2 * np.pi * grid, fast=True).power(days, deviation)


FULL: dict[str, Callable] = {
    "this engine, 16 features": sixteen,
    "PyPI upsilon, 16 features": lambda curve: released_features(*curve),
    "this engine, period alone": our_period,
    "nifty-ls float64, period alone": nifty_power,
    "FINUFFT in chunks, float32, coarse period alone": finufft_power,
    "astropy fast, period alone": astropy_power,
    "light-curve fast, period alone": light_curve_power,
}


def timed(curves: list[LightCurve], calls: dict[str, Callable], repeats: int) -> dict[str, np.ndarray]:
    """Return CPU seconds per call and star: the least of a few repeats, calls taking turns."""
    for call in calls.values():
        call(curves[0])
    seconds = {name: np.full(len(curves), np.inf) for name in calls}
    for i, curve in enumerate(curves):
        for repeat in range(repeats):
            for name, call in calls.items():
                if repeat and name.startswith(("PyPI", "astropy")):
                    continue  # a second each; their first time is within 10% of their least
                start = time.process_time()
                call(curve)
                seconds[name][i] = min(seconds[name][i], time.process_time() - start)
    return seconds


def rivals(curves: list[LightCurve]) -> list[str]:
    seconds = timed(curves, FULL, 3)
    lines = ["| | CPU ms per star | stars/s/core | times this engine |", "|---|---|---|---|"]
    names = list(FULL)
    for name, own in zip(names, [names[0]] * 2 + [names[2]] * 5):
        mean = seconds[name].mean()
        ratio = mean / seconds[own].mean()
        lines.append(f"| {name} | {1e3 * mean:.2f} | {1 / mean:.1f} | {ratio:.1f} |")
    return lines


def growth() -> list[str]:
    lines = ["| epochs | baseline [d] | frequencies | CPU ms, 16 features |", "|---|---|---|---|"]
    for n, duration in ((50, 3000), (200, 3000), (1000, 3000), (10_000, 3000), (450, 300), (450, 1000), (450, 8000)):
        curve = simulated(n, duration)
        seconds = timed([curve], {"own": FULL["this engine, 16 features"]}, 5)["own"][0]
        lines.append(f"| {n} | {duration} | {searched(curve)[2][1]} | {1e3 * seconds:.2f} |")
    return lines


def agreement() -> list[str]:
    """Compare the period with the highest of the exact float64 spectrum on the same grid, for every star."""
    epochs, _ = clean(ragged(stars("hipparcos_debosscher")))
    hipparcos = [
        LightCurve(*part(epochs, row)) for row in np.flatnonzero(np.diff(epochs.offsets) >= SETTINGS.min_epochs)
    ]
    lines = ["| stars | same grid frequency | within the peak's width (1 / duration) | others (power lost) |"]
    lines += ["|---|---|---|---|"]
    for name, curves in (("ASAS (810)", asas_810()), ("Hipparcos (869)", hipparcos)):
        shift, lost = np.empty(len(curves)), np.empty(len(curves))
        for i, curve in enumerate(curves):
            power, index = nifty_power(curve), our_period(curve)
            shift[i] = abs(index - 1 - power.argmax()) / SETTINGS.oversampling
            lost[i] = 1 - power[index - 1] / power.max()
        others = ", ".join(f"{value:.2%}" for value in lost[shift > 1])
        lines.append(f"| {name} | {(shift == 0).mean():.4f} | {(shift <= 1).mean():.4f} | {others or 'none'} |")
    return lines


COMMAND = (sys.executable, "-m", "lctransfer", "features")


MEASURED = """import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"""
"""Run by a process of its own, since a child's peak memory is at least that of who starts it."""


def timed_command(table: Path, threads: int, compiled: Path) -> tuple[float, float, float]:
    """Return wall and CPU seconds and peak MiB of `python -m lctransfer features`, start-up and files included."""
    command = [*COMMAND, str(table), "-o", str(table.with_name("features.parquet")), "--threads", str(threads)]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(compiled), "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        [sys.executable, "-c", MEASURED, *command], env=environment, check=True, capture_output=True, text=True
    )
    wall, cpu, peak = map(float, result.stdout.split())
    return wall, cpu, peak


def whole_path(count: int) -> list[str]:
    """Time the command: the 810 with nothing compiled yet, then again; many light curves with one thread and two."""
    lines = [
        "| `python -m lctransfer features` | light curves | threads | wall s | CPU s | CPU ms each | peak MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many = folder / "few.parquet", folder / "many.parquet"
        columns = zip(*asas_810())
        curves = dict(zip(("time", "mag", "mag_err"), map(list, columns)))
        table = pa.table({"source_id": [str(i) for i in range(len(curves["time"]))], **curves})
        pq.write_table(table, few)
        runs = [("nothing compiled yet", few, 1, 810), ("compiled", few, 1, 810), ("compiled", few, 2, 810)]
        if count:
            with pq.ParquetWriter(many, table.schema) as writer:  # one row group, which is hardest on memory
                writer.write_table(pa.concat_tables([table] * -(-count // len(table))).slice(0, count), count)
            runs += [("compiled", many, threads, count) for threads in (2, 1, 2, 1)]
        least = {}
        for state, path, threads, size in runs:
            wall, cpu, peak = timed_command(path, threads, folder / "compiled")
            least[size, threads] = min(wall, least.get((size, threads), np.inf))
            lines.append(
                f"| {state} | {size} | {threads} | {wall:.1f} | {cpu:.1f} | {1e3 * cpu / size:.2f} | {peak:.0f} |"
            )
    gain = least[max(least)[0], 1] / least[max(least)[0], 2]
    return [*lines, "", f"(The same 810 real ASAS stars over and over.) Two threads of the last: {gain:.2f} times one."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stars", type=int, default=30, help="stars in the comparison (default %(default)s)")
    parser.add_argument("--agreement", action="store_true", help="compare the period of every star with exact float64")
    parser.add_argument("--command", type=int, help="time the command on the 810, and on so many light curves (or 0)")
    parser.add_argument("-o", "--output", type=Path, help="write the tables here, too")
    arguments = parser.parse_args()
    real = FOLDER.is_dir()
    curves = asas_810() if real else [simulated(seed=seed) for seed in range(arguments.stars)]
    chosen = np.random.default_rng(0).choice(len(curves), min(arguments.stars, len(curves)), replace=False)
    lines = [f"{len(chosen)} {'real ASAS' if real else 'simulated'} stars.", ""]
    lines += [*rivals([curves[i] for i in chosen]), "", "Simulated sine in noise:", "", *growth()]
    if real and arguments.agreement:
        lines += ["", *agreement()]
    if real and arguments.command is not None:
        lines += ["", *whole_path(arguments.command)]
    publish("\n".join(lines), arguments.output)


if __name__ == "__main__":
    main()
