"""What the probe found, what to do about it, and both as text and JSON."""

import json
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from lctransfer.surveys.base import RemoteFile

FINE = ("alive", "not there", "needs hand")
"""Results that are no alarm: a file that may be missing, one that nobody can fetch for you."""
ADVICE = {
    "moved": "Set {override} to where it lies now.",
    "gone": "Look for its new address, and set {override}.",
    "wrong type": "The address answers with a web page: look for the file behind it, and set {override}.",
    "changed format": "Compare with the collection's README; set {columns} if columns or words have changed.",
    "unknown words": "Say what the words mean: {words}.",
    "size changed": "If the new one is wanted, set archive.accept_changes=[{path}].",
    "no ranges": "Parts cannot be asked for: take the whole file (Hipparcos: surveys.hipparcos.collections=[whole]).",
    "refused": "The server denies access: try later, from elsewhere, or a mirror with {override}.",
    "redirect loop": "The address redirects in a circle: set {override}.",
    "bad certificate": "Do not trust it: check your clock and proxy, or use another address with {override}.",
    "damaged": "Try again; if it stays so, tell the archive, or use another address with {override}.",
    "unreachable": "Check the network and your proxy, and try again later; or name a folder or server that holds the "
    "files (archive.mirror, or of this collection alone {mirror}).",
    "needs hand": "{by_hand}",
}


@dataclass(frozen=True)
class Finding:
    """What a file's address answered: ``result`` (alive, not there, needs hand, or what is wrong), ``advice``."""

    survey: str
    collection: str
    path: str
    address: str
    result: str
    said: str = ""
    advice: str = ""
    bytes: int | None = None
    expected_bytes: int | None = None

    @property
    def fine(self) -> bool:
        """Whether nothing has to be done for a run to succeed."""
        return self.result in FINE


def advised(finding: Finding, file: RemoteFile, address: str = "") -> Finding:
    """Return a finding with what to do, in the words of the configuration."""
    name = file.path.rsplit("/", 1)[-1]
    address = address.removesuffix(name) if urlsplit(address).path.endswith(f"/{name}") else address
    at = f"surveys.{file.survey}.overrides={{{file.collection or 'COLLECTION'}:"
    places = {
        "override": f'{at}{{url:"{address or "https://..."}"}}}}',
        "mirror": f'{at}{{mirror:"https://..."}}}}',
        "columns": f"{at}{{columns:{{NAME:PLACE}}}}}}",
        "words": f"{at}{{words:{{WORD:CLASS}}}}}}",
        "path": file.path,
        "by_hand": file.by_hand,
    }
    return replace(finding, advice=ADVICE.get(finding.result, "").format(**places))


def table(findings: list[Finding]) -> str:
    """Return findings as text: one line each, those that need something done with what and how below."""
    widths = [max([len(getattr(one, name)) for one in findings] or [0]) for name in ("survey", "path", "result")]
    lines = []
    for one in findings:
        size = "" if one.bytes is None else f"{one.bytes:,} bytes"
        lines.append(
            "  ".join(
                [one.survey.ljust(widths[0]), one.path.ljust(widths[1]), one.result.ljust(widths[2]), size]
            ).rstrip()
        )
    wrong = [one for one in findings if one.result not in ("alive", "not there")]
    lines += ["", *(f"- {one.survey} {one.path}: {one.result}. {one.said} {one.advice}" for one in _once(wrong))]
    alarms = sum(not one.fine for one in findings)
    return "\n".join([*lines, "", f"{len(findings)} addresses, {alarms} of them with something to do."]) + "\n"


def _once(findings: list[Finding]) -> list[Finding]:
    """Return findings with one of each survey and host that does not answer: the advice is the same for all."""
    found: dict[tuple[str, ...], Finding] = {}
    for one in findings:
        silent = one.result == "unreachable"
        found.setdefault((one.survey, urlsplit(one.address).netloc) if silent else (one.survey, one.path), one)
    return list(found.values())


def as_json(findings: list[Finding]) -> str:
    """Return findings as JSON, to be attached to a report of a fault.

    ``verdict`` is the former name of ``result``, kept for one release.
    """
    return json.dumps([asdict(one) | {"verdict": one.result} for one in findings], indent=2) + "\n"
