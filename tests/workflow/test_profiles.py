"""The cluster profiles plan the catalogue of a table in shards, with resources for every rule that is spread."""

import re
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
import yaml
from conftest import REPOSITORY
from two_classes import light_curves

PROFILES = {
    "slurm": ("snakemake_executor_plugin_slurm", ()),
    "kubernetes": ("snakemake_executor_plugin_kubernetes", ("--default-storage-provider", "fs")),
}
OVERRIDES = '["experiment=custom","surveys.custom.table=stars.parquet","features.shards=3","pretrain.source=simulated"]'


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_plans_the_catalogue_in_shards(name, tmp_path):
    plugin, storage = PROFILES[name]
    pytest.importorskip(plugin)
    if storage:
        storage = (*storage, "--default-storage-prefix", str(tmp_path / "store"))
    pq.write_table(light_curves(20), tmp_path / "stars.parquet")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(REPOSITORY / "Snakefile"), "--dry-run"]
    command += ["--profile", str(REPOSITORY / "profiles" / name), "--directory", str(tmp_path), *storage]
    done = subprocess.run(
        [*command, "--config", f"hydra={OVERRIDES}"], capture_output=True, text=True, check=False, timeout=200
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert re.search(r"^features_shard +3$", said, re.MULTILINE)
    assert re.search(r"^classify_shard +3$", said, re.MULTILINE)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_gives_memory_to_rules_that_there_are(name):
    rules = re.findall(
        r"^ *rule (\w+):", "".join(path.read_text() for path in REPOSITORY.glob("workflow/rules/*.smk")), re.M
    )
    profile = yaml.safe_load((REPOSITORY / "profiles" / name / "config.yaml").read_text())
    assert profile["executor"] == name
    assert set(profile["set-threads"]) == {"features_shard", "classify_shard"}
    assert set(profile["set-threads"]) <= set(profile["set-resources"]) <= set(rules)
    assert all(resources["mem_mb"] >= 1500 for resources in profile["set-resources"].values())
