"""Fixtures that every test may use."""

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import untraced

# The processes of pytest-xdist share the cores, as the jobs of the workflow do: threads of one beside those of another
# wait for each other, which took three times the CPU. Set before numpy and torch are loaded, which read it.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


def pytest_collection() -> None:
    """Load the modules fast: collect garbage less often, as `lctransfer.__main__` does, and measure only our lines."""
    gc.set_threshold(10_000)
    untraced.install()


def pytest_collection_finish() -> None:
    """Leave what is loaded out of garbage collection, which took 7% of the time of report's and classifier's tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in a hook of the same name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and the tests of the smoke experiment too, so that it runs once.

    Whole experiments go first: one that starts last keeps one core busy while the other waits.
    """
    items.sort(key=lambda item: not ("snakemake" in getattr(item, "fixturenames", ()) or "end_to_end" in item.nodeid))
    for item in items:
        shares = "smoke" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("smoke" if shares else item.nodeid.partition("::")[0]))


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let Ctrl-C reach tests and their processes as in a terminal: a run in the background is told to ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def libraries_without_coverage() -> None:
    """Stop measuring while Matplotlib draws and Hydra composes."""
    from hydra._internal.hydra import Hydra
    from matplotlib.figure import Figure  # loads numpy, which must not come before the variables above

    untraced.hide(Figure, "savefig", "draw_without_rendering", "subplots")
    untraced.hide(Hydra, "compose_config")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real light curves and native files; skip where this machine has none."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real light curves at {SHARED_DATA}: try python benchmarks/fetch_real_tables.py")
    return SHARED_DATA


@pytest.fixture(scope="session")
def snakemake() -> Callable[..., subprocess.CompletedProcess]:
    """Return a function that runs Snakemake in a folder of its own, with Hydra overrides."""

    def run(
        directory: Path,
        *overrides: str,
        flags: tuple[str, ...] = (),
        environment: dict[str, str] | None = None,
        snakefile: Path = REPOSITORY / "Snakefile",
    ) -> subprocess.CompletedProcess:
        return subprocess.run(
            snakemake_command(directory, *overrides, flags=flags, snakefile=snakefile),
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
            env={**os.environ, **(environment or {})},
        )

    return run


def snakemake_command(
    directory: Path, *overrides: str, flags: tuple[str, ...] = (), snakefile: Path = REPOSITORY / "Snakefile"
) -> list[str]:
    """Return the command line of a Snakemake run in `directory`."""
    program = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile)]
    return [
        *program,
        "--directory",
        str(directory),
        "--cores",
        "2",
        *flags,
        "--config",
        f"hydra={json.dumps(overrides)}",
    ]


@pytest.fixture(scope="session")
def smoke(tmp_path_factory, snakemake) -> Path:
    """Return the folder in which the smoke experiment has run from end to end; nobody may change it.

    ``LCTRANSFER_SMOKE`` may name a folder to keep between test runs: what an edit concerns runs again, and no more.
    """
    kept = os.environ.get("LCTRANSFER_SMOKE")
    directory = Path(kept) if kept else tmp_path_factory.mktemp("smoke")
    done = snakemake(directory, "experiment=smoke", environment=tracing(directory / "trace"))
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


def tracing(folder: Path) -> dict[str, str]:
    """Return the environment in which each Python process writes down what it loads; see tests/tracing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(Path(__file__).with_name("tracing")), os.environ.get("PYTHONPATH", "")])
    root = f"{REPOSITORY / 'src' / 'lctransfer'}{os.sep}"
    return {"PYTHONPATH": path, "LCTRANSFER_TRACE": str(folder), "LCTRANSFER_ROOT": root}
