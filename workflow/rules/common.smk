# The configuration in force, composed once, and what every rule takes from it.
import shlex
import sys
from dataclasses import replace
from pathlib import Path

# A checkout runs its own code; a workflow that was installed runs the package around it.
SOURCES = [str(path) for path in [Path(workflow.basedir) / "src"] if path.is_dir()]
sys.path[:0] = SOURCES

from lctransfer.workflow import dates, running, stage_code
from lctransfer.workflow.code_digest import ROOT as PACKAGE
from lctransfer.cli.compose import compose
from lctransfer.config import REFERENCE_FOLDER, to_json
from lctransfer.errors import LctransferError
from lctransfer.files import sha256
from lctransfer.transfer.folders import fraction_folder
from snakemake.exceptions import WorkflowError

CONFIG_DIRECTORY = Path(workflow.basedir) / "config"


def composed():
    """Return the Config of `--config 'hydra=[...]'`; a sentence instead of a traceback where it cannot be had."""
    others = sorted(set(config) - {"hydra"})
    if others:
        raise WorkflowError(
            f"--config takes only hydra, but got {', '.join(others)}. "
            f"""Write: --config 'hydra=["{others[0]}={config[others[0]]}"]'"""
        )
    overrides = config.get("hydra", [])
    if not isinstance(overrides, list):
        raise WorkflowError("""hydra must be a list of overrides: --config 'hydra=["experiment=smoke"]'""")
    try:
        return compose([str(item) for item in overrides], CONFIG_DIRECTORY)
    except LctransferError as error:
        raise WorkflowError(str(error)) from None


CONFIG = composed()
# Jobs parse this file too, under the lock of the run that they belong to.
left = running.clear_stale_lock(Path.cwd()) if workflow.is_main_process else None
if left:
    sys.stderr.write(f"lctransfer: {left}\n")
NAMED = [CONFIG.surveys[name] for name in [*CONFIG.sources, *CONFIG.targets]]
OWN_FILES = [path for survey in NAMED for path in (survey.table, survey.class_map, survey.labels)]
for path in filter(None, [*OWN_FILES, "" if CONFIG.report.reference == REFERENCE_FOLDER else CONFIG.report.reference]):
    if not Path(path).exists():
        raise WorkflowError(f"There is no file {path}, which the configuration names. Check the path.")
DATA = f"data/{CONFIG.archive.name}"
RESULTS = f"results/{CONFIG.experiment}"
if workflow.is_main_process and not left and (moved := dates.bring_back([Path(DATA), Path(RESULTS)])):
    sys.stderr.write(f"lctransfer: {moved}\n")
RUN = f"{shlex.quote(sys.executable)} -m lctransfer"
SIMULATED = CONFIG.archive.kind == "simulated"

# A plan says what the run will take; of an executor nothing is known yet while this is read.
if workflow.is_main_process and not SIMULATED and {"-n", "-np", "--dry-run", "--dryrun"} & set(sys.argv):
    from lctransfer.retrieve.listing import expected

    try:
        sys.stderr.write(f"{expected(CONFIG)}\n\n")
    except LctransferError as error:  # such as a mirror that is not there yet: a plan may be made without it
        sys.stderr.write(f"lctransfer: {error}\n")


def without(section, *keys):
    """Return a section as JSON without keys that a job has no use for: they are no part of its rerun key."""
    return to_json({key: value for key, value in vars(section).items() if key not in keys})


# Of the sweep, only what trains a strategy.
TRAINING = without(CONFIG.transfer, "fractions", "seeds", "strategies")


def contents(*paths):
    """Return the digests of files that a user has named: whatever their dates, another content is another input.

    Such files are no declared inputs, since Snakemake would take braces in their paths for wildcards.
    """
    named = [Path(path) for path in paths if path]
    files = [file for path in named for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return [sha256(file) for file in files if file.is_file()]


# What rules ask for is for some thousand light curves: the peaks of the experiment demo (at most 0.8 GB) with room to
# spare, and minutes that a loaded machine does not reach. profiles/ ask for more, for millions.
# One thread per job: many small jobs share the cores better than each job's threads would.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [*SOURCES, os.environ.get("PYTHONPATH")]))


wildcard_constraints:
    survey="[a-z0-9_]+",
    strategy="[a-z0-9_]+",
