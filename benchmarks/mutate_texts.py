"""Damaged texts beside the light curves: files of labels, class maps, and settings.

Each kind is a class with what is good (`__init__`), and `case`, which damages one thing and reads it by the shortest
way that a verb takes. What comes out is refused, or the same, or told; else it is a failure.
"""

import gzip
import json
from argparse import ArgumentTypeError
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from damage import HUGE, LONGEST_MESSAGE, damage_bytes, damage_json

from lctransfer import config
from lctransfer.cli.arguments import section
from lctransfer.errors import LctransferError
from lctransfer.table.canonical import Reading
from lctransfer.table.class_map import classes_of, read_class_map
from lctransfer.table.reading import read

REFUSED, SAME, TOLD = "refused", "read", "told"
GOOD = {"RRAB": "RRL_ab", "EW": ["EB_EC", "EB_ESD"], "MISC": None, "010": "EB_ED", "NO": "LPV_Mira_AGB_O"}
"""A class map."""
_BILLION = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefghij")
)
BOMBS = (
    _BILLION,
    f"{_BILLION}RRAB: *j\n",
    "RRAB: &a RRL_ab\nRRC: *a\n",
    "&a [*a]\n",
    "a: &a\n  b: *a\n",
    "? [a, b]\n: RRL_ab\n",
    "- RRAB\n- EW\n",
    "RRAB\n",
    "[" * HUGE,
    "a: {" * HUGE,
    "RRAB: RRL_ab\n---\nEW: EB_EC\n",
    "RRAB: !!python/object/apply:os.system [ls]\n",
    "RRAB: !!binary aGVsbG8=\n",
    "<<: {RRAB: RRL_ab}\n",
    "RRAB:\tRRL_ab\n",
    f"RRAB: {'x' * HUGE}\n",
    f"{'x' * HUGE}: RRL_ab\n",
    "".join(f"w{i}: RRL_ab\n" for i in range(2000)),
    "RRAB: [RRL_ab, null]\n",
    "RRAB: []\n",
    "null: RRL_ab\n",
    "RRAB: .nan\n",
    "%YAML 9.9\n---\nRRAB: RRL_ab\n",
)
"""Class maps that stand for billions of words, for themselves, for code, or for nothing."""


class LabelFiles:
    """Files of identifiers and labels: CSV, tabs, gzip, Parquet, ECSV."""

    def __init__(self, folder: Path):
        self.folder = folder
        columns = {"time": [[58_000.0, 58_001.5]], "mag": [[12.0, 12.5]], "mag_err": [[0.1, 0.1]]}
        self.ids = [f"s{i}" for i in range(8)]
        self.words = ["RRAB", "EW", "M", "RRAB", "EA", "EW", "RRC", "M"]
        self.stars = pa.table({"source_id": self.ids} | {name: value * 8 for name, value in columns.items()})

    def case(self, rng: np.random.Generator) -> tuple[str, str, object]:
        """Damage one file and read stars with it."""
        frame = pd.DataFrame({"source_id": self.ids, "label": self.words})
        kind = str(rng.choice(["csv", "csv", "tab", "gzip", "Parquet", "ECSV"]))
        text, blind = kind in ("csv", "tab", "gzip"), False
        if rng.random() < 0.5 or not text:
            frame, blind = self._rows(frame, rng)
        path, body = self._write(frame, kind)
        if rng.random() < 0.5:
            whole = gzip.decompress(body) if kind == "gzip" and rng.random() < 0.5 else body
            changed, lost = damage_bytes(whole, rng)
            blind |= lost
            path.write_bytes(gzip.compress(changed) if whole is not body else changed)
        return kind, self._judge(path, blind), path.read_bytes()[:300]

    def _rows(self, frame: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, bool]:
        """Damage a row or a column; tell whether a label is another one's or a source another that nobody can tell."""
        row, what = int(rng.integers(8)), int(rng.integers(8))
        frame, blind = frame.astype(object), what in (2, 3, 7)
        if what == 0:
            frame = pd.concat([frame, frame.iloc[[row]]])
        elif what == 1:
            frame = pd.concat([frame, frame.iloc[[row]].assign(label="DSCT")])
        elif what == 2:
            frame.loc[row, "source_id"] = rng.choice(["", "s99", " s1 ", "x" * HUGE])
        elif what == 3:
            frame.loc[row, "label"] = rng.choice(["", "nan", "unknown", "  ", "-99", "RR, ab", 'RR"ab', "x" * HUGE])
        elif what == 4:
            frame = frame.rename(columns={"label": str(rng.choice(["class", "x", "type", "mag", ""]))})
        elif what == 5:
            frame = frame.drop(columns=str(rng.choice(frame.columns)))
        elif what == 6:
            frame = frame.assign(**{str(rng.choice(["class", "id", "type", "extra", "label2"])): "x"})
        else:
            frame = frame.assign(label=[[word] for word in frame["label"]]) if rng.random() < 0.5 else frame.iloc[:0]
        return frame, blind

    def _write(self, frame: pd.DataFrame, kind: str) -> tuple[Path, bytes]:
        if kind == "Parquet":
            path = self.folder / "labels.parquet"
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
        elif kind == "ECSV":
            from astropy.table import Table

            path = self.folder / "labels.ecsv"
            texts = {name or "x": [str(one) for one in frame[name]] for name in frame}
            Table(texts).write(path, format="ascii.ecsv", overwrite=True)
        else:
            path = self.folder / ("labels.csv.gz" if kind == "gzip" else "labels.csv")
            body = frame.to_csv(index=False, sep="\t" if kind == "tab" else ",").encode()
            path.write_bytes(gzip.compress(body) if kind == "gzip" else body)
        return path, path.read_bytes()

    def _judge(self, path: Path, blind: bool) -> str:
        try:
            table, account = read(self.stars, Reading(labels=path))
        except LctransferError:
            return REFUSED
        found = dict(zip(table["source_id"].to_pylist(), table["label"].to_pylist()))
        wrong = [(name, found[name]) for name, word in zip(self.ids, self.words) if found[name] not in (word, None)]
        if wrong and not blind:
            return f"WRONG label {wrong[0]}"
        if all(found[name] == word for name, word in zip(self.ids, self.words)):
            return SAME
        told = any("of 8 labels" not in note and "labels in" in note for note in account.notes)
        told |= bool(account.dropped or account.missing_words) or any("left out" in note for note in account.notes)
        return TOLD if told or blind else "LOST labels that nothing tells of"


