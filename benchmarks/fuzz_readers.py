"""Random and mutated lines through every reader: it must read what Python reads, or refuse with its own error.

Photometry: each line goes through the fast parser and through a slow, independent one (split, regular expression,
decimal arithmetic); an accepted row that differs, or a row that only one of them takes, is a silent wrong row.
Catalogues and other files: each text must be read or refused, nothing but `LctransferError` may be raised, and every
number of an accepted row must stand as such in the line.
"""

import argparse
import contextlib
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np

from lctransfer.errors import LctransferError
from lctransfer.surveys import (
    asas,
    asas_catalogue,
    asassn,
    asassn_catalogue,
    eros2,
    hipparcos,
    ogle,
    ogle_tables,
    richards2012,
    skypatrol,
    vizier,
)
from lctransfer.surveys.base import Star
from lctransfer.surveys.ogle_collections import BY_NAME
from lctransfer.surveys.rows import ANY, RowFormat, parse

ALPHABET = b"0123456789.+-eE> |,#:;\t\rabcNanINF\x00\xff"
PHOTOMETRY = {
    "ogle": (
        ogle.PHOTOMETRY,
        [b"2184.81184 17.946 0.027", b" 447.81184 17.946 0.027", b"2455262.50650 17.639 0.018"],
        ogle.ZERO_POINT,
    ),
    "eros2": (
        eros2.PHOTOMETRY,
        [b"   294.91026  14.877  0.029  15.299  0.035 ", b"   296.9  99.999  9.999  1.0 1.0"],
        eros2.ZERO_POINT,
    ),
    "asas": (
        asas.PHOTOMETRY,
        [b"   2140.58808  5.114  5.720  5.352  5.216  5.130    0.039 0.057 0.036 0.032 0.036  A 30163"],
        asas.ZERO_POINT,
    ),
    "hipparcos": (
        hipparcos.PHOTOMETRY,
        [b"7913.40571| 7.6543|0.012|  0", b"7913.40571|10.6543|0.012|440"],
        hipparcos.ZERO_POINT,
    ),
    "asassn": (asassn.PHOTOMETRY, [b"2457078.14729 12.529 0.014 37.357 0.481"], 0),
    "richards2012": (richards2012.PHOTOMETRY, [b"1868.57131,11.769,0.024"], richards2012.ZERO_POINT),
}
HEADS = {
    "eros2 catalogue": "| EROSID | RA | Dec | Period | VARIABLE_CLASS |\n",
    "asassn catalogue": "asassn_name,raj2000,dej2000,period,variable_type,gdr2_id\n",
    "vizier table": "_RAJ2000\t_DEJ2000\n",
    "sky patrol csv": "hjd,camera,mag,mag_err,flux,flux_err\n",
}
ANY_TABLE = vizier.VizierTable("any", ("_RAJ2000", "_DEJ2000"), "no paper")


def positions(text: str) -> list[Star]:
    """Read a table of positions as stars, so that it is judged like the catalogues."""
    table = vizier.parse(text.encode("latin-1"), ANY_TABLE, "tsv")
    return [Star("", None, ra, dec) for ra, dec in zip(*vizier.positions(table, ANY_TABLE.columns, "tsv"))]


def epochs(text: str) -> list[Star]:
    """Read a light curve as stars, whose numbers are those of its epochs."""
    bands = skypatrol.read(text.encode("latin-1"), "csv")
    return [Star("", None, *numbers) for columns in bands.values() for numbers in zip(*columns)]


