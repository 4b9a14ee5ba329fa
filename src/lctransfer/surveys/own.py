"""A light-curve table of somebody's own: no archive, no native files, words tied to classes by a file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from lctransfer import crossmatch, lightcurves
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import read_parquet, write_json
from lctransfer.taxonomy import Label, check_label_map, class_name

KEPT = ("source_id", "band", *lightcurves.EPOCH_COLUMNS, "label", "ra_deg", "dec_deg", "period_days")
"""Columns that are carried along where there are any; others could clash with features."""


def read_class_map(path: Path | str | None) -> Mapping[str, Label]:
    """Return the class map of a YAML file: a survey's words to classes, superclasses, or nothing (left out).

    Raises
    ------
    LctransferError
        If the file is missing, is not a flat mapping, or names no class of the taxonomy.
    """
    if not path:
        return {}
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LctransferError(f"The class map {path} cannot be read: {error}") from None
    if not isinstance(content, dict) or any(isinstance(value, dict | list) for value in content.values()):
        raise LctransferError(f"The class map {path} must hold lines such as `RRAB: RRL_ab`, or `MISC: null`.")
    label_map = {str(word): node if node is None else str(node) for word, node in content.items()}
    check_label_map(label_map, f"The class map {path}")
    return label_map


def read_labelled(path: Path | str, class_map: Mapping[str, Label]) -> pa.Table:
    """Return a light-curve table with the columns `KEPT` that it has, and ``class_name`` by its column ``label``.

    Parameters
    ----------
    path : Path or str
        See `lctransfer.lightcurves`; labels may be of any type, null where there is none.
    class_map : dict
        Words to nodes of the taxonomy or to None; other words are classes of their own.

    Raises
    ------
    LctransferError
        If it is no light-curve table, has no label, or the map names no class of the taxonomy.
    """
    check_label_map(class_map, "The class map")
    table = lightcurves.read(path)
    if "label" not in table.column_names:
        raise LctransferError(f"{path} has no column label: labels are needed to learn and to test.")
    table = table.select([name for name in KEPT if name in table.column_names])
    words = [_word(value) for value in table["label"].to_pylist()]
    table = table.set_column(table.column_names.index("label"), "label", pa.array(words, pa.string()))
    classes = [None if word is None else class_name(word, class_map) for word in words]
    return table.append_column("class_name", pa.array(classes, pa.string()))


def _word(value: object) -> str | None:
    """Return a label as text, without spaces around it; None where there is none."""
    text = "" if value is None else str(value).strip()
    return None if text in {"", "nan"} else text


def ingest_table(survey: str, settings: Survey, target: Path, *, not_in: Sequence[Path] = ()) -> None:
    """Write somebody's light-curve table as the pipeline has it; see `lctransfer.surveys.ingest_file`.

    Parameters
    ----------
    survey : str
        Its name in the results.
    settings : config.Survey
        ``table``, ``class_map``, ``min_epochs``, ``match_radius_arcsec``; other cuts are left to the owner.
    target : Path
        Parquet file; the counts go into a JSON file beside it.
    not_in : sequence of Path
        Tables whose stars are left out, where both have positions.
    """
    table, dropped = read_labelled(settings.table, read_class_map(settings.class_map)), Counter()
    long = pc.greater_equal(pc.list_value_length(table["time"]), settings.min_epochs).to_numpy()
    dropped[f"fewer than {settings.min_epochs} epochs"] += int((~long).sum())
    known = long & _also_in(table, not_in, settings.match_radius_arcsec)
    dropped["in another survey of the experiment too"] += int(known.sum())
    table = table.filter(pa.array(long & ~known))
    table = table.append_column("survey", pa.array([survey] * len(table), pa.string()))
    lightcurves.write(target, table)
    classes = Counter(table["class_name"].to_pylist())
    counts = {"light_curves": len(table), "not_used": classes.pop(None, 0), "classes": dict(classes)}
    write_json(Path(target).with_suffix(".json"), {"survey": survey, "dropped": dict(+dropped), **counts})


def _also_in(table: pa.Table, others: Sequence[Path], radius_arcsec: float) -> np.ndarray:
    if not others or not {"ra_deg", "dec_deg"} <= set(table.column_names):
        return np.zeros(len(table), bool)
    places = [read_parquet(path, ["ra_deg", "dec_deg"]).to_pandas().to_numpy(float) for path in others]
    own = table.select(["ra_deg", "dec_deg"]).to_pandas().to_numpy(float)
    return crossmatch.also_in(own[:, 0], own[:, 1], [(other[:, 0], other[:, 1]) for other in places], radius_arcsec)
