"""Damaged folders of kept models, and damaged tables of features; see `mutate_texts`."""

import json
import shutil
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from damage import LONGEST_MESSAGE, VALUES, damage_bytes, damage_json

from lctransfer import config
from lctransfer.classifier.card import render
from lctransfer.classifier.model import open_model
from lctransfer.classifier.partition import classify_stream
from lctransfer.classifier.star_table import StarTable
from lctransfer.classifier.training import Labels as TrainingLabels
from lctransfer.classifier.training import gather
from lctransfer.errors import LctransferError
from lctransfer.features import extract
from lctransfer.files import SEAL, write_json
from lctransfer.models.opening import open_source
from lctransfer.stages.fit import FitOptions, fit

REFUSED, SAME, TOLD = "refused", "read", "told"
N_STARS = 16


def light_curves(seed: int = 0) -> pa.Table:
    """Return simulated sine waves of two classes, short and long."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list] = {name: [] for name in ("source_id", "label", "time", "mag", "mag_err")}
    for i in range(N_STARS):
        days = np.sort(rng.uniform(58_000, 58_060, 60))
        wave = (0.2 + 0.3 * (i % 2)) * np.sin(2 * np.pi * days / (0.6 + 3 * (i % 2)))
        columns["source_id"].append(f"s{i}")
        columns["label"].append(["RRL_ab", "CEPH_F"][i % 2])
        columns["time"].append(days)
        columns["mag"].append(14 + wave + rng.normal(0, 0.01, 60))
        columns["mag_err"].append(np.full(60, 0.01))
    return pa.table(columns)


class Models:
    """Folders of kept models and of source models: a file damaged, lost, or of another model."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.table = folder / "stars.parquet"
        pq.write_table(light_curves(), self.table)
        self.features = extract(light_curves(), config.Features(set="both", min_period_days=0.2)).to_pandas()
        options = FitOptions(
            config.Fit(strategy="extra_trees", folds=2),
            config.Transfer(trees=3),
            config.Features(set="both", min_period_days=0.2),
        )
        self.good, self.other = folder / "good", folder / "other"
        fit(self.table, self.good, "none", options=options)
        pq.write_table(light_curves(1), folder / "others.parquet")
        fit(folder / "others.parquet", self.other, "none", options=options)
        shutil.copytree(Path(config.__file__).parent / "models" / "sky", folder / "sky")
        open_source(folder / "sky").models[0].save(folder / "source")
        self.expected = self._says(self.good)
        self.source = open_source(folder / "source").predict_proba(self._inputs)

    @cached_property
    def _inputs(self) -> pd.DataFrame:
        return self.features[list(open_source(self.folder / "sky").features)]

    def _says(self, folder: Path) -> tuple:
        model = open_model(folder)
        probabilities, novelty = model.predict(self.features)
        sets = model.calibration.sets(probabilities, 0.9) if model.calibration else None
        unread = (SEAL, f"{SEAL}x", "files", "another")
        told = {name: value for name, value in model.card.items() if name not in unread}
        return (
            probabilities.tolist(),
            novelty.tolist(),
            None if sets is None else sets.tolist(),
            told,
            render(model.card),
        )

    def case(self, rng: np.random.Generator) -> tuple[str, str, object]:
        """Damage one file of a folder, and ask the model."""
        kind = "source" if rng.random() < 0.25 else "kept"
        old = rng.random() < 0.4
        folder = self.folder / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder / ("source" if kind == "source" else "good"), folder)
        if old:
            self._unsealed(folder)
        what, path = self._damage(folder, kind, rng)
        name = f"{kind}{' of an older version' if old else ''}: {path.suffix}"
        return name, self._judge(folder, kind, old), (what, path.name, path.read_bytes()[:300] if path.exists() else "")

    def _unsealed(self, folder: Path) -> None:
        for path in folder.glob("*.json"):
            content = json.loads(path.read_text())
            write_json(path, {k: v for k, v in content.items() if k not in (SEAL, "files", "weights_sha256")})

    def _damage(self, folder: Path, kind: str, rng: np.random.Generator) -> tuple[str, Path]:
        path = folder / str(rng.choice(sorted(one.name for one in folder.iterdir())))
        what = str(rng.choice(["bytes", "bytes", "json", "json", "lost", "other"]))
        if what == "json" and path.suffix == ".json":
            path.write_text(damage_json(json.loads(path.read_text()), rng))
        elif what == "lost":
            path.unlink()
        elif what == "other" and kind == "kept" and (self.other / path.name).exists():
            shutil.copy(self.other / path.name, path)
        else:
            path.write_bytes(damage_bytes(path.read_bytes(), rng)[0] if path.stat().st_size else b"")
        return what, path

    def _judge(self, folder: Path, kind: str, old: bool) -> str:
        try:
            if kind == "source":
                found = open_source(folder).predict_proba(self._inputs)
                same = np.array_equal(found, self.source)
            else:
                same = self._says(folder) == self.expected
        except LctransferError as error:
            return REFUSED if len(str(error)) < LONGEST_MESSAGE else "LONG message"
        # What older versions wrote has no digest: it can be damaged so that nobody can tell.
        return SAME if same else "read, other" if old else "WRONG answer of a damaged model"


