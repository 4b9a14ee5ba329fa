"""Functions that are compiled as a part of their callers only."""

import numpy as np
import pytest
from numba.core.errors import TypingError

from lctransfer.features.compiled import entry, kernel
from lctransfer.features.inner import InnerFunction


@kernel
def _scaled_sum(values: np.ndarray, factor: float) -> float:
    total = 0.0
    for i in range(len(values)):
        total += factor * values[i]
    return total


@kernel
def _largest(values: np.ndarray) -> tuple[float, float]:
    return values.max(), _scaled_sum(values, 0.1)


@entry
def _both(values: np.ndarray) -> tuple[float, float]:
    return _largest(values)


VALUES = np.array([0.3, -1.7, 2.9, 0.1])


def test_a_function_two_calls_deep_runs_in_its_entry():
    assert _both(VALUES) == (2.9, 0.1 * 0.3 + 0.1 * -1.7 + 0.1 * 2.9 + 0.1 * 0.1)


def test_called_from_python_it_gives_the_same_bits():
    assert _largest(VALUES) == _both(VALUES)


def test_no_machine_code_is_made_of_it():
    _both(VALUES)
    assert isinstance(_scaled_sum, InnerFunction)
    (result,) = _scaled_sum.overloads.values()
    assert type(result.entry_point) is object


def test_a_wrong_type_is_an_error_and_no_crash():
    with pytest.raises(TypingError):
        _largest("no array")
