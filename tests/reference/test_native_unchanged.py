"""True files of the archives give the values that they gave at commit 589f849, to the last bit."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lctransfer.surveys import asas, eros2, ogle, ogle_tables, rows, skypatrol
from lctransfer.surveys.members import read as read_members
from lctransfer.surveys.ogle_collections import BY_NAME

IDENT = {
    "blg_ogle4_cepheids": "ogle4/blg/cep",
    "blg_ogle4_cepheids_type2": "ogle4/blg/t2cep",
    "blg_ogle4_delta_scuti": "ogle4/blg/dsct",
    "blg_ogle4_hb": "ogle4/blg/hb",
    "gd_rrlyr_ident": "ogle4/gd/rrlyr",
    "lmc_cep_ident": "ogle4/lmc/cep",
}


def photometry(folder: Path) -> Iterator[object]:
    for phase in ("ogle3", "ogle4"):
        for path in sorted((folder / phase).glob("*.dat")):
            yield rows.read(path.read_bytes(), ogle.PHOTOMETRY, path.name)
    for name, content in read_members(folder / "ogle3/OGLE-BLG-LPV-232406.tar"):
        yield rows.read(content, ogle.PHOTOMETRY, name)
    for path in sorted((folder / "eros2").glob("*.time")):
        yield rows.read(path.read_bytes(), eros2.PHOTOMETRY, path.name)


def asas_fields(folder: Path) -> Iterator[object]:
    for path in sorted((folder / "asas").glob("*.lc")):
        (fields,) = asas._fields([(path.name, path.read_bytes())], "")
        if isinstance(fields, str):
            yield fields.partition(":")[2]
        else:
            yield from (part for found, order in fields for part in (found, str(order)))


def sky_patrol(folder: Path) -> Iterator[object]:
    for path in sorted((folder / "asassn").glob("*.csv")):
        for band, columns in sorted(skypatrol.read(path.read_bytes(), path.name).bands.items()):
            yield from (band, np.array(columns))


def catalogues(folder: Path) -> Iterator[object]:
    for name, collection in IDENT.items():
        text = (folder / f"ogle_catalogues/{name}.dat").read_text()
        yield from (repr(star[:5]) for star in ogle_tables.read_ident(text, BY_NAME[collection], name)[0])
    for path in sorted((folder / "ogle_catalogues").glob("*_*_[Rac][RFe]*.dat")):
        if path.stem not in IDENT:
            yield repr(sorted(ogle_tables.read_periods(path.read_text(), path.name).items()))
    text = (folder / "eros2/CEPH_fundamental_EROS+OGLE_for_StarDB.cat").read_text()
    yield from (repr(star[:5]) for star in eros2.read_catalogue(text, "cat")[0])


BEFORE = {
    photometry: (16, "dac9164104172585"),
    asas_fields: (18, "91163379ce1ebb8d"),
    sky_patrol: (8, "8de2146efcbc4d55"),
    catalogues: (286, "4daee076c3cb454d"),
}
"""For each reader: how many pieces it gave, and the start of the SHA-256 of their values."""


@pytest.mark.parametrize("read", BEFORE)
def test_the_values_are_those_of_before(shared_data, read):
    found = list(read(shared_data / "native"))
    digest = hashlib.sha256()
    for piece in found:
        digest.update(piece.encode() if isinstance(piece, str) else np.ascontiguousarray(piece, dtype=float).tobytes())
    assert (len(found), digest.hexdigest()[:16]) == BEFORE[read]
