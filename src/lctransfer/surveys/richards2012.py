"""The 810 ASAS light curves with human-checked classes of Richards et al. 2012, as the cesium project serves them."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.files import write_text
from lctransfer.surveys import moved
from lctransfer.surveys.base import Curves, RemoteFile, Star, Sure, identifier, parsed_batches
from lctransfer.surveys.members import Member, read, read_all, write_tar
from lctransfer.surveys.overrides import NONE, Overrides
from lctransfer.surveys.rows import ANY, Column, RowFormat
from lctransfer.surveys.rows import write as write_rows
from lctransfer.table.light_curves import Ragged, ragged
from lctransfer.taxonomy import Label

BANDS = ("V",)
PHOTOMETRY = RowFormat(
    (Column("time", 1, ANY), Column("mag", 1, ANY, ","), Column("mag_err", 1, ANY, ",")), separator=",", fixed=False
)
PARTS: dict[str, tuple[str, ...]] = {"classes": (), "lightcurves": tuple(PHOTOMETRY.names)}
"""Collections that a user can correct, and which columns of them."""
ZERO_POINT = 2_450_000
BUNDLE, CATALOGUE = "asas_training_set.tar.gz", "asas_training_set_classes.dat"
HOST = "https://github.com/cesium-ml/cesium-data/raw/main/asas_training/"

LABEL_MAP: dict[str, Label] = {
    "Mira": "LPV_Mira",
    "Semireg_PV": "LPV_SRV",
    "SARG_A": "LPV_OSARG",
    "SARG_B": "LPV_OSARG",
    "Classical_Cepheid": "CEPH",  # fundamental mode and overtones together
    "MultiMode_Cepheid": "CEPH",
    "PopII_Cepheid": "T2CEPH",
    "RV_Tauri": "T2CEPH",
    "RR_Lyrae_FM": "RRL_ab",
    "RR_Lyrae_FO": "RRL_c",
    "RR_Lyrae_DM": "RRL_d",
    "Delta_Scuti": "DSCT",
    "SX_Phe": "DSCT",
    "Beta_Persei": "EB_ED",
    "Beta_Lyrae": "EB_ESD",
    "W_Ursae_Maj": "EB_EC",
    # Types that neither OGLE nor EROS-2 gave the source model.
    "LSP": None,
    "RSG": None,
    "ChemPeculiar": None,
    "Weakline_T_Tauri": None,
    "ClassT_Tauri": None,
    "Beta_Cephei": None,
    "RS_CVn": None,
    "RCB": None,
    "Herbig_AEBE": None,
    "Pulsating_Be": None,
    "S_Doradus": None,
    "Ellipsoidal": None,
}
"""The authors' 28 classes."""


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return what to retrieve: classes and light curves, both known to the byte."""
    known = {
        CATALOGUE: (14_151, "572f628cccf3ce529326c085034ed310c79503fba3a9ac2447e2959ae540d85f"),
        BUNDLE: (3_993_057, "6c66c4435b03576a3b20416fac9b7b9453d2a9189e1af745733816a0715e08fd"),
    }
    return [
        RemoteFile(
            survey="richards2012",
            dataset="ASAS training set of Richards et al. 2012",
            collection="classes" if name == CATALOGUE else "lightcurves",
            path=name,
            urls=(f"{HOST}{name}",),
            licence="public (cesium-data); acknowledge ASAS",
            reference="Richards et al. 2012, ApJS 203, 32; Pojmanski 2002, AcA 52, 397; Naul et al. 2016 (cesium)",
            sure=Sure.PROVEN,
            size=size,
            sha256=digest,
        )
        for name, (size, digest) in known.items()
    ]


def catalogue(
    directory: Path, collections: list[str], dropped: Counter, overrides: Overrides = NONE
) -> dict[str, Star]:
    """Return the stars with their classes."""
    path = directory / CATALOGUE
    rows = list(csv.reader(io.StringIO(read_all(path).decode(errors="replace"))))
    if not rows or rows[0] != ["filename", "class"] or any(len(row) != 2 for row in rows):
        raise LctransferError(f"{path} must hold two columns, filename and class. Delete it and retrieve it again.")
    return {name: Star(name, word) for name, word in rows[1:]}


def curves(
    directory: Path, stars: dict[str, Star], bands: list[str], settings: Survey, dropped: Counter
) -> Iterator[Curves]:
    """Yield the light curves of the stars asked for, batch by batch."""
    bundle = directory / BUNDLE
    places = moved.places(settings.overrides, "lightcurves", PHOTOMETRY)
    members = ((n, c) for n, c in read(bundle) if n.endswith(".dat") and identifier(n) in stars)
    for names, rows, offsets, unreadable in parsed_batches(members, PHOTOMETRY, str(bundle), ZERO_POINT, places):
        ids = [identifier(name) for name in names]
        yield Curves(ids, ["V"] * len(ids), rows[:, 0], rows[:, 1], rows[:, 2], offsets, unreadable)


def write(table: pa.Table, root: Path) -> None:
    """Write a light-curve table as the project serves it."""
    epochs = ragged(table)
    names, labels = table["source_id"].to_pylist(), table["label"].to_pylist()
    write_text(root / CATALOGUE, "".join(f"{n},{w}\n" for n, w in [("filename", "class"), *zip(names, labels)]))
    write_tar(root / BUNDLE, (_member(name, i, epochs) for i, name in enumerate(names)))


def _member(name: str, i: int, epochs: Ragged) -> Member:
    time, mag, mag_err = (column[epochs.offsets[i] : epochs.offsets[i + 1]] for column in epochs[:3])
    return f"asas_training_set/{name}.dat", write_rows([np.round(time - ZERO_POINT, 5), mag, mag_err], PHOTOMETRY)
