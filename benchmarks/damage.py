"""Damages of bytes and of JSON values, of which every kind of input takes its share."""

import copy
import json

import numpy as np

HUGE = 50_000
"""Characters of a huge line, and levels of a deep nesting."""
LONGEST_MESSAGE = 2000
"""Characters of a message that a person reads."""
VALUES = (None, True, 0, -1, 2**70, 1e308, "", "nan", "x" * 1000, [], {}, [[]], {"a": 1}, "\u03b1", -0.5, [1, "a"])
"""What takes the place of a value of JSON."""
HERE = "@@here@@"
RAW = ("NaN", "Infinity", "-Infinity", "1e999", "[" * HUGE, '{"a":' * HUGE, "9" * 5000, "01", "'x'", "")
"""Texts that are no JSON, or none that a program should take."""


def damage_bytes(body: bytes, rng: np.random.Generator) -> tuple[bytes, bool]:
    """Return damaged content, and whether nobody can tell from it what was there before."""
    at = int(rng.integers(len(body)))
    line = body.find(b"\n", at) + 1
    noise = bytes(rng.integers(0, 256, 20).astype(np.uint8))
    damaged = (
        (body[:at], True),
        (body[:at] + bytes([body[at] ^ int(rng.integers(1, 256))]) + body[at + 1 :], True),
        (body[:at] + noise + body[at:], True),
        (b"", False),
        (body.replace(b"\n", b"\r\n"), False),
        (b"\xef\xbb\xbf" + body, False),
        (body.decode("utf-8", errors="replace").encode("utf-16"), False),
        (body[:line] + b"#" * HUGE + b"\n" + body[line:], False),
    )
    return damaged[int(rng.integers(len(damaged)))]


def damage_json(value: object, rng: np.random.Generator) -> str:
    """Return the text of a JSON value of which one part is lost, doubled, renamed or something else."""
    value = copy.deepcopy(value)
    holder, key = _place(value, rng)
    if holder is None:
        return str(rng.choice(RAW))
    kind = str(rng.choice(["lost", "other", "raw", "renamed", "twice", "more"]))
    raw = str(rng.choice(RAW))
    if kind == "lost":
        del holder[key]
    elif kind == "other":
        holder[key] = VALUES[int(rng.integers(len(VALUES)))]
    elif kind == "renamed" and isinstance(holder, dict):
        holder[f"{key}x"] = holder.pop(key)
    elif kind == "twice" and isinstance(holder, dict):
        other = json.dumps(VALUES[int(rng.integers(len(VALUES)))])
        raw, holder[key] = f"{json.dumps(holder[key])}, {json.dumps(key)}: {other}", HERE
    elif kind == "raw":
        holder[key] = HERE
    elif isinstance(holder, list):
        holder.append(holder[key])
    else:
        holder["another"] = holder[key]
    return json.dumps(value).replace(json.dumps(HERE), raw)


def _place(value: object, rng: np.random.Generator) -> tuple[object, object]:
    """Return a container of a JSON value and a key in it, at any depth; None where there is none."""
    holder, key = None, None
    while isinstance(value, dict | list) and value:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        holder, key = value, keys[int(rng.integers(len(keys)))]
        value = holder[key]
        if rng.random() < 0.25:
            break
    return holder, key
