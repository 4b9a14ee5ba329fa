"""Whether times and magnitudes can be what they are taken for; what was found and what to write instead, if not."""

from dataclasses import dataclass, field

import numpy as np

from lctransfer.errors import LctransferError
from lctransfer.table import sentinels, time_units, times
from lctransfer.table.curves import Curves, spans

MOST_STRANGE = 0.05
"""Share of epochs beyond any magnitude, sentinels aside, from which the column holds something else."""
LARGEST_TYPICAL_ERR = 1.0
"""Median error of a table from which errors are no magnitudes."""
MOST_ROWS = 0.5
"""Share of rows with one fault from which the fault is the table's, not a row's."""
YEARS_AD = (1850.0, 2100.0)
LONG_SPAN = "time_span_too_long"
SAMPLE_EPOCHS = 200_000
FEW_EPOCHS = 9
"""Shorter light curves tell nothing of sampling or scatter."""
RELATIVE_RANGE = (0.9, 1.1)
BRIGHTEST = 2.0
"""Magnitude of the median epoch of a table below which it is no survey's."""
LEAST_SCATTER, FEWEST_CURVES = 0.3, 3
"""Median ratio of scatter to error below which errors are something else, and how many light curves tell."""
LONG_BASELINE_DAYS = 15_000.0
"""41 years: a baseline that photographic archives have, and times in hours."""


