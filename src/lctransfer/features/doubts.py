"""What is doubtful about features that are there: the words of the column ``warnings``."""

import numpy as np

WARNINGS = {
    "repeated_epochs": "epochs equal to another one in time, magnitude and error were dropped",
    "amplitude_beyond_range": "the amplitude is larger than the range of the magnitudes: too few epochs hold the fit",
    "period_beyond_duration": "less than one cycle was seen",
    "even_cadence": "epochs are evenly sampled: periods shorter than twice the cadence were not searched",
    "loose_cadence": "epochs nearly keep a cadence: the period may be an alias, hardly told from the true one",
}
"""Each word of the column ``warnings``, and what it says.

They stand beside ``flag`` and not in it, since every later stage leaves out what is flagged: a Mira with a trend longer
than its light curve is still a Mira, and the released network was trained on such periods and amplitudes.
"""


def periods_found(names: tuple[str, ...], values: np.ndarray) -> list[np.ndarray]:
    """Return what each search found [d]: the released software's, ours, or both."""
    value = dict(zip(names, values))
    found = [value["period"]] if "period" in value else []
    return found + ([10.0 ** value["log_period"]] if "log_period" in value else [])


def warnings(names: tuple[str, ...], values: np.ndarray, known: tuple[np.ndarray, ...]) -> list[str]:
    """Return what is doubtful about each row: the words of `WARNINGS` that hold for it."""
    n_repeated, durations, spans, even, loose = known
    amplitude = dict(zip(names, values)).get("amplitude", np.zeros(len(spans)))
    holds = (n_repeated > 0, amplitude > spans, periods_found(names, values)[0] > durations, even, loose)
    return [",".join(word for word, here in zip(WARNINGS, row) if here) for row in zip(*holds)]
