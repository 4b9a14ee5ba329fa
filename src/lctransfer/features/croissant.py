"""Tables of features described as a Croissant data set, which machine-learning tools and search engines read.

The format: https://docs.mlcommons.org/croissant/docs/croissant-spec.html, version 1.0.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.features.describe import FEATURES
from lctransfer.files import sha256

VERSION = "http://mlcommons.org/croissant/1.0"
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
PARQUET = "application/x-parquet"
TOLD = {feature.name: feature for feature in FEATURES}


def describe_tables(folder: Path, tables: Mapping[str, Path], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return feature tables as Croissant metadata: files with digests, and every column with its meaning.

    Parameters
    ----------
    folder : Path
        What the addresses of the files are relative to.
    tables : mapping of str to Path
        Name of each table, and its Parquet file.
    about : mapping
        Properties of the data set: ``name``, ``description``, ``license``, ``url``, ``version``, ``datePublished``,
        ``creator``, ``citeAs``...
    """
    files = [_file(name, path, folder) for name, path in tables.items()]
    records = [_records(name, pq.read_schema(path)) for name, path in tables.items()]
    head = {"@context": CONTEXT, "@type": "sc:Dataset", "conformsTo": VERSION, "isLiveDataset": False}
    return {**head, **about, "distribution": files, "recordSet": records}


def _file(name: str, path: Path, folder: Path) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{name}.parquet",
        "name": f"{name}.parquet",
        "contentUrl": path.relative_to(folder).as_posix(),
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": PARQUET,
        "sha256": sha256(path),
    }


def _records(name: str, schema: pa.Schema) -> dict[str, Any]:
    fields = [_field(name, column) for column in schema if not pa.types.is_nested(column.type)]
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "field": fields}


def _field(table: str, column: pa.Field) -> dict[str, Any]:
    kind = "sc:Float" if pa.types.is_floating(column.type) else "sc:Text"
    told = TOLD.get(column.name)
    unit = f" [{told.unit}]" if told and told.unit else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{column.name}",
        "name": column.name,
        "description": f"{told.formula}{unit}" if told else column.name.replace("_", " "),
        "dataType": "sc:Integer" if pa.types.is_integer(column.type) else kind,
        "source": {"fileObject": {"@id": f"{table}.parquet"}, "extract": {"column": column.name}},
    }