@dataclass
class PlausibilityCheck:
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
    system : str
        The time system as it was understood; nothing for days from an unknown zero.
    """

    where: str
    time_column: str
    mag_column: str
    err_column: str
    is_flux: bool = False
    float32_time: bool = False
    system: str = ""
    rows: int = 0
    long_spans: int = 0
    baselines: int = 0
    epochs: int = 0
    strange: int = 0
    marked_errors: int = 0
    errors: list[np.ndarray] = field(default_factory=list)
    mags: list[np.ndarray] = field(default_factory=list)
    times: list[np.ndarray] = field(default_factory=list)
    even: list[float] = field(default_factory=list)
    scatter: list[float] = field(default_factory=list)
    constant: list[bool] = field(default_factory=list)
    spans: list[float] = field(default_factory=list)
    nights: list[list[float]] = field(default_factory=list)
    largest: float = 0.0

    @np.errstate(invalid="ignore")
    def look(self, curves: Curves) -> np.ndarray:
        """Take in a batch as it was read; return which light curves span too long a time, shape (curves,) of bool."""
        starts = curves.offsets[:-1]
        self.rows += int(np.count_nonzero(np.diff(curves.offsets)))
        span = spans(curves.time, curves.offsets)
        too_long = span > times.LONGEST_DAYS
        self.long_spans += int(too_long.sum())
        self.baselines += int((span > LONG_BASELINE_DAYS).sum())
        beyond = (curves.mag <= sentinels.USABLE_MAG[0]) | (curves.mag >= sentinels.USABLE_MAG[1])
        self.strange += int((beyond & ~sentinels.are_marks(curves.mag)).sum())
        self.marked_errors += int((sentinels.are_marks(curves.mag_err) & ~beyond).sum())
        self.epochs += len(curves.mag)
        if sum(map(len, self.times)) < SAMPLE_EPOCHS:
            self.times.append(curves.time.copy())
            self.mags.append(curves.mag[~beyond])
            good = np.isfinite(curves.mag_err) & (curves.mag_err > 0) & ~sentinels.are_marks(curves.mag_err)
            self.errors.append(curves.mag_err[good & ~np.isin(curves.mag_err, sentinels.EXACT)])
            self.scatter += _scatter(curves)
            some_curves = [(a, b) for a, b in list(zip(starts, curves.offsets[1:]))[:20] if b - a > FEW_EPOCHS]
            self.even += [_evenness(curves.time[a:b]) for a, b in some_curves]
            self.spans += [float(np.ptp(curves.time[a:b])) for a, b in some_curves]
            self.nights += [time_units.gathering(curves.time[a:b]) for a, b in some_curves]
            self.constant += [bool(np.ptp(curves.mag[a:b]) == 0) for a, b in some_curves]
        return too_long

    def findings(self) -> list[str]:
        """Return what is worth saying; refuse the table where times or magnitudes are something else.

        Raises
        ------
        LctransferError
            With what was found, and what to write instead.
        """
        if not self.epochs:
            return []
        time = np.concatenate(self.times)
        self._check_times(time)
        return [*self._check_step(time), *self._check_span(), *self._check_unit(time), *self._check_magnitudes()]

    def _check_times(self, time: np.ndarray) -> None:
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
        written = centre - times.zero(self.system)
        if not is_julian and times.JULIAN_DATES[0] < written < times.JULIAN_DATES[1]:
            raise LctransferError(
                f"{self.where}: {column} holds numbers about {written:.8g}, which are full Julian dates, not a "
                f"{times.described(self.system)}. If so, write --columns 'time={column}[jd]'."
            )
        if not is_julian and abs(centre) > times.MODIFIED:
            raise LctransferError(
                f"{self.where}: {column} is about {centre:g}, which is a date in no time system: neither a Julian date "
                f"(2.4 million days) nor a modified one (about 50,000 to 60,000). {hint}"
            )
        evenly = bool(self.even) and np.median(self.even) > 0.5
        if not self.system and YEARS_AD[0] < low and high < YEARS_AD[1] and not evenly:
            raise LctransferError(
                f"{self.where}: {column} lies between {low:.2f} and {high:.2f}: years? Write --columns "
                f"'time={column}[yr]' if they are, or 'time={column}[d]' if they are days."
            )

    def _check_step(self, time: np.ndarray) -> list[str]:
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

    def _check_span(self) -> list[str]:
        """Return a note where most baselines are longer than those of surveys with electronic detectors."""
        if self.baselines <= MOST_ROWS * self.rows:
            return []
        return [
            f"{self.baselines} of {self.rows} light curves span more than {LONG_BASELINE_DAYS:g} d (41 years) by "
            f"{self.time_column}: hours? Then write --columns 'time={self.time_column}[h]'."
        ]

    def _check_unit(self, time: np.ndarray) -> list[str]:
        """Refuse times that show nights in another unit than days; note where nothing tells the unit."""
        if self.system:
            return []
        unit, column = time_units.unit_by_nights(self.nights), self.time_column
        if unit:
            cycle = time_units.CYCLES[unit]
            raise LctransferError(
                f"{self.where}: {column} shows nights that follow each other every {cycle:.4g}, not every 1: "
                f"{time_units.IN_WORDS[unit]}? Write --columns 'time={column}[{unit}]' if so, or 'time={column}[d]' if "
                "it is in days."
            )
        if self.baselines > MOST_ROWS * self.rows:
            return []  # said already
        return time_units.note_of_unknown_zero(column, float(np.nanmedian(time)), np.array(self.spans))

    def _check_magnitudes(self) -> list[str]:
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
        return [*self._constant(), *self._too_bright(usable), *self._errors_above_scatter()]

    def _constant(self) -> list[str]:
        """Return a note where most light curves have one magnitude throughout: that of a catalogue, perhaps."""
        if np.mean(self.constant or [False]) <= MOST_ROWS:
            return []
        return [
            f"{self.mag_column} is the same at all epochs of most light curves: a mean magnitude? Name the column of "
            f"the single measurements: --columns {'flux' if self.is_flux else 'mag'}=COLUMN."
        ]

    def _too_bright(self, usable: np.ndarray) -> list[str]:
        """Return a note where all magnitudes are those of the brightest stars of the sky: fluxes, perhaps."""
        column = self.mag_column
        if self.is_flux or not len(usable) or np.min(usable) <= 0:
            return []
        middle = float(np.median(usable))
        if RELATIVE_RANGE[0] < middle < RELATIVE_RANGE[1] and np.std(usable) < 0.2:
            return [f"{column} is near 1 throughout: a relative flux? Then write --columns 'flux={column}[relative]'."]
        if middle < BRIGHTEST:
            return [
                f"{column} is about {middle:.3g} throughout, as bright as no survey observes: a flux? Then write "
                f"--columns 'flux={column}[Jy]' with nJy, uJy, mJy, Jy or relative."
            ]
        return []

    def _errors_above_scatter(self) -> list[str]:
        """Return a note where most light curves scatter far less than their errors say."""
        ratios = np.array(self.scatter)
        if (
            len(ratios) < FEWEST_CURVES
            or np.mean(self.constant or [False]) > MOST_ROWS
            or np.median(ratios) > LEAST_SCATTER
        ):
            return []
        return [
            f"Half of the light curves scatter by less than {np.median(ratios):.2g} of their errors {self.err_column}: "
            f"are these magnitudes? If not, write --columns 'mag_err={self.err_column}[mmag]', or name the column."
        ]


@np.errstate(invalid="ignore", divide="ignore")
def _scatter(curves: Curves) -> list[float]:
    """Return of some light curves the scatter (from quartiles) over the median error."""
    found = []
    for a, b in list(zip(curves.offsets[:-1], curves.offsets[1:]))[:50]:
        mag, err = curves.mag[a:b], curves.mag_err[a:b]
        err = err[np.isfinite(err) & (err > 0)]
        if b - a >= 10 and len(err):
            low, high = np.percentile(mag, (25, 75))
            found.append(float((high - low) / 1.349 / np.median(err)))
    return found


def _evenness(time: np.ndarray) -> float:
    """Return the share of steps between epochs that are as long as the median one, to 1%."""
    steps = np.diff(np.sort(time))
    middle = np.median(steps)
    return float(np.mean(np.abs(steps - middle) <= 0.01 * middle)) if middle > 0 else 0.0
