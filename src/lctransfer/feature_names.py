"""The features of each set, by name: who only needs the names does not load what computes them."""

UPSILON = (
    "amplitude",
    "hl_amp_ratio",
    "kurtosis",
    "period",
    "phase_cusum",
    "phase_eta",
    "phi21",
    "phi31",
    "quartile31",
    "r21",
    "r31",
    "shapiro_w",
    "skewness",
    "slope_per10",
    "slope_per90",
    "stetson_k",
)
"""In alphabetical order, as the released weights want them."""

LCTRANSFER = (
    "log_period",
    "explained",
    "explained_2p",
    "log_second_ratio",
    "second_power",
    "log_second_amplitude",
    "log_amplitude",
    "refined_r21",
    "refined_r31",
    "r41",
    "cos_phi21",
    "log_fit_range",
    "faint_fraction",
    "rise_fraction",
    "asymmetry",
    "faint_fraction_2p",
    "bright_fraction_2p",
    "log_residual_to_error",
    "log_residual_eta",
    "log_folded_eta",
    "log_std",
    "log_signal_to_noise",
    "log_eta",
    "log_range90",
    "quartile_ratio",
)
"""In the order of `lctransfer.features.lctransfer`, which says what each is.

Logarithms are to base 10, of values of at least 1e-4.
"""

NAMES = {"upsilon": UPSILON, "lctransfer": LCTRANSFER, "both": (*UPSILON, *LCTRANSFER)}
"""The features of each set, in the order of its model's inputs; no name stands in both sets."""