CATALOGUES: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "ogle ident.dat": (
        lambda text: ogle_tables.read_ident(text, BY_NAME["ogle4/lmc/cep"], "ident.dat"),
        ["OGLE-LMC-CEP-0001       1O  04:30:57.72 -69:03:37.4  LMC546.19.3065   LMC156.5.186                    "],
    ),
    "ogle parameters": (
        lambda text: [Star(*item) for item in ogle_tables.read_periods(text, "cepF.dat").items()],
        ["OGLE-LMC-CEP-0002  15.691 16.420   3.1181490 0.0000109  6000.34799  0.261  0.295 4.645  0.093 3.004"],
    ),
    "eros2 catalogue": (
        lambda text: eros2.read_catalogue(text, "cat"),
        ["| lm0010k3978    | 79.88393   | -69.07961   | 1.2749849441     | CEPH_F            |"],
    ),
    "asas catalogue": (
        lambda text: asas_catalogue.read_catalogue(text, "ACVS"),
        ["000030-3937.5 2.5545 1870.98 10.79 1.22 ED - - - - - - - - - - - - - - -"],
    ),
    "hipparcos catalogue": (
        lambda text: hipparcos.read_catalogue(text, "hip_va_1.dat"),
        [f"{7:6d}                  EA{9.64:14.3f}{1.2345678:28.7f}"],
    ),
    "hipparcos index": (lambda text: list(hipparcos.parse_index(text, "hep.gz.idx")), ["7=12345"]),
    "asassn catalogue": (
        lambda text: asassn_catalogue.read_catalogue(text, "csv"),
        ["ASASSN-V J235959.33+532742.6,359.99721,53.46183,0.5,RRAB,2923425723485725824"],
    ),
    "vizier table": (positions, ["079.123400\t-69.500000"]),
    "sky patrol csv": (
        epochs,
        ["2458393.50283,ba,13.133,0.020,0.07700,0.04100", "2458393.50283,bH,>18.133,99.99,-0.07700,0.04100"],
    ),
}
SLOW_READERS = ("vizier table", "sky patrol csv")
"""A table at a time goes through pandas or astropy, which takes milliseconds: a hundredth of the lines will do."""


def mutated(line: bytes, rng: random.Random) -> bytes:
    """Return a line with a few bytes changed, removed, inserted or swapped, or a random one."""
    if rng.random() < 0.05:
        return bytes(rng.choice(ALPHABET) for _ in range(rng.randrange(60))).replace(b"\n", b"")
    text = bytearray(line)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
        at = rng.randrange(len(text) + 1)
        action = rng.randrange(5)
        if action == 0:
            text[at:at] = bytes([rng.choice(ALPHABET)])
        elif action == 1:
            del text[at : at + 1]
        elif action == 2:
            text[at : at + 1] = bytes([rng.choice(ALPHABET)])
        elif action == 3:
            del text[at:]
        else:
            other = rng.randrange(len(text) + 1)
            text[at : at + 2] = text[other : other + 2]
    return bytes(text)


NUMBER = re.compile(r"[+-]?(\d*)(?:\.(\d*))?")


def slow(line: bytes, form: RowFormat, zero_point: int) -> list[float] | None:
    """Read one row without the fast parser: the numbers, [] for a line to pass over, None for a bad one."""
    text = line.decode("latin-1")
    if (form.comment and text.startswith(form.comment)) or not text.strip(" \r"):
        return []
    blanks = " " + form.separator
    cells = [(found.group(), found.end()) for found in re.finditer(rf"[^{re.escape(blanks)}\r]+", text)]
    # A carriage return ends the row.
    before_return = text.lstrip(blanks).find("\r")
    limit = len(text) if before_return < 0 else text.index("\r", len(text) - len(text.lstrip(blanks)))
    cells = [cell for cell in cells if cell[1] <= limit]
    if len(cells) < len(form.columns):
        return None
    values, end = [], 0
    for number, (column, (cell, stop)) in enumerate(zip(form.columns, cells)):
        if column.letter:
            if len(cell) != 1:
                return None
            values.append(float(ord(cell)))
        else:
            found = NUMBER.fullmatch(cell)
            digits = len((found[1] or "") + (found[2] or "")) if found else 0
            if not found or not 1 <= digits <= 18 or column.decimals not in (ANY, len(found[2] or "")):
                return None
            # Exactly, so that the sum is rounded once.
            exact = Decimal(cell) + (zero_point if number == 0 and Decimal(cell) < 2_400_000 else 0)
            values.append(float(exact) if exact else float(cell))
        width = len(column.lead) + column.width
        if form.fixed and number and not column.free and stop - end != width:
            return None
        end = stop
    return values


