"""Passwords and tokens in addresses: kept out of messages, logs, results and MLflow."""

import re
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from typing import Any

from lctransfer.errors import LctransferError

USER = re.compile(r"(?<=://)[^/\s@'\"]+@")
PASSWORD = re.compile(r"://[^/\s@'\"]*:[^/\s@'\"]+@")
QUERY = re.compile(r"([?&][\w.-]*(?:token|key|secret|passw(?:or)?d|sig(?:nature)?)=)[^&\s'\"#]+", re.IGNORECASE)


def hide(text: str) -> str:
    """Return a text in which ``***`` stands for user, password and tokens of addresses.

    >>> hide("No server answers at https://me:pass@host/path?token=abc&page=2")
    'No server answers at https://***@host/path?token=***&page=2'
    """
    return QUERY.sub(r"\1***", USER.sub("***@", text))


def hide_all(value: Any) -> Any:
    """Return lists and dicts, at any depth, with `hide` applied to their texts."""
    if isinstance(value, dict):
        return {key: hide_all(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [hide_all(one) for one in value]
    return hide(value) if isinstance(value, str) else value


def refuse_passwords(config: Any) -> None:
    """Refuse a configuration that holds a password: each job's command, log and record would repeat it.

    Parameters
    ----------
    config : dataclass
        With sections, dicts and lists at any depth.

    Raises
    ------
    LctransferError
        Naming the key, without the password, and where a password belongs.
    """
    for name, text in _texts(config, ""):
        if PASSWORD.search(text):
            raise LctransferError(
                f"{name}={hide(text)} holds a password, which logs and results would repeat. Take it out; MLflow "
                "servers read MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, PostgreSQL reads PGPASSWORD, and "
                "a mirror behind a password can be copied to a folder first."
            )


def _texts(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield dotted key and text of all texts."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, str):
        yield name, value
    for key, one in value.items() if isinstance(value, dict) else []:
        yield from _texts(one, f"{name}.{key}".lstrip("."))
    for one in value if isinstance(value, list | tuple) else []:
        yield from _texts(one, name)
