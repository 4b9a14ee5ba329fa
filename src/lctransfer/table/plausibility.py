"""Whether times and magnitudes can be what they are taken for; what was found and what to write instead, if not."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from lctransfer.code_cache import compiled
from lctransfer.errors import LctransferError
from lctransfer.table import sentinels, times
from lctransfer.table.cuts import apply, lengths_after, owner, time_order

MOST_STRANGE = 0.05
"""Share of epochs beyond any magnitude, sentinels aside, from which the column holds something else."""
LARGEST_TYPICAL_ERR = 1.0
"""Median error of a table from which errors are no magnitudes."""
MOST_ROWS = 0.5
"""Share of rows with one fault from which the fault is the table's, not a row's."""
YEARS_AD = (1850.0, 2100.0)
LONG_SPAN = "time_span_too_long"
NOT_MEASURED = "epochs that are no measurement (sentinels such as 99.99)"
NO_TIME = "epochs whose time is none (sentinels such as -99 or 0)"
MARKED_TIME_DAYS = 1000.0
"""A time that looks like a sentinel is one if it is so far from the others."""
MOST_WITHOUT_TIME = 0.1
"""Share of a light curve's epochs whose times may be sentinels."""
SAMPLE_EPOCHS = 200_000
RELATIVE_RANGE = (0.9, 1.1)


class Curves:
    """Light curves of a batch, end to end; changed as epochs are dropped."""

    def __init__(self, time: np.ndarray, mag: np.ndarray, mag_err: np.ndarray, offsets: np.ndarray):
        self.time, self.mag, self.mag_err, self.offsets = time, mag, mag_err, offsets

    def keep(self, chosen: np.ndarray) -> np.ndarray:
        """Drop the other epochs, and return how many each light curve lost, shape (curves,)."""
        lost = np.diff(self.offsets) - lengths_after(chosen, self.offsets)
        self.offsets = apply(chosen, self.offsets)
        self.time, self.mag, self.mag_err = self.time[chosen], self.mag[chosen], self.mag_err[chosen]
        return lost

    def sort(self) -> None:
        """Sort each light curve by time."""
        order = time_order(self.time, self.offsets)
        if order is not None:
            self.time, self.mag, self.mag_err = self.time[order], self.mag[order], self.mag_err[order]


def drop_no_times(curves: Curves, zero: float, dropped: Counter) -> np.ndarray:
    """Drop single epochs whose time, counted from `zero`, is none, such as -99; return how many each curve lost."""
    given = curves.time - zero
    apart = np.abs(curves.time - medians(curves.time, curves.offsets, -np.inf, np.inf)[owner(curves.offsets)])
    marks = sentinels.are_marks(given) | np.isin(given, (0.0, -1.0))
    bad = (apart > times.LONGEST_DAYS) | (marks & (apart > MARKED_TIME_DAYS))
    sizes = np.diff(curves.offsets)
    # Many such epochs are no sentinels: the unit is another, and the whole light curve is judged by its span.
    few = sizes - lengths_after(~bad, curves.offsets) <= np.maximum(2, MOST_WITHOUT_TIME * sizes)
    bad &= few[owner(curves.offsets)]
    if not bad.any():
        return np.zeros(len(sizes), np.int64)
    dropped[NO_TIME] += int(bad.sum())
    return curves.keep(~bad)


def clean(curves: Curves, dropped: Counter, flux_zero_point: float | None = None) -> np.ndarray:
    """Sort light curves and drop sentinels; return how many epochs each lost, shape (curves,)."""
    curves.sort()
    which = owner(curves.offsets)
    median = medians(curves.mag, curves.offsets, *sentinels.USABLE_MAG)[which]
    bad = sentinels.no_measurement(curves.mag, curves.mag_err, median, flux_zero_point)
    lost = np.zeros(len(curves.offsets) - 1, np.int64)
    if bad.any():
        dropped[NOT_MEASURED] += int(bad.sum())
        lost += curves.keep(~bad)
    return lost


