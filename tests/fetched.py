"""What the contract tests retrieve from the loopback archive."""

from pathlib import Path
from typing import Any

from loopback import Server

from lctransfer.config import Archive
from lctransfer.files import read_json
from lctransfer.retrieve import retrieve


def live(host: Server) -> Archive:
    """Return the settings of a live archive, mirrored by the server."""
    return Archive(name="live", kind="live", mirror=host.address, timeout_s=5.0, attempts=1)


def fetch(host: Server, folder: Path, survey: str, *collections: str, overrides: Any = None) -> dict[str, Any]:
    """Retrieve a survey into ``folder/raw``; return what the manifest says."""
    retrieve(survey, live(host), list(collections), folder / "raw", folder / "raw.json", overrides)
    return read_json(folder / "raw.json")
