"""Settings against their schema: types, ranges and choices by pydantic, and what is wrong in one sentence."""

import difflib
import json
import reprlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from functools import cache
from math import isfinite
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from lctransfer.errors import LctransferError

KINDS = {
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a text",
    "list_type": "a list, in square brackets",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
}
"""What pydantic calls a fault, and what had to be there."""


NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""A name that makes a folder."""
ADDRESS = r"^[!-~]{0,200}$"
"""A mail or web address, fit for the header of a request."""
PATTERNS = {
    NAME: "a name of letters, digits and - _ . that begins with a letter or digit",
    ADDRESS: "an address without blanks, of ASCII letters, at most 200",
}
"""What a text had to be."""


class Items(NamedTuple):
    """What holds for a list: how many items at least, and whether it may hold one twice."""

    least: int = 0
    repeats: bool = False


def key(
    default: Any,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple = (),
    pattern: str = "",
    items: Items = Items(),
) -> Any:
    """Return a dataclass field with its meaning and the values that it may take.

    Parameters
    ----------
    default : object
        A list or dict is copied.
    help : str
        What the key means.
    low, high : float, optional
        Limits, of each item of a list.
    choices : tuple
        What there is to choose from, for each item of a list.
    pattern : str
        Regular expression of a text.
    items : Items
        Of a list.
    """
    metadata = {"help": help, "low": low, "high": high, "choices": choices, "pattern": pattern, "items": items}
    if isinstance(default, list | dict):
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def validate(kind: type, values: Mapping[str, Any], prefix: str = "") -> None:
    """Refuse values that a section of the configuration cannot hold.

    Nothing is converted: ``"false"`` is a text and no truth value, ``2.5`` and ``2.0`` are no whole numbers.

    Parameters
    ----------
    kind : type
        A dataclass of `lctransfer.config`.
    values : mapping
        Values by key; keys left out take their defaults.
    prefix : str
        What comes before the keys in the sentence, such as ``transfer.``.

    Raises
    ------
    LctransferError
        Naming the key, its value and what is allowed.
    """
    from pydantic import ValidationError  # a third of a second, which a mere import shall not cost

    try:
        _model(kind).model_validate(_plain(values))
    except ValidationError as error:
        raise LctransferError(_sentence(error.errors()[0], kind, prefix)) from None


def _plain(value: Any) -> Any:
    """Return settings as Python would read them from JSON: numbers of NumPy, tuples and sections included."""
    if is_dataclass(value) or isinstance(value, Mapping):
        return {key: _plain(item) for key, item in (value if isinstance(value, Mapping) else vars(value)).items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value


@cache
def _model(kind: type) -> Any:
    """Return a section of the configuration as a pydantic model."""
    from pydantic import ConfigDict, create_model

    hints = get_type_hints(kind)
    strict = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())
    return create_model(
        kind.__name__, __config__=strict, **{item.name: _entry(hints[item.name], item) for item in fields(kind)}
    )


def _entry(hint: Any, item: Field) -> tuple[Any, Any]:
    """Return type and default of a key for pydantic; limits hold for each item of a list."""
    from pydantic import AfterValidator
    from pydantic import Field as Limits

    default = item.default if item.default is not MISSING else None
    if get_origin(hint) is dict:  # of anything: whoever uses it knows what it may hold
        held = get_args(hint)[1]
        return dict[str, _model(held) if is_dataclass(held) else held], default
    if is_dataclass(hint):
        return _model(hint), default
    allowed = item.metadata
    limits = [Limits(ge=allowed["low"], le=allowed["high"])] if allowed["low"] is not None else []
    limits += [AfterValidator(_one_of(allowed["choices"]))] if allowed["choices"] else []
    limits += [Limits(pattern=allowed["pattern"])] if allowed["pattern"] else []
    inner = get_args(hint)[0] if get_origin(hint) is list else hint
    limited = Annotated[(inner, *limits)] if limits else inner
    if inner is hint:
        return limited, default
    rule = allowed["items"]
    return Annotated[list[limited], Limits(min_length=rule.least), AfterValidator(_no_repeats(rule))], default


def _one_of(choices: tuple) -> Any:
    def among(value: Any) -> Any:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return value

    return among


def _no_repeats(rule: Items) -> Any:
    def once(values: list) -> list:
        again = [value for place, value in enumerate(values) if value in values[:place]]
        if again and not rule.repeats:
            raise ValueError(f"a list without repeats: {again[0]!r} stands there twice")
        return values

    return once


def _sentence(fault: Mapping[str, Any], kind: type, prefix: str) -> str:
    names = [part for part in fault["loc"] if isinstance(part, str)]
    if fault["type"] == "extra_forbidden":
        section = f"{prefix}{'.'.join(names[:-1])}".strip(".")
        near = difflib.get_close_matches(names[-1], [item.name for item in fields(_holder(kind, names[:-1]))], n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        return f"There is no key {names[-1]} in {section}{hint}."
    return f"{prefix}{'.'.join(names)} is {_shown(fault['input'])}, but must be {_wanted(fault)}."


def _holder(kind: type, names: list[str]) -> type:
    """Return the section in which a key was looked for."""
    for name in names:
        hint = get_type_hints(kind).get(name) if is_dataclass(kind) else None
        kind = get_args(hint)[1] if get_origin(hint) is dict else hint or kind
    return kind


def _wanted(fault: Mapping[str, Any]) -> str:
    context = fault.get("ctx", {})
    limit = next(
        (f"at {word} {context[key]:g}" for key, word in (("ge", "least"), ("le", "most")) if key in context), ""
    )
    if limit:
        return limit
    if fault["type"] == "too_short":
        return f"a list of at least {context['min_length']} item"
    if fault["type"] == "string_pattern_mismatch":
        return PATTERNS[context["pattern"]]
    return KINDS.get(fault["type"]) or str(context.get("error", fault["msg"]))


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return reprlib.repr(value)


def parse_json(text: str, *, finite: bool = True) -> Any:
    """Return the value of a JSON text, strictly: no key twice in an object, and no NaN or infinity if `finite`.

    Raises
    ------
    ValueError
        Saying what is wrong; `json.JSONDecodeError` is one.
    """
    try:
        numbers = {"parse_constant": _no_number, "parse_float": _finite} if finite else {}
        return json.loads(text, object_pairs_hook=_once, **numbers)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"it has the key {twice!r} twice")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:30]} is too large a number")
    return value