def fuzz_photometry(name: str, lines: int, rng: random.Random) -> Counter:
    """Compare both parsers on so many lines, each a file of its own."""
    form, seeds, zero_point = PHOTOMETRY[name]
    counts: Counter = Counter()
    head = b"#\n" * form.skip
    for batch in _groups(lines):
        texts = [mutated(rng.choice(seeds), rng) for _ in range(batch)]
        parsed = parse([head + text for text in texts], form, zero_point)
        for i, text in enumerate(texts):
            rows = parsed.values[parsed.offsets[i] : parsed.offsets[i + 1]].tolist()
            wanted = slow(text, form, zero_point)
            if wanted is None:
                outcome = "refused" if parsed.errors[i, 0] else "WRONG: taken, though bad"
            elif parsed.errors[i, 0]:
                outcome = "WRONG: refused, though good"
            else:
                same = rows == ([wanted] if wanted else []) or _one_ulp(rows, wanted)
                outcome = "read" if same else "WRONG: another value"
            counts[outcome] += 1
            if outcome.startswith("WRONG"):
                counts[f"such as {text!r}"] = 1
    return counts


def _one_ulp(rows: list[list[float]], wanted: list[float]) -> bool:
    """Allow the last bit where a number has more than 15 digits."""
    return len(rows) == 1 and bool(np.all(np.abs(np.subtract(rows[0], wanted)) <= np.spacing(np.abs(wanted))))


def fuzz_catalogue(name: str, lines: int, rng: random.Random) -> Counter:
    """Read so many mutated rows, each as a catalogue of its own; only our own error may come."""
    reader, seeds = CATALOGUES[name]
    counts: Counter = Counter()
    for _ in range(lines):
        line = mutated(rng.choice(seeds).encode(), rng).decode("latin-1")
        text = HEADS.get(name, "") + line
        try:
            outcome = reader(text)
        except LctransferError:
            counts["refused"] += 1
        except Exception as error:
            counts[f"WRONG: {type(error).__name__}"] += 1
            counts[f"such as {text!r}"] = 1
        else:
            stars, bad = outcome if isinstance(outcome, tuple) else (outcome, [])
            invented = [star for star in stars if isinstance(star, Star) and not said(star, line)]
            counts["WRONG: a number that no line holds" if invented else "refused" if bad else "read"] += 1
            if invented:
                counts[f"such as {line!r}: {invented[0]}"] = 1
    return counts


def said(star: Star, line: str) -> bool:
    """Tell whether every number of a star stands in its line, as such or as a sexagesimal position."""
    cells = set()
    for cell in re.split(r"[\s|,;]+", line):
        with contextlib.suppress(ValueError):
            cells.add(float(cell))
    numbers = [x for x in star[2:5] if x is not None] + [x for x in star[1:2] if isinstance(x, float)]
    return all(number in cells or _sexagesimal(number, line) for number in numbers)


def _sexagesimal(number: float, line: str) -> bool:
    """Tell whether the digits of a position stand in the line in some sexagesimal form."""
    triples = re.findall(r"(?=(\d\d?)[: ]? ?(\d\d?)[: ]? ?(\d\d?(?:\.\d+)?))", line)
    values = [int(a) + int(b) / 60 + float(c or 0) / 3600 for a, b, c in triples]
    minutes = [int(a) + float(b) / 60 for a, b in re.findall(r"(?=(\d\d)(\d\d\.\d))", line)]
    return any(abs(abs(number) - scale * value) < 1e-9 for value in values + minutes for scale in (1, 15))


def _groups(lines: int, size: int = 5000) -> Iterator[int]:
    while lines > 0:
        yield min(size, lines)
        lines -= size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--lines", type=int, default=1_000_000, help="lines per photometry reader (default %(default)s)"
    )
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="lines per reader of other files (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, help="write the table here as well")
    arguments = parser.parse_args()
    report = ["| reader | lines | read | refused | wrong | s |", "|---|---|---|---|---|---|"]
    wrong = 0
    jobs = [(name, fuzz_photometry, arguments.lines) for name in PHOTOMETRY]
    jobs += [(n, fuzz_catalogue, arguments.rows // (100 if n in SLOW_READERS else 1)) for n in CATALOGUES]
    for name, fuzz, lines in jobs:
        start = time.process_time()
        counts = fuzz(name, lines, random.Random(f"{arguments.seed} {name}"))
        bad = sum(count for outcome, count in counts.items() if outcome.startswith("WRONG"))
        wrong += bad
        spent = time.process_time() - start
        report.append(f"| {name} | {lines} | {counts['read']} | {counts['refused']} | {bad} | {spent:.0f} |")
        print(
            report[-1],
            *[f"\n  {outcome}" for outcome in counts if outcome.startswith(("WRONG", "such"))][:8],
            flush=True,
        )
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text("\n".join(report) + "\n")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
