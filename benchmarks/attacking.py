"""What the attacks of `attacks.py` share: the register, and a verb that must end in a sentence."""

import io
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]

Attack = Callable[[Path], str]
"""Takes an empty folder; returns what happened, or raises AssertionError where the attack succeeded."""
ATTACKS: dict[str, Attack] = {}


def attack(what: str) -> Callable[[Attack], Attack]:
    """Register an attack under what it tries."""

    def registered(function: Attack) -> Attack:
        ATTACKS[what] = function
        return function

    return registered


def refusal(*command: str | Path) -> str:
    """Run a verb in this process; return what it says, which must be a sentence with status 2."""
    from contextlib import redirect_stderr

    from lctransfer.cli.main import main

    said = io.StringIO()
    with redirect_stderr(said):
        status = main([str(word) for word in command])
    assert status == 2, f"status {status}: {said.getvalue()[-300:]}"
    return said.getvalue().strip().splitlines()[-1][:160]
