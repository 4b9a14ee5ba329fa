"""What holds for every verb's process before anything is loaded."""

import json
import os
import subprocess
import sys

import pytest

ASKED = """
import json, os, sys
from lctransfer import __main__ as entered
early = "pyarrow" in sys.modules
sys.argv[1:] = ["features", "missing.parquet", "-o", "features.parquet"]
entered.entry()
print(json.dumps([early, "pyarrow" in sys.modules, {name: os.environ[name] for name in entered.MEMORY}]))
"""


@pytest.mark.parametrize("own", [{}, {"MIMALLOC_PURGE_DELAY": "10"}])
def test_arrow_is_told_to_keep_no_memory_before_it_is_loaded_unless_the_user_says_otherwise(own):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MIMALLOC")}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment | own, capture_output=True, text=True, check=True
    )
    early, late, said = json.loads(done.stdout.splitlines()[-1])
    assert not early
    assert late
    assert said == {"MIMALLOC_ARENA_EAGER_COMMIT": "0", "MIMALLOC_PURGE_DELAY": "0"} | own