class FeatureTables:
    """Tables of features, as an older version or another program wrote them."""

    def __init__(self, folder: Path):
        self.folder = folder
        models = Models(folder)
        self.model = open_model(models.good)
        self.labels = light_curves()["label"].to_pylist()
        self.frame = models.features
        self.expected = self._catalogue(self._write(self.frame))

    def _write(self, frame: pd.DataFrame) -> Path:
        path = self.folder / "features.parquet"
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
        return path

    def case(self, rng: np.random.Generator) -> tuple[str, str, object]:
        """Damage a table of features, and classify or learn from it."""
        frame, row, what = self._damage(self.frame, rng)
        try:
            path = self._write(frame)
        except (pa.ArrowException, ValueError, TypeError):
            return "features", "no table", what
        blind = False
        if rng.random() < 0.2:
            changed, blind = damage_bytes(path.read_bytes(), rng)
            path.write_bytes(changed)
        learning = rng.random() < 0.3
        outcome = self._learn(path) if learning else self._judge(path, row, blind)
        return "fit" if learning else "classify", outcome, what

    def _damage(self, frame: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, int, str]:
        """Return a damaged table, the row that is touched (-1: all; -2: none of the answers), and what was done."""
        column, row = str(rng.choice(frame.columns)), int(rng.integers(len(frame)))
        other = str(rng.choice([f"{column}x", column.upper(), f" {column}", ""]))
        extra = str(rng.choice(["extra", "class", "time", "label", "p_x", "band"]))
        damaged = (
            (lambda: frame.drop(columns=column), -1, f"without {column}"),
            (lambda: frame.rename(columns={column: other}), -1, f"{column} called {other}"),
            (lambda: frame.assign(**{extra: "x"}), -2, f"with {extra}"),
            (lambda: frame.assign(**{column: frame[column].astype(str)}), -1, f"{column} as text"),
            (lambda: frame.assign(**{column: [[one] for one in frame[column]]}), -1, f"{column} as lists"),
            (lambda: frame.assign(**{column: None}), -1, f"{column} null"),
            (lambda: frame.iloc[:0], -1, "no rows"),
            (lambda: frame.assign(source_id=frame["source_id"].iloc[0]), -2, "one identifier"),
            (lambda: frame.assign(**{column: frame[column].astype("category")}), -2, f"{column} as category"),
            *[(lambda: self._one_value(frame, column, row, rng), row, f"{column} of row {row}")] * 3,
        )
        make, touched, what = damaged[int(rng.integers(len(damaged)))]
        return make(), touched, what

    def _one_value(self, frame: pd.DataFrame, column: str, row: int, rng: np.random.Generator) -> pd.DataFrame:
        """Return the table with another value in one place."""
        changed = frame.astype({column: object})
        numbers = (float("nan"), float("inf"), -float("inf"), None, -1.0, 0.0, 1e308)
        text = str(VALUES[int(rng.integers(len(VALUES)))])
        number = numbers[int(rng.integers(len(numbers)))]
        changed.loc[row, column] = text if isinstance(frame[column].iloc[0], str) else number
        return changed

    def _catalogue(self, path: Path) -> pd.DataFrame:
        stars = StarTable(path)
        batches = stars.batches(range(stars.n_rows)) if stars.n_rows else iter([stars.empty()])
        return pa.concat_tables(classify_stream(batches, stars.columns, self.model)).to_pandas()

    def _judge(self, path: Path, row: int, blind: bool) -> str:
        try:
            found = self._catalogue(path)
        except LctransferError as error:
            return REFUSED if len(str(error)) < LONGEST_MESSAGE else "LONG message"
        answers = ["class", *(name for name in found if name.startswith("p_"))]
        if blind:
            return SAME
        if len(found) != len(self.expected):
            return SAME if not len(found) else "LOST rows"
        said, expected = (table[answers].to_numpy(dtype=object) for table in (found, self.expected))
        other = ((said != expected) & ~(pd.isna(said) & pd.isna(expected))).any(axis=1)
        unsaid = other & (found["flag"] == "ok").to_numpy()
        if row >= 0:
            unsaid[row] = False  # another number is another star's: nobody can tell
        return f"WRONG answers without a flag: {int(unsaid.sum())}" if unsaid.any() else TOLD if other.any() else SAME

    def _learn(self, path: Path) -> str:
        write = self.folder / "labels_of_features.csv"
        pd.DataFrame({"source_id": self.frame["source_id"], "label": self.labels}).to_csv(write, index=False)
        try:
            found = gather(StarTable(path), TrainingLabels(write), config.Features())
        except LctransferError as error:
            return REFUSED if len(str(error)) < LONGEST_MESSAGE else "LONG message"
        numbers = found.stars.select_dtypes("number")
        return (
            SAME if len(found.stars) == len(self.frame) else TOLD if found.notes or not len(numbers) else "LOST stars"
        )
