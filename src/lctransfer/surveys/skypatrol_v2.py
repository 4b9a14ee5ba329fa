"""ASAS-SN Sky Patrol v2: light curves of many stars at once, asked for by Gaia identifier.

Hart et al. 2023, arXiv:2304.03791. The protocol is that of the project's own client (skypatrol 0.6.21): a query is
posted to one host, then its answer is fetched as a Parquet file from one of several others. Times are geocentric Julian
dates, up to 8.3 minutes from heliocentric ones.
"""

import json
import re
from base64 import encodebytes
from collections import Counter
from functools import partial
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError, one_line, pass_on_limits
from lctransfer.parquet import UNREADABLE, complete, n_rows
from lctransfer.surveys import merging
from lctransfer.surveys.base import RemoteFile, Sure
from lctransfer.surveys.skypatrol import BAND_OF_CAMERA, NOT_MEASURED, unknown

PORT = 9006
QUERY_HOST = f"http://asassn-lb01.ifa.hawaii.edu:{PORT}/"
BLOCK_HOSTS = tuple(f"http://asassn-data0{n}.ifa.hawaii.edu:{PORT}/" for n in range(1, 7))
"""As they once were; the first host is asked which ones serve now, as the project's client does."""
SERVER = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")
STARS_PER_BLOCK = 100
"""The servers allow 1000; a block of 100 is some 10 MB, and little is lost when one fails."""
FOLDER = "skypatrol"
CATALOG, KEY = "stellar_main", "gaia_id"
COLUMNS = ["asas_sn_id", "ra_deg", "dec_deg", KEY]
LARGEST_EXACT = 2**53
"""Whole numbers up to here are exact as floating-point ones."""
EPOCHS = ["asas_sn_id", "jd", "mag", "mag_err", "camera", "quality"]


def blocks(gaia_ids: list[int], licence: str, reference: str) -> list[RemoteFile]:
    """Return the files that hold the light curves of stars, `STARS_PER_BLOCK` in each."""
    ordered = sorted(gaia_ids)
    groups = [ordered[at : at + STARS_PER_BLOCK] for at in range(0, len(ordered), STARS_PER_BLOCK)]
    return [_block(number, group, licence, reference) for number, group in enumerate(groups)]


def _block(number: int, gaia_ids: list[int], licence: str, reference: str) -> RemoteFile:
    question = {"tar_ids": gaia_ids, "catalog": CATALOG, "id_col": KEY, "cols": COLUMNS}
    first = number % len(BLOCK_HOSTS)  # so that the hosts share the work
    tail = f"get_block/query_hash-{query_hash(gaia_ids)}-block_idx-0-catalog-{CATALOG}"
    return RemoteFile(
        survey="asassn",
        dataset="ASAS-SN, Sky Patrol v2",
        collection="skypatrol",
        # The first star is part of the name: another choice of stars makes other files.
        path=f"{FOLDER}/{gaia_ids[0]}-{len(gaia_ids)}.parquet",
        urls=tuple(host + tail for host in (*BLOCK_HOSTS[first:], *BLOCK_HOSTS[:first])),
        licence=licence,
        reference=reference,
        sure=Sure.CONFIRMED,
        is_whole=is_parquet,
        first_post=(
            f"{QUERY_HOST}lookup_targets/catalog_list",
            {**question, "format": "arrow", "download": True},
        ),
        servers=(f"{QUERY_HOST}get_block_servers", partial(addresses, number, tail)),
    )


def addresses(number: int, tail: str, answer: bytes) -> tuple[str, ...]:
    """Return where a block lies, of the answer that names the hosts now: a JSON list; none if it is no such list."""
    try:
        hosts = json.loads(answer)
    except ValueError:
        return ()
    if not isinstance(hosts, list) or not all(isinstance(host, str) and SERVER.fullmatch(host) for host in hosts):
        return ()
    hosts = [host if ":" in host else f"{host}:{PORT}" for host in hosts]
    first = number % len(hosts) if hosts else 0
    return tuple(f"http://{host}/{tail}" for host in (*hosts[first:], *hosts[:first]))


