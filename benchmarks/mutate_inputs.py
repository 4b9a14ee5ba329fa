"""Damaged tables of every form: read right, flagged or refused, never a traceback and never a silently wrong row.

Each case takes two simulated stars in one of the forms, damages one thing, and reads the table. What may come out:

- refused: an `LctransferError`;
- read: every light curve that was not touched is as before; a touched one holds only epochs that it had before, and
  what it lost is counted in ``read_dropped`` or in the account, or the row is flagged.

Anything else is a failure: a traceback, an epoch that was not there, or a loss that nothing tells.

Labels, class maps, settings, kept models and tables of features (``--kind labels``...) are damaged by `mutate_texts`
and `mutate_models`.

Usage: ``python benchmarks/mutate_inputs.py --cases 100000 --seed 0``.
"""

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from containers import as_text, put_into
from small_forms import FORMS, stars

from lctransfer.errors import LctransferError
from lctransfer.table.canonical import Reading
from lctransfer.table.reading import read

HANG_SECONDS = 30
"""Reading that takes longer counts as a failure: the alarm ends it with an exception that nothing catches."""
SENTINELS = (99.99, 99.999, -99.0, -999.0, 9999.0, 29.999, float("nan"), float("inf"), -float("inf"), 1e30, -17.1)
TEXTS = ("", "nan", "null", "--", "<16.5", "12,3", "faint", "1e999", "0x1F", "1.2.3", "\u221212.1", "12.1 mag", "True")
TIMES = ("mjd", "hmjd", "jd", "g_transit_time", "midpointMjdTai", "time", "###MJD", "JD", "bands_data.r.mjd")
LIKE_TIMES = ("-17.1", "29.999", "99.99", "99.999", "-99.0", "9999.0", "-999.0")
"""Of these, what is as good a time as others where the zero point is near."""
WORDS = ("source_id", "time", "mag", "mag_err", "x", "band", "", "Mag Err", "flux", "label")


TEXT_FORMS = ("rows", "gaia_dr3", "gaia_dr3_long", "asassn", "asassn_web", "atlas")
LIST_CONTAINERS = ("Arrow", "Arrow", "Parquet", "feather", "nested Parquet")
ROW_CONTAINERS = ("Arrow", "Parquet", "feather", "text", "text", "text", "gzip", "folder", "ECSV", "FITS", "VOTable")


def damage_value(columns: dict, rng: np.random.Generator) -> None:
    """Put a sentinel, a null or a text in the place of one value."""
    name = rng.choice(list(columns))
    row = int(rng.integers(len(columns[name])))
    values = columns[name]
    new = rng.choice([*map(str, SENTINELS), "null"])
    if name in TIMES and new in (LIKE_TIMES if name in ("g_transit_time", "time") else LIKE_TIMES[:2]):
        new = "null"
    if name == "flux" and "cadenceno" in columns and new in ("29.999", "99.99", "99.999"):
        new = "null"  # among relative fluxes of a thousand, these are fluxes
    value = None if new == "null" else float(new)
    if isinstance(values[row], list):
        values[row] = list(values[row])
        values[row][int(rng.integers(len(values[row])))] = value
    elif isinstance(values[row], str):
        values[row] = rng.choice([None, "", "nan", " ", "x" * 300, "\u03b1"])
    else:
        values[row] = value


def damage_list(columns: dict, rng: np.random.Generator) -> None:
    """Shorten, lengthen, empty or lose a list, or a row of scalars."""
    name = rng.choice(list(columns))
    row = int(rng.integers(len(columns[name])))
    if not isinstance(columns[name][row], list):
        columns[name][row] = None
        return
    whole = columns[name][row]
    columns[name][row] = [whole[:-1], [], None, [*whole, whole[-1]]][int(rng.integers(4))]


def damage_column(columns: dict, rng: np.random.Generator) -> None:
    """Drop, rename or double a column, or turn it into text, float or nothing."""
    name = str(rng.choice(list(columns)))
    kind = int(rng.integers(6))
    if kind == 0:
        del columns[name]
    elif kind == 1:
        columns[str(rng.choice(WORDS))] = columns.pop(name)
    elif kind == 2:
        columns.setdefault(str(rng.choice(WORDS)), list(columns[name]))
    elif kind == 3:
        columns[name] = [None] * len(columns[name])
    elif kind == 4:
        columns[name] = [[str(v) for v in one] if isinstance(one, list) else str(one) for one in columns[name]]
    else:
        columns[name] = [float(one) if isinstance(one, str) and one.isdigit() else one for one in columns[name]]


