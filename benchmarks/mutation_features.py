"""Mutation testing of the features: each small fault put into compiled code must make a test fail.

mutmut chooses between a function and its mutants while the tests run, which compiled code cannot do. Here the changes
that mutmut would make are drawn at random and written into a copy of the package, one at a time; what depends on it is
compiled anew, and the unit tests of the features run, then those against the released software, up to the first that
fails. What survives is listed with its change, to be killed by a test or explained.

Run: pip install -e .[mutation]; python benchmarks/mutation_features.py [--mutants 100] [--seed 0] [-o FILE]
"""

import argparse
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from mutmut.mutation.file_mutation import create_mutations, deep_replace
from publishing import publish

REPOSITORY = Path(__file__).resolve().parents[1]
FEATURES = Path("src/lctransfer/features")
OTHER = ("__init__", "__main__", "compiled", "croissant", "describe", "inner")
"""Modules that compute nothing: names, commands, descriptions, and how code is compiled."""
TESTS = ("tests/unit/features", "tests/reference/test_features_released.py")
LATEST = ("test_features_have_the_same_bits_from_a_cold_and_a_warm_cache", "test_compiled", "test_croissant")
"""Tests that say nothing about a fault in the arithmetic and take long: they are not run."""
TIMEOUT_S = 400


class Mutant(NamedTuple):
    """A module below `FEATURES`, its text with one change, and the lines taken away and put in."""

    module: str
    text: str
    change: str


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every change of mutmut's to one module; decorated functions, which it passes over, are taken too."""
    original = path.read_text()
    bare = re.sub(r"^@", "# @", original, flags=re.MULTILINE)
    module, mutations, *_ = create_mutations(str(path), bare)
    for one in mutations:
        changed = deep_replace(module, one.original_node, one.mutated_node).code
        text = re.sub(r"^# @", "@", changed, flags=re.MULTILINE)
        lines = difflib.unified_diff(original.splitlines(), text.splitlines(), n=0, lineterm="")
        change = "\n".join(line for line in lines if re.match(r"[-+](?![-+])", line))
        if change and one.contained_by_top_level_function:
            yield Mutant(path.name, text, change)


def drawn(seed: int, most: int) -> tuple[list[Mutant], int]:
    """Return so many mutants of all modules, drawn at random, and how many there are."""
    paths = sorted((REPOSITORY / FEATURES).glob("*.py"))
    every = [mutant for path in paths if path.stem not in OTHER for mutant in mutants(path)]
    return random.Random(seed).sample(every, min(most, len(every))), len(every)


def outcome(mutant: Mutant, folder: Path) -> str:
    """Return whether the tests kill a mutant: ``killed``, ``timeout`` or ``survived``."""
    path = folder / FEATURES / mutant.module
    original = path.read_text()
    path.write_text(mutant.text)
    skipped = " and ".join(f"not {name}" for name in LATEST)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", skipped, *TESTS]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=TIMEOUT_S, check=False)
        return "killed" if done.returncode else "survived"
    except subprocess.TimeoutExpired:
        return "timeout"
    finally:
        path.write_text(original)
        for kept in (folder / FEATURES / "__pycache__").glob("compiled-*"):
            shutil.rmtree(kept)


def copies(scratch: Path, count: int) -> SimpleQueue[Path]:
    """Return so many copies of the package and its tests, in which the tests pass."""
    free: SimpleQueue[Path] = SimpleQueue()
    for number in range(count):
        folder = scratch / f"{number}" / "checkout"
        for name in ("src", "tests", "benchmarks"):
            shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "results"))
        shutil.copy(REPOSITORY / "pyproject.toml", folder)
        if (REPOSITORY.parent / "shared").is_dir():
            (folder.parent / "shared").symlink_to(REPOSITORY.parent / "shared")
        free.put(folder)
    path = REPOSITORY / FEATURES / "engine.py"
    if outcome(Mutant(path.name, path.read_text(), ""), folder) != "survived":
        sys.exit("The tests fail without any mutant.")
    return free


def run(chosen: list[Mutant], cores: int) -> list[str]:
    """Return what became of each mutant; tell on standard error how far it is."""
    found: dict[int, str] = {}

    def judge(number: int) -> None:
        folder = free.get()
        found[number] = outcome(chosen[number], folder)
        free.put(folder)
        left = list(found.values()).count("survived")
        sys.stderr.write(f"{len(found)} of {len(chosen)}, {left} survived; {chosen[number].module}: {found[number]}\n")

    with tempfile.TemporaryDirectory(prefix="lctransfer-mutation-") as scratch:
        free = copies(Path(scratch), cores)
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(judge, range(len(chosen))))
    return [found[number] for number in range(len(chosen))]


def report(chosen: list[Mutant], outcomes: list[str], total: int, seed: int) -> str:
    """Return the counts, and every mutant that no test killed."""
    killed = len(outcomes) - outcomes.count("survived")
    lines = ["# Mutation testing of the features", "", f"Tests: {', '.join(TESTS)}; seed {seed}.", ""]
    lines += [f"{killed} of {len(chosen)} mutants killed, {killed / len(chosen):.0%}; drawn at random from {total:,}."]
    for mutant, how in zip(chosen, outcomes):
        if how == "survived":
            lines += ["", f"`{mutant.module}`", "", "```diff", mutant.change, "```"]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=100, help="how many are drawn (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw (default %(default)s)")
    parser.add_argument("--cores", type=int, default=2, help="mutants at once (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="results file")
    given = parser.parse_args()
    chosen, total = drawn(given.seed, given.mutants)
    publish(report(chosen, run(chosen, given.cores), total, given.seed), given.output)


if __name__ == "__main__":
    main()
