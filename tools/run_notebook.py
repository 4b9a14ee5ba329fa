"""Run a notebook of the documentation from top to bottom in an empty folder, and keep what it shows: `make tutorial`.

What commands say beside their result (progress, notes) is left out, and so are dates, so that two runs differ in what
differs. The notebook keeps the digest of the code that was run, and the seconds that it took.
"""

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbclient
import nbformat

RAW = Path("data/live/raw")
LIMIT_S = 600
"""The page promises ten minutes."""


def digest(notebook: nbformat.NotebookNode) -> str:
    """Return the SHA-256 of the code of a notebook, spaces and lines apart, to know whether its outputs are of it."""
    code = ["".join(cell.source.split()) for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()


def run(notebook: nbformat.NotebookNode, raw: Path | None) -> None:
    """Execute a notebook in place, in an empty folder with the downloads of `raw`, if any."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as scratch:
        if raw:
            shutil.copytree(raw, Path(scratch) / RAW)
        begun = time.monotonic()
        resources = {"metadata": {"path": scratch}}
        nbclient.NotebookClient(notebook, timeout=LIMIT_S, resources=resources, record_timing=False).execute()
        notebook.metadata["lctransfer"] = {"code": digest(notebook), "seconds": round(time.monotonic() - begun)}


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Drop what commands say beside their result, and the version of the kernel; join what came in pieces."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            said = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
            cell.outputs = [output for output in cell.outputs if output.output_type != "stream"]
            cell.outputs[:0] = [nbformat.v4.new_output("stream", name="stdout", text=said)] if said else []
    notebook.metadata.get("language_info", {}).pop("version", None)


def main() -> None:
    """Run the notebook that is named, and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--raw", type=Path, help=f"a folder as {RAW}, with what is not to be downloaded again")
    arguments = parser.parse_args()
    notebook = nbformat.read(arguments.notebook, as_version=4)
    run(notebook, arguments.raw)
    tidy(notebook)
    nbformat.write(notebook, arguments.notebook)
    sys.stderr.write(f"{arguments.notebook}: {notebook.metadata['lctransfer']['seconds']} s\n")


if __name__ == "__main__":
    main()