def damage_order(columns: dict, rng: np.random.Generator) -> None:
    """Put the rows in another order, or repeat some."""
    length = len(next(iter(columns.values())))
    order = rng.permutation(length) if rng.random() < 0.5 else np.sort(rng.integers(0, length, length))
    for name in columns:
        columns[name] = [columns[name][i] for i in order]


DAMAGES = (damage_value, damage_value, damage_list, damage_column, damage_order)


def damage_text(text: str, rng: np.random.Generator) -> bytes:
    """Damage a text file: a field, a line, the end, the encoding."""
    lines = text.splitlines()
    at = int(rng.integers(1, len(lines)))
    kind = int(rng.integers(6))
    fields = lines[at].split(",")
    if kind == 0:
        fields[int(rng.integers(len(fields)))] = str(rng.choice(TEXTS))
        lines[at] = ",".join(fields)
    elif kind == 1:
        lines[at] = lines[at][: int(rng.integers(1, len(lines[at])))]
    elif kind == 2:
        lines.insert(at, str(rng.choice(["", "# a comment", ",,,", "\u00e9\u00e9", '"', lines[0]])))
    elif kind == 3:
        return text[: int(rng.integers(len(lines[0]) + 2, len(text)))].encode()
    elif kind == 4:
        body = bytearray(text.encode())
        body[int(rng.integers(len(body)))] = int(rng.integers(1, 256))
        return bytes(body)
    else:
        lines[0] = lines[0].replace(",", ";", 1)
    return "\r\n".join(lines).encode()


def reference(columns: dict) -> dict[str, set]:
    """Return the epochs of each source of an undamaged table, rounded."""
    return {row["source_id"]: _epochs(row) for row in read(pa.table(columns), Reading())[0].to_pylist()}


def _epochs(row: dict) -> set:
    return {(round(t, 4), round(m, 3)) for t, m in zip(row["time"], row["mag"])}


def judge(source: object, expected: dict[str, set], *, byte_flip: bool = False) -> str:
    """Return what came of reading: read, refused, or what went wrong."""
    signal.alarm(HANG_SECONDS)
    try:
        table, account = read(source, Reading())
    except LctransferError:
        return "refused"
    except Exception as error:
        return f"TRACEBACK {type(error).__name__}: {str(error)[:120]}"
    finally:
        signal.alarm(0)
    known = set().union(*expected.values())
    told = bool(account.dropped or account.flagged or account.notes)
    everywhere = set().union(*(_epochs(row) for row in table.to_pylist()))
    for row in table.to_pylist():
        found = _epochs(row)
        strange = found - known
        if strange and not byte_flip:
            return f"WRONG epoch {sorted(strange)[0]}"
        mine = expected.get(row["source_id"])
        if mine is None or byte_flip or row["read_flag"] or told:
            continue
        # Epochs under another name are not lost: nobody can tell that an identifier was mistyped.
        if len(mine - everywhere) > row["read_dropped"]:
            return "LOST epochs that nothing tells of"
    return "read"


