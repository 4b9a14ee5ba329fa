"""The workflow runs wherever it is put: odd names, no right to write to the checkout, a terminal of few characters."""

import os
import shutil
import stat
import subprocess
import sys

import pytest
from conftest import REPOSITORY

ODD = "my stars (v2) = {a}"
SMALL = (
    "experiment=smoke",
    "sources=[ogle]",
    "targets=[hipparcos]",
    "surveys.ogle.stars=150",
    "surveys.hipparcos.stars=80",
    "pretrain.epochs=1",
    "transfer.fractions=[0.2]",
    "transfer.seeds=1",
    "transfer.strategies=[extra_trees,zero_label]",
    "fit.enabled=false",
    "novelty.enabled=false",
    "sensitivity.enabled=false",
    "description=A run in an odd folder: {a} = (1) #2",
)


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the checkout in an odd folder, without the right to write to it."""
    copy = tmp_path / ODD / "checkout"
    for name in ("src", "workflow", "config", "profiles"):
        shutil.copytree(REPOSITORY / name, copy / name)
    shutil.copy(REPOSITORY / "Snakefile", copy)
    _allow(copy, write=False)
    yield copy
    _allow(copy, write=True)


def _allow(folder, *, write):
    for path in [folder, *folder.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IWUSR if write else mode & ~0o222)


def _without_privileges():
    """Return what takes from root the right to write where nobody may; nothing for others."""
    if os.geteuid() or not shutil.which("setpriv"):
        return []
    rights = "-dac_override,-dac_read_search,-fowner"
    return ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]


def test_it_runs_from_an_odd_read_only_folder_on_a_plain_terminal(checkout, tmp_path):
    folder = tmp_path / ODD / "results of mine"
    folder.mkdir()
    overrides = ",".join(f'"{text}"' for text in SMALL)
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--snakefile", str(checkout / "Snakefile")]
    done = subprocess.run(
        [*_without_privileges(), *command, "--config", f"hydra=[{overrides}]"],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=900,
        cwd=folder,
        env={**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (folder / "results/smoke/report.html").read_text(encoding="utf-8")
    assert "A run in an odd folder: {a} = (1) #2" in page
    assert (folder / "results/smoke/tracked.json").is_file()
    again = subprocess.run(
        [*_without_privileges(), *command, "-n", "--config", f"hydra=[{overrides}]"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert "Nothing to be done" in again.stdout + again.stderr
