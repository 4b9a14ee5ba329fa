"""Validate an RO-Crate by its profile without a network: python validate_crate.py FOLDER.

Runs in an environment of its own (`tests/validators.txt`), since the validator and the linter of imports want different
versions of one package. The context of RO-Crate 1.3, which `rocrate` brings, stands in for those of RO-Crate 1.1 and of
workflow runs; the two terms that it ties to other addresses are set to those of 1.1.
"""

import io
import json
import sys
from importlib.resources import files
from types import SimpleNamespace

from rdflib import parser
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

NEWER = json.loads((files("rocrate") / "data" / "ro-crate.jsonld").read_text())["@context"]
OLDER = {name: f"https://bioschemas.org/{name}" for name in ("ComputationalWorkflow", "FormalParameter")}
CONTEXT = json.dumps({"@context": NEWER | OLDER})
JSON_LD = {"Content-Type": "application/ld+json"}


class Answer(io.BytesIO):
    """What the library takes for the answer of a server."""

    code, headers = 200, JSON_LD

    def info(self):
        """Return the headers."""
        return self.headers

    def geturl(self):
        """Return the address."""
        return "https://w3id.org/ro/crate/1.1/context"


def main(folder: str) -> int:
    """Print every requirement that a crate does not meet; return 1 if there is any."""
    parser._urlopen = lambda request: Answer(CONTEXT.encode())
    HttpRequester.get = lambda *_, **__: SimpleNamespace(
        status_code=200, headers=JSON_LD, json=lambda: json.loads(CONTEXT), text=CONTEXT, content=CONTEXT.encode()
    )
    settings = services.ValidationSettings(
        rocrate_uri=folder, profile_identifier="workflow-run-crate", requirement_severity=models.Severity.REQUIRED
    )
    result = services.validate(settings)
    for issue in result.get_issues():
        sys.stdout.write(f"{issue.check.identifier}: {issue.message}\n")
    sys.stdout.write("failed\n" if result.has_issues() else "passed\n")
    return int(result.has_issues())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
