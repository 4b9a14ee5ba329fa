"""What counts as a shape beyond a sine, against the formula written out."""

import numpy as np
import pytest

from lctransfer.features.doubling import DOUBLE_HARMONICS, HARMONICS, RIDGE, shape_significance

EPOCHS, LEFT, SINE = 100, 0.02, 0.3
NOISE = LEFT / (EPOCHS - 2 * DOUBLE_HARMONICS - 1) + 0.5 * (SINE * 8 * RIDGE / EPOCHS) ** 2


def series(order, **amplitudes):
    """Return the coefficients of a Fourier series whose harmonics have these amplitudes, half sine and half cosine."""
    values = np.zeros(2 * order + 1)
    for k, amplitude in amplitudes.items():
        values[2 * int(k[1:]) - 1 : 2 * int(k[1:]) + 1] = amplitude * np.array([0.6, 0.8])
    return values


@pytest.mark.parametrize("k", range(2, HARMONICS + 1))
def test_every_harmonic_of_the_period_above_the_first_counts(k):
    found = shape_significance(
        series(HARMONICS, a1=SINE, **{f"a{k}": 0.05}), series(DOUBLE_HARMONICS, a2=SINE), LEFT, EPOCHS
    )
    assert found == pytest.approx(0.5 * 0.05**2 / NOISE)


@pytest.mark.parametrize("k", range(1, DOUBLE_HARMONICS + 1))
def test_only_odd_harmonics_of_twice_the_period_count(k):
    double = series(DOUBLE_HARMONICS, **{f"a{k}": 0.05})
    found = shape_significance(series(HARMONICS, a1=SINE), double, LEFT, EPOCHS)
    assert found == pytest.approx(0.5 * 0.05**2 / NOISE if k % 2 else 0.0)
