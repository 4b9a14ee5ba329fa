"""Attacks on every door: files that run code, archives that break out, names that are scripts, servers, secrets.

Each attack leaves a canary if it succeeds: a file that only the attacker's code makes, or a value that should not be
there. A table says what was tried and what came of it; the status is 1 if anything succeeded. Nothing outside a
temporary folder is written to, nothing outside the loopback interface is asked.

    python benchmarks/attacks.py -o benchmarks/results/attacks.md

The dependencies' known faults and licences need other programs: `pip-audit -r requirements.txt` asks the advisory
service, and `--sbom FILE` writes a CycloneDX list of all installed packages with versions and licences.
"""

import argparse
import html
import json
import re
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

import attacks_by_files
import attacks_by_names
import attacks_on_surroundings
from attacking import ATTACKS
from publishing import publish

DOORS = (attacks_by_files, attacks_by_names, attacks_on_surroundings)
"""Modules that have registered their attacks."""


def sbom() -> dict[str, Any]:
    """Return the installed packages as a CycloneDX 1.5 document: names, versions, licences."""
    parts = {}
    for found in metadata.distributions():
        about, classifiers = found.metadata, found.metadata.get_all("Classifier") or []
        named = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License ::")]
        licence = (
            about.get("License-Expression") or ", ".join(named) or (about.get("License") or "").split("\n")[0][:80]
        )
        name = re.sub(r"[-_.]+", "-", about["Name"]).lower()
        part = {"type": "library", "name": name, "version": found.version, "purl": f"pkg:pypi/{name}@{found.version}"}
        parts[name] = part | {"licenses": [{"license": {"name": licence or "unknown"}}]}
    components = [parts[name] for name in sorted(parts)]
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}


def tried(what: str) -> tuple[bool, str]:
    """Return whether the software withstood an attack, and what happened."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return True, ATTACKS[what](Path(folder))
        except AssertionError as error:
            return False, f"SUCCEEDED: {error}"
        except Exception as error:  # an attack that could not be carried out is no pass
            return False, f"{type(error).__name__}: {error}"


def main() -> int:
    """Try all, print the table; return 1 if an attack succeeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--sbom", type=Path, help="write the installed packages with licences as CycloneDX here")
    arguments = parser.parse_args()
    outcomes = {what: tried(what) for what in ATTACKS}
    lines = [
        "# Attacks",
        "",
        "`python benchmarks/attacks.py`",
        "",
        "| attack | withstood | what happened |",
        "|---|---|---|",
    ]
    for what, (good, happened) in outcomes.items():
        text = html.escape(" ".join(happened.split())[:200]).replace("|", "\\|")
        lines.append(f"| {what} | {'yes' if good else 'NO'} | {text} |")
    if arguments.sbom:
        arguments.sbom.write_text(json.dumps(sbom(), indent=1) + "\n", encoding="utf-8")
    publish("\n".join(lines), arguments.output)
    return 0 if all(good for good, _ in outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