class ClassMaps:
    """YAML files that tie words to classes."""

    def __init__(self, folder: Path):
        self.path = folder / "map.yaml"
        self.text = yaml.safe_dump(GOOD)
        self.path.write_text(self.text)
        self.expected = read_class_map(self.path)

    def case(self, rng: np.random.Generator) -> tuple[str, str, object]:
        """Damage the map and read it."""
        kind = int(rng.integers(4))
        blind = True
        if kind == 0:
            body, blind = damage_bytes(self.text.encode(), rng)
        elif kind == 1:
            body = str(rng.choice(BOMBS)).encode()
        elif kind == 2:
            body = damage_json(GOOD, rng).encode()  # JSON is YAML
        else:
            body = self._line(rng).encode()
        self.path.write_bytes(body)
        return "YAML", self._judge(blind), body[:300]

    def _line(self, rng: np.random.Generator) -> str:
        lines = self.text.splitlines()
        at = int(rng.integers(len(lines)))
        added = [
            "RRAB: RRL_c",
            "  RRX: RRL_c",
            "\tRRX: RRL_c",
            "RRX",
            ": RRL_c",
            "RRX: RRLYR",
            "RRX: [RRL_c",
            "# RRX",
            lines[at],
        ]
        return "\n".join([*lines[:at], str(rng.choice(added)), *lines[at:]])

    def _judge(self, blind: bool) -> str:
        try:
            found = read_class_map(self.path)
            classes_of({"RRAB": 3, "EW": 2, "MISC": 1}, found).sentences({"RRAB": 3, "EW": 2, "MISC": 1})
        except LctransferError as error:
            return REFUSED if len(str(error)) < LONGEST_MESSAGE else "LONG message"
        if found == self.expected:
            return SAME
        return TOLD if blind else "WRONG map"


class Settings:
    """JSON objects of settings, as verbs take them."""

    SECTIONS = (
        config.Transfer, config.Features, config.Pretrain, config.Survey, config.Archive, config.Fit, config.Novelty,
        config.Sensitivity, config.Model,
    )  # fmt: skip

    def __init__(self, folder: Path):
        self.folder = folder

    def case(self, rng: np.random.Generator) -> tuple[str, str, object]:
        """Damage the settings of one section and read them."""
        kind = self.SECTIONS[int(rng.integers(len(self.SECTIONS)))]
        good = {item.name: getattr(kind(), item.name) for item in fields(kind)}
        text = damage_json(good, rng) if rng.random() < 0.8 else json.dumps(good, indent=1)
        if rng.random() < 0.3:
            text = damage_bytes(text.encode(), rng)[0].decode("utf-8", errors="replace") if text else text
        return kind.__name__, self._judge(kind, text), text[:300]

    def _judge(self, kind: type, text: str) -> str:
        try:
            found = config.from_json(kind, text)
        except (LctransferError, ArgumentTypeError) as error:
            return REFUSED if len(str(error)) < LONGEST_MESSAGE else "LONG message"
        given = section(text)
        for name, value in given.items():
            if getattr(found, name) != value or isinstance(getattr(found, name), bool) != isinstance(value, bool):
                return f"WRONG {name}: {value!r} became {getattr(found, name)!r}"
        return SAME
