"""Puts the workflow and its configuration into the wheel, beside the package; all else is in pyproject."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
CARRIED = ("Snakefile", "workflow", "config", "profiles")


class WithWorkflow(build_py):
    """Copies the files of the workflow to ``lctransfer/workflow/files``."""

    def run(self) -> None:
        """Build as ever, then copy."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "lctransfer" / "workflow" / "files"
        shutil.rmtree(target, ignore_errors=True)
        for name in CARRIED:
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place)
            else:
                shutil.copy(ROOT / name, place)


setup(cmdclass={"build_py": WithWorkflow})
