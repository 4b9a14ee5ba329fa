"""Every code block of the documentation runs, in the order of its page, in an empty folder with a table of stars.

`lctransfer` lines run in this process. `make` and `snakemake` lines, and what needs a network, are planned but not run:
the end-to-end tests run what they stand for.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pyarrow as pa
import pytest
import yaml
from conftest import REPOSITORY, snakemake_command
from results_folder import write_results
from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

from lctransfer import parquet
from lctransfer.cli.main import main, parser
from lctransfer.simulate import simulate

PAGES = [REPOSITORY / "README.md", REPOSITORY / "config/README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
PAGES = [path for path in PAGES if not {"_build", "generated"} & set(path.parts)]
LANGUAGES = {"python", "bash", "yaml", "text", "bibtex", "toctree", "eval-rst", "list-table", "include"}


def run_shell(example: Example) -> None:
    """Run a block of commands, a line each; lines may go on after a backslash."""
    for line in re.sub(r"\\\n\s*", "", example.parsed).splitlines():
        program, *arguments = shlex.split(line, comments=True) or [""]
        if program:
            RUNNERS[program](arguments)


def run_lctransfer(arguments: list[str]) -> None:
    if arguments[0] in ("ui", "run", "reproduce"):
        parser().parse_args(arguments)  # these go on until they are stopped, or run an experiment
    else:
        assert main(arguments) == 0, arguments


def plan_make(arguments: list[str]) -> None:
    done = subprocess.run(["make", "-n", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def plan_snakemake(arguments: list[str]) -> None:
    given = next((item.removeprefix("hydra=") for item in arguments if item.startswith("hydra=")), "[]")
    plan(Path.cwd(), given)


@cache
def plan(folder: Path, given: str) -> None:
    """Plan a run; once where a page plans it before it runs it."""
    command = snakemake_command(folder, *json.loads(given), flags=("--dry-run", "--quiet"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def check_install(arguments: list[str]) -> None:
    """Compare the extras that a page names with those that the package has."""
    text = (REPOSITORY / "pyproject.toml").read_text()
    for extra in re.findall(r"lctransfer\[(\w+)\]", " ".join(arguments)):
        assert re.search(rf"^{extra} = \[", text, re.MULTILINE), extra


RUNNERS = {
    "lctransfer": run_lctransfer,
    "make": plan_make,
    "snakemake": plan_snakemake,
    "pip": check_install,
    "mlflow": lambda arguments: None,  # a server, which goes on until it is stopped
}


def write_yaml(example: Example) -> None:
    """Write a block whose first line is the name of a file to that file."""
    yaml.safe_load(example.parsed)
    if name := re.match(r"# ([\w.]+\.yaml)\n", example.parsed):
        Path(name[1]).write_text(example.parsed)


SYBIL = Sybil(
    parsers=[
        CodeBlockParser(language="python", evaluator=PythonEvaluator()),
        CodeBlockParser(language="bash", evaluator=run_shell),
        CodeBlockParser(language="yaml", evaluator=write_yaml),
    ]
)


@pytest.fixture(scope="module")
def supposed(tmp_path_factory):
    """Return a folder with what the pages suppose: light curves with a label for every other star, and results."""
    made = tmp_path_factory.mktemp("supposed")
    stars = simulate("asas", 160, seed=5).select(["source_id", "time", "mag", "mag_err", "label"])
    labels = [label if row % 2 else None for row, label in enumerate(stars["label"].to_pylist())]
    parquet.write_parquet(made / "stars.parquet", stars.drop(["label"]).append_column("label", pa.array(labels)))
    write_results(made, experiment="quickstart", stars=60, seeds=1)
    return made


@pytest.fixture
def folder(supposed, tmp_path, monkeypatch):
    shutil.copytree(supposed, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    mpl.use("agg")
    return tmp_path


def page_name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", [path for path in PAGES if list(SYBIL.parse(path).examples())], ids=page_name)
def test_every_block_of_the_page_runs(page, folder):
    ran = 0
    for example in SYBIL.parse(page).examples():
        example.evaluate()  # raises what the block raises
        ran += 1
    assert ran == len(re.findall(r"^```(?:python|bash|yaml)$", page.read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_no_block_has_a_language_that_no_test_runs(page):
    fences = re.findall(r"^(?:```+|:::+)\{?([\w-]*)\}?", page.read_text(), re.MULTILINE)
    assert {name for name in fences if name} <= LANGUAGES
    opened = len(re.findall(r"^```", page.read_text(), re.MULTILINE))
    assert opened == 2 * len(re.findall(r"^```\{?[\w-]+", page.read_text(), re.MULTILINE))