def repeated_epochs(curves: Curves) -> np.ndarray:
    """Tell which epochs are the same as the one before: time, magnitude and error (a join that doubled the rows)."""
    again = np.zeros(len(curves.time), bool)
    if len(again) > 1:
        same = (np.diff(curves.time) == 0) & (np.diff(curves.mag) == 0)
        same &= (np.diff(curves.mag_err) == 0) | (np.isnan(curves.mag_err[1:]) & np.isnan(curves.mag_err[:-1]))
        again[1:] = same & (np.diff(owner(curves.offsets)) == 0)
    return again


@compiled
def medians(values: np.ndarray, offsets: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the median of each light curve's values between two bounds, NaN where there are none."""
    found = np.full(len(offsets) - 1, np.nan)
    for curve in range(len(offsets) - 1):
        part = values[offsets[curve] : offsets[curve + 1]]
        part = part[(part > low) & (part < high)]
        if len(part):
            found[curve] = np.median(part)
    return found


@dataclass
class Judge:
    """Looks at all light curves of a table before sentinels are dropped, and refuses what cannot be true.

    Parameters
    ----------
    where : str
    time_column, mag_column, err_column : str
        As the user's table calls them.
    is_flux : bool
        Whether the magnitudes were fluxes.
    float32_time : bool
        Whether the table's times are 32-bit floats.
    known_system : bool
        Whether the zero point of the times is known.
    """

    where: str
    time_column: str
    mag_column: str
    err_column: str
    is_flux: bool = False
    float32_time: bool = False
    known_system: bool = False
    rows: int = 0
    long_spans: int = 0
    epochs: int = 0
    strange: int = 0
    marked_errors: int = 0
    errors: list[np.ndarray] = field(default_factory=list)
    mags: list[np.ndarray] = field(default_factory=list)
    times: list[np.ndarray] = field(default_factory=list)
    even: list[float] = field(default_factory=list)
    largest: float = 0.0

    @np.errstate(invalid="ignore")
    def look(self, curves: Curves) -> np.ndarray:
        """Take in a batch as it was read; return which light curves span too long a time, shape (curves,) of bool."""
        starts, sizes = curves.offsets[:-1], np.diff(curves.offsets)
        some = sizes > 0
        span = np.zeros(len(sizes))
        if some.any():
            first, last = (f.reduceat(curves.time, starts[some]) for f in (np.minimum, np.maximum))
            span[some] = last - first
        self.rows += int(some.sum())
        too_long = span > times.LONGEST_DAYS
        self.long_spans += int(too_long.sum())
        beyond = (curves.mag <= sentinels.USABLE_MAG[0]) | (curves.mag >= sentinels.USABLE_MAG[1])
        self.strange += int((beyond & ~sentinels.are_marks(curves.mag)).sum())
        self.marked_errors += int((sentinels.are_marks(curves.mag_err) & ~beyond).sum())
        self.epochs += len(curves.mag)
        if sum(map(len, self.times)) < SAMPLE_EPOCHS:
            self.times.append(curves.time.copy())
            self.mags.append(curves.mag[~beyond])
            good = np.isfinite(curves.mag_err) & (curves.mag_err > 0) & ~sentinels.are_marks(curves.mag_err)
            self.errors.append(curves.mag_err[good & ~np.isin(curves.mag_err, sentinels.EXACT)])
            self.even += [
                _evenness(curves.time[a:b]) for a, b in list(zip(starts, curves.offsets[1:]))[:20] if b - a > 9
            ]
        return too_long

    def verdict(self) -> list[str]:
        """Return what is worth saying; refuse the table where times or magnitudes are something else.

        Raises
        ------
        LctransferError
            With what was found, and what to write instead.
        """
        if not self.epochs:
            return []
        self._judge_times(np.concatenate(self.times))
        return [*self._judge_step(np.concatenate(self.times)), *self._judge_magnitudes()]

    def _judge_times(self, time: np.ndarray) -> None:
        column = self.time_column
        low, high = float(np.nanmin(time)), float(np.nanmax(time))
        hint = f"Say the unit: --columns 'time={column}[h]', with d, h, min, s, yr, jd, mjd, btjd, bkjd or gaia."
        if self.long_spans > MOST_ROWS * self.rows:
            raise LctransferError(
                f"{self.where}: {self.long_spans} of {self.rows} light curves span more than {times.LONGEST_DAYS:g} d "
                f"(150 years) by {column}, which no survey does: are these hours or seconds? {hint}"
            )
        centre = float(np.nanmedian(time))
        is_julian = times.JULIAN_DATES[0] < centre < times.JULIAN_DATES[1]
        if not is_julian and abs(centre) > times.MODIFIED:
            raise LctransferError(
                f"{self.where}: {column} is about {centre:g}, which is a date in no time system: neither a Julian date "
                f"(2.4 million days) nor a modified one (about 50,000 to 60,000). {hint}"
            )
        evenly = bool(self.even) and np.median(self.even) > 0.5
        if not self.known_system and YEARS_AD[0] < low and high < YEARS_AD[1] and not evenly:
            raise LctransferError(
                f"{self.where}: {column} lies between {low:.2f} and {high:.2f}: years? Write --columns "
                f"'time={column}[yr]' if they are, or 'time={column}[d]' if they are days."
            )

    def _judge_step(self, time: np.ndarray) -> list[str]:
        step = times.float32_step(time, self.float32_time)
        if step > times.FINE_ENOUGH_DAYS:
            raise LctransferError(
                f"{self.where}: {self.time_column} went through 32-bit floats, which hold {np.nanmax(time):.0f} in "
                f"steps of {step:g} d: short periods are lost. Give 64-bit floats from the original times."
            )
        coarse = step > times.FINE_ENOUGH_DAYS / 10
        return (
            [f"{self.time_column} holds 32-bit floats, in steps of {step:g} d: short periods suffer."] if coarse else []
        )

    def _judge_magnitudes(self) -> list[str]:
        usable = np.concatenate(self.mags)
        if self.strange > MOST_STRANGE * self.epochs and self.is_flux:
            raise LctransferError(
                f"{self.where}: {self.strange} of {self.epochs} fluxes of {self.mag_column} become magnitudes "
                f"beyond -5 and 30: their unit is another. Say it, --columns 'flux={self.mag_column}[nJy]' with nJy, "
                "uJy, mJy, Jy, relative, or a zero point such as zp=27.5."
            )
        if self.strange > MOST_STRANGE * self.epochs:
            raise LctransferError(
                f"{self.where}: {self.strange} of {self.epochs} values of {self.mag_column} are beyond -5 and 30, "
                f"which no magnitude is. If they are fluxes, write --columns 'flux={self.mag_column}[mJy],flux_err="
                f"{self.err_column}' with nJy, uJy, mJy, Jy or relative; if millimagnitudes, 'mag={self.mag_column}"
                f"[mmag],mag_err={self.err_column}[mmag]'."
            )
        errors = np.concatenate(self.errors)
        if self.marked_errors > MOST_ROWS * self.epochs:
            raise LctransferError(
                f"{self.where}: {self.marked_errors} of {self.epochs} errors {self.err_column} stand for none, such as "
                "99.99. If there are no errors, write --columns mag_err=none."
            )
        typical = float(np.median(errors)) if len(errors) else 0.0
        if typical > LARGEST_TYPICAL_ERR:
            raise LctransferError(
                f"{self.where}: half of the errors {self.err_column} are above {typical:.3g} mag. If they are "
                f"millimagnitudes, write --columns 'mag_err={self.err_column}[mmag]'; if a signal-to-noise ratio, "
                f"'snr={self.err_column}'; if errors of fluxes, give the fluxes: 'flux=COLUMN[mJy],flux_err="
                f"{self.err_column}'."
            )
        relative = len(usable) and RELATIVE_RANGE[0] < np.median(usable) < RELATIVE_RANGE[1] and np.std(usable) < 0.2
        if relative:
            column = self.mag_column
            return [f"{column} is near 1 throughout: a relative flux? Then write --columns 'flux={column}[relative]'."]
        return []


def _evenness(time: np.ndarray) -> float:
    """Return the share of steps between epochs that are as long as the median one, to 1%."""
    steps = np.diff(np.sort(time))
    middle = np.median(steps)
    return float(np.mean(np.abs(steps - middle) <= 0.01 * middle)) if middle > 0 else 0.0
