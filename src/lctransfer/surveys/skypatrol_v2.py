"""ASAS-SN Sky Patrol v2: light curves of many stars at once, asked for by Gaia identifier.

Hart et al. 2023, arXiv:2304.03791. The protocol is that of the project's own client (skypatrol 0.6.21): a query is
posted to one host, then its answer is fetched as a Parquet file from one of several others. Times are geocentric Julian
dates, up to 8.3 minutes from heliocentric ones.
"""

import io
from base64 import encodebytes
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError
from lctransfer.surveys import merging
from lctransfer.surveys.base import RemoteFile, Sure
from lctransfer.surveys.skypatrol import G_CAMERAS, NOT_MEASURED, V_CAMERAS, check_cameras

QUERY_HOST = "http://asassn-lb01.ifa.hawaii.edu:9006/"
BLOCK_HOSTS = tuple(f"http://asassn-data0{n}.ifa.hawaii.edu:9006/" for n in range(1, 7))
STARS_PER_BLOCK = 100
"""The servers allow 1000; a block of 100 is some 10 MB, and little is lost when one fails."""
FOLDER = "skypatrol"
CATALOG, KEY = "stellar_main", "gaia_id"
COLUMNS = ["asas_sn_id", "ra_deg", "dec_deg", KEY]
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
        # The first star is part of the name: another choice of stars makes other files.
        path=f"{FOLDER}/{gaia_ids[0]}-{len(gaia_ids)}.parquet",
        urls=tuple(host + tail for host in (*BLOCK_HOSTS[first:], *BLOCK_HOSTS[:first])),
        licence=licence,
        reference=reference,
        sure=Sure.DOCUMENTED,
        is_whole=is_parquet,
        first_post=(
            f"{QUERY_HOST}lookup_targets/catalog_list",
            {**question, "format": "arrow", "download": True},
        ),
    )


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


def read(path: Path) -> list[tuple[int, str, merging.Piece]]:
    """Return (Gaia identifier, band, epochs) of each star and band of a block.

    Raises
    ------
    LctransferError
        If the block or its index is missing, is no Parquet file, lacks a column, or names an unknown camera.
    """
    table = _table(path, EPOCHS)
    index = _table(path.with_name(f"{path.name}.index"), ["asas_sn_id", KEY])
    check_cameras(table["camera"], str(path))
    measured = (table["mag_err"] < NOT_MEASURED) & (table["quality"] == "G") & np.isfinite(table["mag"])
    gaia = dict(zip(index["asas_sn_id"].tolist(), index[KEY].tolist()))
    found = []
    for band, cameras in (("V", V_CAMERAS), ("g", G_CAMERAS)):
        rows = table[measured & table["camera"].isin(cameras)].sort_values(["asas_sn_id", "jd"], kind="stable")
        for star, mine in rows.groupby("asas_sn_id"):
            if star not in gaia:
                raise LctransferError(f"{path}: the index of the query lacks star {star}. Delete both, retrieve again.")
            found.append((int(gaia[star]), band, [mine[name].to_numpy(float) for name in ("jd", "mag", "mag_err")]))
    return found


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    try:
        table = pq.read_table(io.BytesIO(path.read_bytes()))
    except FileNotFoundError:
        raise LctransferError(f"There is no file {path}. Run `lctransfer retrieve` first.") from None
    except (pa.ArrowException, OSError) as error:
        raise LctransferError(f"{path} cannot be read as Parquet ({error}). Delete it and retrieve it again.") from None
    missing = sorted(set(columns) - set(table.column_names))
    if missing:
        raise LctransferError(f"{path} has no column {', '.join(missing)}; it has {', '.join(table.column_names)}.")
    return table.select(columns).to_pandas()