def one_case(rng: np.random.Generator, folder: Path) -> tuple[str, str, bytes | dict]:
    """Return the form and what holds it, what came of it, and the damaged input."""
    form = str(rng.choice(list(FORMS)))
    two = stars(rng)
    columns = FORMS[form](two)
    expected = reference({name: list(values) for name, values in columns.items()})
    kind = str(rng.choice(ROW_CONTAINERS if form in TEXT_FORMS else LIST_CONTAINERS))
    if kind == "folder" and form.startswith("gaia"):  # without source_id it is no longer Gaia's form
        kind = "text"
    if kind == "text":
        before = as_text(columns, "," if form != "atlas" else " ")
        body = damage_text(before, rng)
        (folder / "damaged.csv").write_bytes(body)
        # A digit that became another, or a number that was cut short, is a number that nobody can tell is wrong.
        blind = len(body) == len(before.encode()) or before.encode().startswith(body) or _is_cut(body, before)
        return f"{form} as text", judge(folder / "damaged.csv", expected, byte_flip=blind), body
    names = set(columns)
    DAMAGES[int(rng.integers(len(DAMAGES)))](columns, rng)
    try:
        source = put_into(kind, columns, folder)
    except (pa.ArrowException, ValueError, TypeError, OSError):
        return f"{form} as {kind}", "no table", columns
    # A column that means something else now (time as magnitudes) may look plausible: it is read or refused.
    blind = set(columns) != names
    if isinstance(source, Path) and source.is_file() and rng.random() < 0.4:
        blind = damage_bytes(source, rng) or blind
    return f"{form} as {kind}", judge(source, expected, byte_flip=blind), columns


def damage_bytes(path: Path, rng: np.random.Generator) -> bool:
    """Cut a file short, or change a byte; tell whether values may have changed that nobody can tell are wrong."""
    body = bytearray(path.read_bytes())
    if rng.random() < 0.5:
        path.write_bytes(body[: int(rng.integers(len(body)))])
        return True
    body[int(rng.integers(len(body)))] = int(rng.integers(256))
    path.write_bytes(body)
    return True


def _is_cut(body: bytes, before: str) -> bool:
    whole = set(before.encode().splitlines())
    return any(line and line not in whole and any(one.startswith(line) for one in whole) for line in body.splitlines())


def _too_long(*_: object) -> None:
    raise TimeoutError(f"no answer within {HANG_SECONDS} s")


def guarded(case: Callable[[], tuple[str, str, object]]) -> tuple[str, str, object]:
    """Return what a case returns, or that it raised something else than an `LctransferError`, or never ended."""
    signal.alarm(HANG_SECONDS)
    try:
        return case()
    except Exception as error:
        ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "/lctransfer/" in frame.filename]
        where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].line}" if ours else "none of ours"
        return "?", f"TRACEBACK {where}: {type(error).__name__}: {str(error)[:120]}", ""
    finally:
        signal.alarm(0)


def cases_of(kind: str, folder: Path) -> Callable[[np.random.Generator], tuple[str, str, object]]:
    """Return the function that makes a case of a kind of input."""
    if kind == "tables":
        return lambda rng: one_case(rng, folder)
    import mutate_models
    import mutate_stores
    import mutate_texts

    kinds = {
        "labels": mutate_texts.LabelFiles,
        "class_maps": mutate_texts.ClassMaps,
        "settings": mutate_texts.Settings,
        "models": mutate_models.Models,
        "features": mutate_models.FeatureTables,
        "stores": mutate_stores.Stores,
    }
    made = kinds[kind](folder)
    return lambda rng: guarded(lambda: made.case(rng))


def run(given: argparse.Namespace, folder: Path) -> tuple[Counter, dict[str, object]]:
    """Return how often each outcome was, and one example of each failure."""
    signal.signal(signal.SIGALRM, _too_long)
    found: Counter = Counter()
    failures: dict[str, object] = {}
    case, start = cases_of(given.kind, folder), time.perf_counter()
    for number in range(given.first, given.first + given.cases):
        if time.perf_counter() - start > given.seconds:
            break
        form, outcome, damaged = case(np.random.default_rng([given.seed, number]))
        kind = outcome.split(" ")[0]
        found[form, kind] += 1
        if kind.isupper() and f"{form} {outcome[:90]}" not in failures:
            failures[f"{form} {outcome[:90]}"] = (number, outcome, str(damaged)[:300])
    return found, failures


def main() -> None:
    """Run the cases and print what came of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--kind", default="tables", help="tables, labels, class_maps, settings, models, features or stores"
    )
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--first", type=int, default=0, help="number of the first case")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long, and count")
    given = options.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        found, failures = run(given, Path(folder))
    print(pd.Series(found).unstack(fill_value=0).to_string())
    print(f"{found.total()} cases in {time.perf_counter() - start:.0f} s; {len(failures)} kinds of failure")
    for name, what in list(failures.items())[:20]:
        print(name, what)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
