"""Overrides as people type them: old names, paths of any characters, and values of the right type."""

import re
import sys
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from lctransfer.config import Config
from lctransfer.errors import LctransferError
from lctransfer.validate import validate

RENAMED = {"unlike": "novelty"}
"""Sections and groups under an older name, which are taken for one release."""
PLAIN = re.compile(r"(?!(true|false|nan|inf)$)[a-z_/][a-z0-9_./:@%+-]*|", re.ASCII | re.IGNORECASE)
"""Text that Hydra reads as it stands: not as a number, and without what its grammar has no place for."""


def prepare(overrides: list[str]) -> list[str]:
    """Return overrides that Hydra reads as they were meant.

    The value of a key that holds text, such as a path, is taken as it stands, whatever characters it has. Quotes
    around it, and interpolations (``${...}``), are left to Hydra.

    Raises
    ------
    LctransferError
        If a value is of another type than its key's; OmegaConf would convert some in silence.
    """
    prepared = [_quoted(_renamed(text)) for text in overrides]
    for text in prepared:
        _check_type(text)
    return prepared


def _renamed(text: str) -> str:
    match = re.match(r"([+~]*)(\w+)(?=[.=@])", text)
    if not match or match[2] not in RENAMED:
        return text
    new = RENAMED[match[2]]
    sys.stderr.write(f"lctransfer: {match[2]} is called {new} now; the old name goes with the next release.\n")
    return f"{match[1]}{new}{text[match.end() :]}"


def _quoted(text: str) -> str:
    name, equals, value = text.partition("=")
    if _hint(name.lstrip("+")) is not str or not equals or PLAIN.fullmatch(value):
        return text
    if "${" in value or (len(value) > 1 and value[0] == value[-1] and value[0] in "'\""):
        return text
    # In Hydra's grammar a backslash matters only before a quote.
    escaped = re.sub(r"(\\*)'", lambda found: f"{found[1]}{found[1]}\\'", value)
    trailing = len(escaped) - len(escaped.rstrip("\\"))
    return f"{name}='{escaped}{trailing * chr(92)}'"


def _check_type(text: str) -> None:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        override = OverridesParser.create().parse_override(text)
    except HydraException:
        raise LctransferError(
            f"The override {text} cannot be read: write key=value, lists as key=[1,2], and quote a value that holds "
            """any of = ( ) { } [ ] # , : 'key="a=b"'."""
        ) from None
    value: Any = override.value()
    dotted = override.key_or_group.split(".")
    hint = _hint(override.key_or_group)
    chosen = is_dataclass(hint) and isinstance(value, str)  # a file of a group
    if hint in (None, str) or chosen or override.is_sweep_override() or override.is_delete():
        return
    if not (isinstance(value, str) and "${" in value):
        for part in reversed(dotted):
            value = {part: value}
        validate(Config, value)


def _hint(name: str) -> Any:
    """Return the type of a key of the configuration; None where there is no such key."""
    hint: Any = Config
    for part in name.split("."):
        if get_origin(hint) is dict:
            hint = get_args(hint)[1]
        elif is_dataclass(hint):
            hint = get_type_hints(hint).get(part)
        else:
            return None
    return hint
