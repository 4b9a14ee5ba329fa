"""The names of the features are had without the code that computes features."""

import subprocess
import sys

import pytest

from lctransfer import feature_names
from lctransfer.features import SETS


@pytest.mark.parametrize("kind", sorted(SETS))
def test_the_names_are_those_that_are_computed_each_once(kind):
    names = feature_names.NAMES[kind]
    assert names == SETS[kind].NAMES
    assert len(set(names)) == len(names) == {"upsilon": 16, "lctransfer": 25, "both": 41}[kind]


@pytest.mark.parametrize("module", ["lctransfer.transfer.sweep", "lctransfer.stages.pretrain"])
def test_a_job_that_computes_no_features_loads_no_compiler(module):
    lines = f"import sys, {module}; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", lines], check=True)
