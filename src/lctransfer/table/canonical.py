"""A table of somebody's own as a file that the package reads as it is; light to import, as every job comes here."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lctransfer.errors import LctransferError

if TYPE_CHECKING:
    from lctransfer.table.account import Account

ALL_BANDS, BEST_BAND = "all", "best"
"""Words that ask for several bands, or for each source's band with most epochs."""
FORM_NAMES = (
    "own",
    "ztf",
    "gaia_dr3",
    "gaia_dr3_long",
    "lsst_object",
    "lsst_dia",
    "asassn",
    "asassn_web",
    "kepler",
    "atlas",
    "starembed",
)
"""Names of `lctransfer.table.forms.FORMS`, for help that costs no import."""
VOCABULARIES = {
    "vsx": "AAVSO VSX and GCVS",
    "gaia": "Gaia DR2 and DR3",
    "asassn": "ASAS-SN",
    "ogle": "OGLE Collection of Variable Stars",
    "scope": "ZTF SCoPe",
    "cpvs": "ZTF catalogue of periodic variable stars",
    "alerce": "ALeRCE",
    "simbad": "SIMBAD object types",
    "catalina": "Catalina (numbers or words)",
    "atlas": "ATLAS-VAR",
    "macho": "MACHO (numbers or words)",
    "elasticc": "ELAsTiCC (class numbers)",
    "tess": "TESS and Kepler (T'DA)",
    "tdtax": "tdtax (SkyPortal, Fritz)",
    "macc": "MACC (Richards et al. 2012)",
    "deeplc": "Deep-LC",
}
"""Name of each vocabulary, as ``--vocabulary`` takes it, and whose it is."""


@dataclass(frozen=True)
class Reading:
    """How a table is to be read; what is left empty is recognised.

    Attributes
    ----------
    form : str
        A name of `lctransfer.table.forms.FORMS`.
    columns : str or dict
        What columns mean: ``time=mjd,mag=psfmag,flux=f[mJy]``; see `lctransfer.table.columns.parse`.
    band : str
        One band; ``best``: each source's band with most epochs; empty: a row per source and band; ``all``: so too, and
        `evaluate` combines a source's rows in the end (see `lctransfer.transfer.bands`).
    labels : str or Path
        A table of identifiers (or positions) and labels.
    labels_position : float
        Match the labels by position instead, within so many arc seconds.
    vocabulary : str
        Whose words the labels are; see `lctransfer.table.vocabularies`.
    quality : bool
        Whether the form's cuts on quality flags are applied.
    """

    form: str = ""
    columns: str | Mapping[str, str] = ""
    band: str = ""
    labels: str | Path = ""
    labels_position: float = 0.0
    vocabulary: str = ""
    quality: bool = True


@contextmanager
def canonical(path: Path, asked: Reading) -> Iterator[tuple[Path, "Account | None"]]:
    """Yield a Parquet file of light curves, a row per source and band, with this package's names, and its account.

    That is the file itself, where this package wrote it and nothing else is asked for, or where it holds features (then
    there is no account); else a temporary one, written in bounded memory.

    Raises
    ------
    LctransferError
        As `lctransfer.table.reading.read_light_curves` does.
    """
    if replace(asked, vocabulary="") == Reading() and (is_stamped(path) or holds_features(path)):
        yield path, None
        return
    from lctransfer.table.reading import write

    with tempfile.TemporaryDirectory(prefix="lctransfer-") as folder:
        target = Path(folder) / "light_curves.parquet"
        try:
            yield target, write(path, target, asked)
        except LctransferError as error:  # which names the file that the user knows
            raise type(error)(str(error).replace(str(target), str(path))) from None


def is_stamped(path: Path) -> bool:
    """Tell whether a Parquet file was written by this package's own reading, and needs none again."""
    import pyarrow.parquet as pq

    from lctransfer.parquet import UNREADABLE
    from lctransfer.table.light_curves import METADATA_KEY

    try:
        return METADATA_KEY in (pq.read_metadata(path).metadata or {})
    except UNREADABLE:
        return False


def holds_features(path: Path) -> bool:
    """Tell whether a file is a table of features: its rows have flags and no epochs."""
    import pyarrow.parquet as pq

    from lctransfer.parquet import UNREADABLE

    try:
        names = pq.read_schema(path).names
    except UNREADABLE:
        return False
    return {"source_id", "flag", "n_epochs"} <= set(names) and "time" not in names
