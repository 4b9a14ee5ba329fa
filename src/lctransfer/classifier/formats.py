"""Catalogue files: Parquet, CSV and ECSV, FITS, VOTable. Units, UCDs and descriptions go where a format has a place."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError
from lctransfer.files import write_text

GROUP_ROWS = 16_384
SEPARATOR = "; "
"""Between the classes of a conformal set, where a format has no lists."""
LARGEST_IN_MEMORY = 2_000_000
"""Rows of the formats that are written in one piece."""
CHUNK_ROWS = 16_384
NO_NUMBER = -1
"""Stands for a missing whole number where a format has no masks: no count is negative."""

Write = Callable[[Path, list[Path], pa.Schema], None]


def writer(target: Path) -> Write:
    """Return the function that writes a format, by the file's ending.

    Raises
    ------
    LctransferError
        If the ending is of no known format.
    """
    if target.suffix.lower() not in WRITERS:
        raise LctransferError(
            f"{target} has an ending that is not known: write one of {', '.join(WRITERS)}, or no ending for a folder "
            "of Parquet parts."
        )
    return WRITERS[target.suffix.lower()]


def check_size(target: Path, n_rows: int) -> None:
    """Refuse, before any work is done, a table too large for a format that is written in one piece.

    Raises
    ------
    LctransferError
        Naming the formats that take it.
    """
    if target.suffix and writer(target) in (_fits, _votable, _ecsv) and n_rows > LARGEST_IN_MEMORY:
        raise LctransferError(
            f"{target.suffix} is written in one piece, and {n_rows:,} rows do not fit in little memory: write .parquet "
            "or .csv, or a folder of Parquet parts (a name without an ending)."
        )


def _parquet(aside: Path, parts: list[Path], schema: pa.Schema) -> None:
    with pq.ParquetWriter(aside, schema, compression="zstd") as file:
        for table in _regrouped(parts, GROUP_ROWS):
            file.write_table(table)


def _csv(aside: Path, parts: list[Path], schema: pa.Schema) -> None:
    described = [{"name": field.name, "type": str(field.type), **_meaning(field)} for field in schema]
    note = {**json.loads(schema.metadata[b"lctransfer"]), "columns": described}
    with pa.csv.CSVWriter(aside, _flat(schema.empty_table()).schema) as file:
        for table in _regrouped(parts, CHUNK_ROWS):
            file.write_table(_flat(table))
    write_text(_without_part(aside).with_suffix(".csv.json"), json.dumps(note, indent=2, sort_keys=True) + "\n")


def _fits(aside: Path, parts: list[Path], schema: pa.Schema) -> None:
    from astropy.io import fits

    table = _astropy(parts, schema)
    table.meta.clear()
    unit = fits.table_to_hdu(table)
    for number, field in enumerate(schema, start=1):
        unit.header[f"TUCD{number}"] = _meaning(field)["ucd"]
        unit.header[f"TCOMM{number}"] = _meaning(field)["description"][:60]
    unit.header.add_comment(summary(_meta(schema)))
    unit.header.add_comment("lctransfer " + json.dumps(_meta(schema), sort_keys=True))
    fits.HDUList([fits.PrimaryHDU(), unit]).writeto(aside, checksum=False)


def _votable(aside: Path, parts: list[Path], schema: pa.Schema) -> None:
    from astropy.io.votable import from_table, tree, writeto

    table = from_table(_astropy(parts, schema), table_id="catalogue")
    table.description = summary(_meta(schema))
    first = table.get_first_table()
    for field in first.fields:
        field.ucd = _meaning(schema.field(field.name))["ucd"]
    first.infos.append(tree.Info(name="lctransfer", value=_meta(schema)["lctransfer"]))
    first.infos.append(tree.Info(name="lctransfer_about", value=json.dumps(_meta(schema), sort_keys=True)))
    writeto(table, str(aside), tabledata_format="binary2")


def _ecsv(aside: Path, parts: list[Path], schema: pa.Schema) -> None:
    _astropy(parts, schema).write(aside, format="ascii.ecsv", overwrite=True)


WRITERS: dict[str, Write] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".ecsv": _ecsv,
    ".fits": _fits,
    ".vot": _votable,
    ".votable": _votable,
    ".xml": _votable,
}
"""What writes a format, by the file's ending."""


def _regrouped(parts: list[Path], rows: int) -> Iterator[pa.Table]:
    """Yield the rows of all parts, so many at a time whatever the parts are."""
    waiting: list[pa.Table] = []
    for part in parts:
        waiting.append(pq.read_table(part, partitioning=None))
        while sum(map(len, waiting)) >= rows:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, rows)
            waiting = [joined.slice(rows)]
    if sum(map(len, waiting)):
        yield pa.concat_tables(waiting)


def _flat(table: pa.Table) -> pa.Table:
    """Return the table with conformal sets as text."""
    for place, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            words = [None if value is None else SEPARATOR.join(value) for value in table[field.name].to_pylist()]
            table = table.set_column(place, field.name, pa.array(words, pa.string()))
    return table


def _astropy(parts: list[Path], schema: pa.Schema) -> Any:
    """Return the whole catalogue as a table of astropy: numbers masked where there is none, texts empty."""
    import numpy as np
    from astropy.table import MaskedColumn, Table

    whole = _flat(pa.concat_tables([schema.empty_table(), *_regrouped(parts, CHUNK_ROWS)]))
    made = Table(meta={"lctransfer": json.dumps(_meta(schema), sort_keys=True)})
    for field in schema:
        column, meaning = whole[field.name], _meaning(field)
        if pa.types.is_string(column.type):
            values, mask = np.array(column.fill_null("").to_pylist(), dtype=str), False
        else:
            mask = column.is_null().to_numpy()
            values = column.fill_null(0).to_numpy().astype(field.type.to_pandas_dtype())
        made[field.name] = MaskedColumn(
            values,
            mask=mask,
            unit=meaning["unit"] or None,
            description=meaning["description"],
            meta={"ucd": meaning["ucd"]},
        )
        if pa.types.is_integer(field.type):
            made[field.name].fill_value = NO_NUMBER
    return made


def summary(about: dict[str, Any]) -> str:
    """Return in sentences what a catalogue says of itself; see `lctransfer.classifier.columns.about`."""
    model = about["model"]
    sentences = [f"Classes of variable stars by lctransfer {about['lctransfer']}."]
    if model["n_labels"]:
        taught = f"strategy {model.get('strategy', 'unknown')} on {model['n_labels']} labels"
        sentences.append(f"Model: {model.get('title', 'untitled')} ({model['digest']}), {taught}.")
    else:
        sentences.append(
            f"Model: {model.get('source') or model.get('title', 'untitled')}, without any label of the survey."
        )
    mcc = model.get("expected", {}).get("mcc")
    if mcc:
        interval = f"{mcc['low']:.3f} to {mcc['high']:.3f}"
        sentences.append(f"Expected MCC {mcc['value']:.3f} ({interval}), from {model['measured_on']}.")
    return " ".join([*sentences, f"Licence: {model.get('licence', 'not stated')}."])


def _meaning(field: pa.Field) -> dict[str, str]:
    """Return unit, UCD and description of a column."""
    return {name.decode(): value.decode() for name, value in (field.metadata or {}).items()}


def _meta(schema: pa.Schema) -> dict[str, Any]:
    return json.loads(schema.metadata[b"lctransfer"])


def _without_part(aside: Path) -> Path:
    """Return the path that a temporary one stands for; see `lctransfer.files.replacing`."""
    return aside.with_name(aside.name.removeprefix(".").rsplit(".", 2)[0])
