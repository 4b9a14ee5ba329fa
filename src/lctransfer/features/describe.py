"""What each column is that features are written to: the one place that documentation is made from."""

from typing import NamedTuple

KIM = "Kim & Bailer-Jones 2016, A&A 587, A18; Kim et al. 2021, A&A 653, A22"
HERE = "this package"
ANY = "any"
POSITIVE = "> 0"
FRACTION = "0 to 1"


class Feature(NamedTuple):
    """One column of a feature table."""

    name: str
    set: str  # upsilon, lctransfer, or diagnostic: no input of a model
    formula: str  # with m magnitude, e its error, n epochs, T the time from first to last, P the period, A_k, phi_k the
    # amplitude and phase of harmonic k; "log" is to base 10, of values of at least 1e-4
    unit: str
    range: str
    source: str


_UPSILON = (
    ("amplitude", "A_1 of the Fourier series of three harmonics at P, each epoch weighing the same", "mag", POSITIVE),
    (
        "hl_amp_ratio",
        "rms distance from the median of fainter epochs over that of the others, weights 1 / e",
        "",
        POSITIVE,
    ),
    ("kurtosis", "m4 / m2^2 - 3, m_k the mean k-th power of m - mean(m)", "", ">= -2"),
    (
        "period",
        "1 / f of the highest Lomb-Scargle power at f = k / (3 T), no weights, fixed mean",
        "d",
        "min_period to 3 T",
    ),
    ("phase_cusum", "range of sum_{i <= l} (m_i - mean) / (n std) in the order of phase over two cycles", "", POSITIVE),
    ("phase_eta", "sum (m_{i+1} - m_i)^2 / ((n - 1) std^2) in the order of phase over two cycles", "", "0 to 4"),
    ("phi21", "arctan(-a_2 / b_2) - 2 arctan(-a_1 / b_1), neither quadrant nor wrapping", "rad", "-3 pi/2 to 3 pi/2"),
    ("phi31", "arctan(-a_3 / b_3) - 3 arctan(-a_1 / b_1), neither quadrant nor wrapping", "rad", "-2 pi to 2 pi"),
    ("quartile31", "75th minus 25th percentile of m", "mag", ">= 0"),
    ("r21", "A_2 / A_1", "", POSITIVE),
    ("r31", "A_3 / A_1", "", POSITIVE),
    ("shapiro_w", "Shapiro-Wilk W of m (Royston 1995, Applied Statistics 44, 547)", "", FRACTION),
    ("skewness", "m3 / m2^1.5, m_k the mean k-th power of m - mean(m)", "", ANY),
    ("slope_per10", "10th percentile of d time / d m between neighbours in phase over two cycles", "d/mag", ANY),
    ("slope_per90", "90th percentile of d time / d m between neighbours in phase over two cycles", "d/mag", ANY),
    ("stetson_k", "sum |r| / sqrt(n sum r^2), r = (m - median) / e (after Stetson 1996, PASP 108, 851)", "", FRACTION),
)
_LCTRANSFER = (
    (
        "log_period",
        "log P of the highest generalised Lomb-Scargle power, refined off the grid, P <= T",
        "log d",
        ANY,
        HERE,
    ),
    ("explained", "part of the weighted variance that four harmonics of P explain", "", "<= 1", HERE),
    ("explained_2p", "the same of eight harmonics of 2 P", "", "<= 1", HERE),
    ("log_second_ratio", "log of the frequency found in the residuals of 2 P over 1 / P", "", ANY, HERE),
    ("second_power", "generalised power of that frequency", "", FRACTION, HERE),
    ("log_second_amplitude", "log sqrt(second_power left_2p / variance)", "", ANY, HERE),
    (
        "log_amplitude",
        "log A_1 of four harmonics of P, weighted, high harmonics held back by a ridge",
        "log mag",
        ANY,
        HERE,
    ),
    ("refined_r21", "A_2 / A_1 of that series", "", POSITIVE, "Petersen 1986, A&A 170, 59"),
    ("refined_r31", "A_3 / A_1 of that series", "", POSITIVE, "Petersen 1986, A&A 170, 59"),
    ("r41", "A_4 / A_1 of that series", "", POSITIVE, "Petersen 1986, A&A 170, 59"),
    ("cos_phi21", "cos(phi_2 - 2 phi_1) of cosines, true quadrants", "", "-1 to 1", "Simon & Lee 1981, ApJ 248, 291"),
    ("log_fit_range", "log of the range of that series", "log mag", ANY, HERE),
    ("faint_fraction", "part of the cycle in the fainter half of its range", "", FRACTION, HERE),
    ("rise_fraction", "part of the cycle from the faintest to the brightest point", "", FRACTION, HERE),
    ("asymmetry", "rms difference between the cycle, scaled from 0 to 1, and its mirror image", "", FRACTION, HERE),
    ("faint_fraction_2p", "faint_fraction of the cycle of 2 P", "", FRACTION, HERE),
    ("bright_fraction_2p", "part of the cycle of 2 P in the brightest fifth of its range", "", FRACTION, HERE),
    ("log_residual_to_error", "log of the median |residual of 2 P| / e", "", ANY, HERE),
    (
        "log_residual_eta",
        "log of von Neumann's ratio of those residuals in time",
        "",
        ANY,
        "von Neumann 1941, AMS 12, 367",
    ),
    ("log_folded_eta", "log of von Neumann's ratio of m in the order of phase over two cycles", "", ANY, HERE),
    ("log_std", "log of the weighted standard deviation of m", "log mag", ANY, HERE),
    ("log_signal_to_noise", "log of that over the median error", "", ANY, HERE),
    ("log_eta", "log of von Neumann's ratio of m in time", "", ANY, "von Neumann 1941, AMS 12, 367"),
    ("log_range90", "log of the 95th minus the 5th percentile of m", "log mag", ANY, HERE),
    ("quartile_ratio", "75th minus 25th percentile of m, over that range", "", FRACTION, HERE),
)
_SNR = "sqrt(n power / (1 - power))"
_ERROR = "Montgomery & O'Donoghue 1999, Delta Scuti Star Newsletter 13, 28"
_DIAGNOSTICS = (
    ("period", "set lctransfer alone: P of log_period", "d", "min_period to T", HERE),
    ("reported_period_days", "2 P where doubling_probability is above 1/2, else P", "d", POSITIVE, HERE),
    ("doubling_probability", "that the star repeats at 2 P only (logistic); 0 if T < 4 P", "", FRACTION, HERE),
    (
        "period_power",
        "part of the variance that a sinusoid of period P explains",
        "",
        FRACTION,
        "Scargle 1982, ApJ 263, 835",
    ),
    ("period_snr", "amplitude of that sinusoid over its standard error, " + _SNR, "", POSITIVE, HERE),
    ("period_uncertainty_days", "P^2 sqrt(6 / n) sqrt((1 - power) / (2 power)) / (pi T)", "d", ">= 0", _ERROR),
)
FEATURES = (
    *(Feature(name, "upsilon", formula, unit, extent, KIM) for name, formula, unit, extent in _UPSILON),
    *(Feature(name, "lctransfer", *rest) for name, *rest in _LCTRANSFER),
    *(Feature(name, "diagnostic", *rest) for name, *rest in _DIAGNOSTICS),
)


def describe() -> list[dict[str, str]]:
    """Return what every feature is: a row each, with name, set, formula, unit, range and source.

    Examples
    --------
    >>> describe()[9]["formula"]
    'A_2 / A_1'
    """
    return [feature._asdict() for feature in FEATURES]