def query_hash(gaia_ids: list[int]) -> str:
    """Return the name under which the servers keep the answer to a query, as it stands in an address."""
    query = (
        f"listlen-{len(gaia_ids)}_listfirst-{gaia_ids[0]}_listend-{gaia_ids[-1]}"
        f"|catalog-{CATALOG}|id_col-{KEY}|cols-{'/'.join(COLUMNS)}"
    )
    return quote(encodebytes(query.encode()).decode(), safe="/+=")


def is_parquet(content: bytes) -> bool:
    """Tell whether content is a whole Parquet file."""
    return len(content) > 12 and content[:4] == content[-4:] == b"PAR1"


def read(path: Path) -> tuple[list[tuple[int, str, merging.Piece]], Counter]:
    """Return (Gaia identifier, band, epochs) of each star and band of a block, and the epochs dropped by reason.

    Raises
    ------
    LctransferError
        If the block or its index is missing, is no Parquet file, lacks a column, or its identifiers are not exact.
    """
    table = _table(path, EPOCHS)
    gaia = _gaia_ids(path.with_name(f"{path.name}.index"))
    stars = _whole(table["asas_sn_id"], path, "asas_sn_id")
    frame = table.drop_columns(["asas_sn_id"]).to_pandas()
    frame["star"] = stars.to_pylist()
    frame["band"] = frame["camera"].map(BAND_OF_CAMERA)
    measured = (frame["mag_err"] < NOT_MEASURED) & (frame["quality"] == "G") & np.isfinite(frame["mag"])
    dropped = unknown(frame["camera"][frame["band"].isna()], "camera")
    nameless = ~frame["star"].isin(gaia)
    dropped["epochs of a star without a Gaia identifier in the index"] += int(nameless.sum())
    rows = frame[measured & ~nameless].sort_values(["band", "star", "jd"], kind="stable")
    columns = ("jd", "mag", "mag_err")
    found = [
        (gaia[star], band, [mine[name].to_numpy(float) for name in columns])
        for (band, star), mine in rows.groupby(["band", "star"])
    ]
    return found, +dropped


def _gaia_ids(path: Path) -> dict[int, int]:
    """Return the Gaia identifier of each star of an index; stars without one are left out."""
    index = _table(path, ["asas_sn_id", KEY])
    index = index.filter(pc.and_(pc.is_valid(index["asas_sn_id"]), pc.is_valid(index[KEY])))
    keys = (_whole(index[name], path, name).to_pylist() for name in ("asas_sn_id", KEY))
    return {star: gaia for star, gaia in zip(*keys) if star is not None and gaia is not None}


def _whole(column: pa.ChunkedArray, path: Path, name: str) -> pa.ChunkedArray:
    """Return identifiers as whole numbers, exact to the last digit; null where there is none.

    A floating-point column holds no identifier above 2^53 exactly, and two stars could get the same one.
    """
    try:
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_nan(column), None, column)
            if (pc.max(pc.abs(column)).as_py() or 0) > LARGEST_EXACT:
                raise LctransferError(
                    f"{path}: {name} holds floating-point numbers above 2^53, which are no exact identifiers. "
                    "Delete the file and retrieve it again."
                )
        return column.cast(pa.int64())
    except pa.ArrowException as error:
        raise LctransferError(f"{path}: {name} holds what is no whole number ({one_line(error)}).") from None


def _table(path: Path, columns: list[str]) -> pa.Table:
    try:
        file = pq.ParquetFile(path)
        table = complete(file.read(), n_rows(file, path), path)
    except FileNotFoundError:
        raise LctransferError(f"There is no file {path}. Run `lctransfer retrieve` first.") from None
    except UNREADABLE as error:
        pass_on_limits(error)
        raise LctransferError(
            f"{path} cannot be read as Parquet ({one_line(error)}). Delete it and retrieve it again."
        ) from None
    missing = sorted(set(columns) - set(table.column_names))
    if missing:
        raise LctransferError(f"{path} has no column {', '.join(missing)}; it has {', '.join(table.column_names)}.")
    return table.select(columns)
