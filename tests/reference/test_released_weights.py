"""The released weights, read without unpickling, give the probability that the released software documents."""

import numpy as np
import pyarrow as pa
import pytest

from lctransfer import config
from lctransfer.features import extract
from lctransfer.models import released


def test_check_value_of_the_released_model(shared_data):
    rows = np.loadtxt(shared_data / "native" / "eros2" / "lm0134l19756.time")
    time, mag, mag_err = (rows[rows[:, 1] < 99, column] for column in (0, 1, 2))
    table = pa.table({"source_id": ["lm0134l19756"], "time": [time], "mag": [mag], "mag_err": [mag_err]})
    model = released.read(shared_data / "published" / "state_dict.pt")
    probability = model.predict_proba(extract(table, config.Features()).to_pandas())
    assert probability[0, model.classes.index("RRL_ab")] == pytest.approx(0.96209, abs=2e-4)
