"""Which numbers are sentinels by their looks, and which are fluxes or times like any other."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lctransfer.table import sentinels
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read


@pytest.mark.parametrize("value", [99, 99.9, 99.99, -99.0, 99.999, 999.0, -999.0, 999.99, 9999.0, 9999.999, 1e30, 1e20])
def test_nines_are_sentinels_in_32_bits_too(value):
    values = np.array([value, float(np.float32(value))])
    assert sentinels.are_marks(values).all()


@pytest.mark.parametrize("value", [99.37, -999.97034, 999.5, 9998.999, 29.0, 12.3, 58_000.25])
def test_other_numbers_are_not(value):
    assert not sentinels.are_marks(np.array([value])).any()


def test_a_time_of_gaia_between_minus_999_and_minus_1000_is_a_time():
    days = [-999.97034, -999.25, *np.linspace(400.0, 900.0, 28)]
    table = {"source_id": ["1"] * 30, "g_transit_time": days, "g_transit_mag": np.full(30, 12.5) + 0.01 * np.arange(30)}
    table |= {"g_transit_flux_over_error": [100.0] * 30, "rejected_by_photometry": ["false"] * 30}
    (row,) = read(pa.table(table), Reading())[0].to_pylist()
    assert (len(row["time"]), row["read_dropped"]) == (30, 0)
    assert row["time"][0] == pytest.approx(2_455_197.5 - 999.97034, abs=1e-8)


@given(st.lists(st.sampled_from([np.nan, 0.0, 12.5, 29.9, 30.0, 99.9, -999.0, 5e4, 58_000.25, 9999.99, 1e6, 1e20])))
def test_a_number_is_a_sentinel_whatever_stands_beside_it(values):
    alone = [bool(sentinels.are_marks(np.array([value])).any()) for value in values]
    assert sentinels.are_marks(np.array(values)).tolist() == alone
