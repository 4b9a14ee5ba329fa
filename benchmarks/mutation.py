"""Mutation testing of splits, metrics and ensemble weights: each small fault put into them must make a test fail.

mutmut changes one operator, number, name or argument at a time, and runs the unit tests of the mutated modules. What
survives is listed with its change, to be killed by a test or explained. All happens in a temporary copy.

The compiled features have a script of their own, `mutation_features.py`.

Run: pip install -e .[mutation]; python benchmarks/mutation.py [--cores 2] [-o benchmarks/results/mutation.md]
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from publishing import publish

REPOSITORY = Path(__file__).resolve().parents[1]
CORE = {
    "evaluation/metrics.py": "evaluation/test_metrics.py",
    "evaluation/splits.py": "evaluation/test_splits.py",
    "transfer/ensemble.py": "transfer/test_ensemble.py",
}
"""Modules below src/lctransfer, and their tests below tests/unit."""
SETTINGS = """[tool.mutmut]
source_paths = ["src/lctransfer"]
only_mutate = {modules}
pytest_add_cli_args_test_selection = ["tests"]
[tool.pytest.ini_options]
addopts = "-q --import-mode=importlib -p no:cacheprovider"
"""


def prepare(folder: Path) -> None:
    """Copy the package and the tests of the core, with the settings of mutmut."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "src", folder / "src", ignore=ignored)
    (folder / "tests").mkdir()
    for test in CORE.values():
        shutil.copy(REPOSITORY / "tests" / "unit" / test, folder / "tests")
    modules = json.dumps([f"src/lctransfer/{name}" for name in CORE])
    (folder / "pyproject.toml").write_text(SETTINGS.format(modules=modules))


def mutmut(folder: Path, *arguments: str) -> str:
    """Run mutmut in a folder and return what it prints."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"mutmut {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def change(diff: str) -> str:
    """Return the lines that a mutant takes away and puts in, without those that only name it."""
    lines = [line for line in diff.splitlines() if re.match(r"[-+](?![-+])", line)]
    return "\n".join(line for line in lines if not re.match(r"[-+]def ", line))


def report(folder: Path) -> str:
    """Return the counts, and every mutant that no test killed."""
    mutmut(folder, "export-cicd-stats")
    counts = json.loads((folder / "mutants" / "mutmut-cicd-stats.json").read_text())
    left = re.findall(r"(lctransfer\S+): (survived|no tests|timeout|suspicious)", mutmut(folder, "results"))
    killed, total = counts["killed"] + counts["timeout"], counts["total"]
    lines = ["# Mutation testing", "", f"Modules: {', '.join(CORE)}; tests: those of their own name.", ""]
    lines += [f"{killed} of {total} mutants killed: {killed / total:.0%}.", "", "Not killed:", ""]
    for name, how in left:
        if how != "timeout":
            short = name.rsplit(".", 1)[-1].replace("ǁ", ".")
            lines += [f"`{short}` ({how})", "", "```diff", change(mutmut(folder, "show", name)), "```", ""]
    return "\n".join(lines).rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cores", type=int, default=2, help="mutants at once (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="results file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lctransfer-mutation-") as name:
        folder = Path(name)
        prepare(folder)
        mutmut(folder, "run", "--max-children", str(arguments.cores))
        publish(report(folder), arguments.output)


if __name__ == "__main__":
    main()
