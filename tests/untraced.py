"""Coverage is not measured inside the libraries that make most of the calls: none of the lines there is ours.

It looks at each call that Python makes, whosever it is. With it the tests' processes took half as long again.
"""

import builtins
import functools
import sys
from collections.abc import Callable
from importlib.metadata import packages_distributions


def install() -> None:
    """Stop measuring while an installed library is loaded; `hide` does the same for single functions.

    What is no library, such as a benchmark that a test imports, may load this package, whose lines count.
    """
    libraries = {*sys.stdlib_module_names, *packages_distributions()} - {"lctransfer"}
    load = builtins.__import__
    unseen = untraced(load)

    def imported(name: str, *rest: object, **named: object) -> object:
        hidden = name.partition(".")[0] in libraries and name not in sys.modules
        return (unseen if hidden else load)(name, *rest, **named)

    builtins.__import__ = imported


def hide(owner: type, *names: str) -> None:
    """Stop measuring while one of a class's methods runs."""
    for name in names:
        setattr(owner, name, untraced(getattr(owner, name)))


def untraced(function: Callable[..., object]) -> Callable[..., object]:
    """Return a function that does the same, but for being measured."""

    @functools.wraps(function)
    def called(*arguments: object, **options: object) -> object:
        tracer = sys.gettrace()
        if tracer is None:
            return function(*arguments, **options)
        sys.settrace(None)
        try:
            return function(*arguments, **options)
        finally:
            sys.settrace(tracer)

    return called
