"""The benchmark of the in-context network: who takes part, and what its gain is counted from."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from lctransfer.config import Transfer
from lctransfer.models.combined import Combined
from lctransfer.models.simulated import simulated
from lctransfer.transfer.in_context import InContext

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
import in_context


def kinds(strategy):
    strategy.classes_ = ["EB", "RRL_ab"]
    members, _ = strategy._choose(pd.DataFrame(columns=simulated().features), 20)
    return [(member.kind, member.start) for member in members]


def test_auto_is_compared_with_and_without_the_network_and_nothing_else_differs():
    made = in_context.strategies(Transfer(), Combined((simulated(),)), seed=0)
    without = kinds(made[in_context.WITHOUT])
    assert InContext not in dict(without)
    for start in in_context.STARTS:
        assert kinds(made[f"auto with it, from {start:g}"]) == [*without, (InContext, start)]


def test_the_gain_is_the_mean_over_cases_of_the_difference_of_means_over_seeds():
    mcc = {in_context.WITHOUT: (0.5, 0.7, 0.8, 0.8), "alone": (0.6, 0.8, 0.8, 0.9)}
    rows = [
        {"survey": "s", "draw": "random", "labels": labels, "seed": seed, "strategy": name}
        | {"mcc": values[2 * case + seed], "macro_f1": 0.5, "log_loss": 1.0}
        for name, values in mcc.items()
        for case, labels in enumerate((10, 20))
        for seed in (0, 1)
    ]
    (row,) = in_context.gains(pd.DataFrame(rows)).to_dict("records")
    assert float(row["mcc"].split()[0]) == pytest.approx(0.075)
    assert (row["better"], row["worse"], row["cases"]) == (2, 0, 2)
