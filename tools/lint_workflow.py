"""Run `snakemake --lint`, and fail on everything that is not waived here with its reason."""

import re
import subprocess
import sys

WAIVED = {
    "Specify a conda environment or container": "one environment serves every rule: environment.yml",
    "Shell command directly uses variable RUN": "RUN only names the interpreter that runs Snakemake",
    "Environment variable PYTHONPATH": "PYTHONPATH is extended, and need not exist",
    "Mixed rules and functions": "a function that one rule's input needs stands beside that rule",
}


def findings(text: str) -> list[str]:
    """Return the lints that are not waived, each with the file or rule that it concerns."""
    found, place = [], ""
    for line in text.splitlines():
        if heading := re.match(r"Lints for (.*):$", line):
            place = heading[1]
        elif (lint := re.match(r"    \* (.*?):?$", line)) and not lint[1].startswith(tuple(WAIVED)):
            found.append(f"{place}: {lint[1]}")
    return found


def main() -> int:
    """Lint the Snakefile of the working directory."""
    done = subprocess.run([sys.executable, "-m", "snakemake", "--lint"], capture_output=True, text=True, check=False)
    text = done.stdout + done.stderr
    ran = done.returncode == 0 or "Lints for" in text
    found = findings(text) if ran else [text]
    sys.stderr.write("".join(f"snakemake --lint: {line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
