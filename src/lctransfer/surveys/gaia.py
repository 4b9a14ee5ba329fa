"""Gaia DR3: classes of the variability classifier by TAP, epoch photometry by DataLink, many stars in one request.

Rimoldini et al. 2023, A&A 674, A14 (classes); Eyer et al. 2023, A&A 674, A13. The classes are a machine's, not an
observer's. Addresses are those of the archive's own client (astroquery.gaia), which is not needed.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pyarrow as pa

from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.surveys import merging, services
from lctransfer.surveys.base import Curves, RemoteFile, Star, Sure, number, usable
from lctransfer.surveys.losses import Tally, by_itself
from lctransfer.surveys.overrides import Overrides, words_of
from lctransfer.table.vocabularies import meaning
from lctransfer.taxonomy import Label

BANDS = ("G", "BP", "RP")
WORDS = ("RR", "CEP", "ECL", "LPV", "DSCT|GDOR|SXPHE")
"""Classes of ``vari_classifier_result`` that are asked for."""
LABEL_MAP: dict[str, Label] = {word: (found.nodes or None) for word in WORDS if (found := meaning(word, "gaia"))}
CLASSES, LIGHT_CURVES = "classes", "lightcurves"
COLUMNS = ("source_id", "best_class_name", "ra", "dec")
PARTS = {CLASSES: COLUMNS, LIGHT_CURVES: ("source_id", "time", "mag", "snr", "band")}
"""Collections that a user can correct, and which columns of them."""
FORMS = ("gaia_dr3_long", "gaia_dr3")
"""A row per epoch and band, or the bands side by side: DataLink has answered with either."""
HOST = "https://gea.esac.esa.int"
STARS_PER_CLASS = 1000
"""Synchronous queries answer with 2000 rows at most; `random_index` makes the choice one at random."""
QUERY = (
    "SELECT TOP {stars} c.source_id, c.best_class_name, s.ra, s.dec FROM gaiadr3.vari_classifier_result AS c "
    "JOIN gaiadr3.gaia_source AS s ON s.source_id = c.source_id "
    "WHERE c.best_class_name = '{word}' AND s.has_epoch_photometry = 'True' ORDER BY s.random_index"
)
STARS_PER_REQUEST = 50
"""DataLink allows 5000; a request of 50 is some 300 kB, and little is lost when one fails."""
QUEUE = f"one request of DataLink per {STARS_PER_REQUEST} stars"
LICENCE = "public; acknowledge ESA/Gaia/DPAC"
PAPERS = "Gaia Collaboration 2023, A&A 674, A1; Eyer et al. 2023, A&A 674, A13; Rimoldini et al. 2023, A&A 674, A14"


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return the queries for stars of each class; collections are classes, such as RR.

    Raises
    ------
    LctransferError
        If there is no such class.
    """
    return SERVICE.files(collections)


def star_files(directory: Path, collections: list[str], overrides: Overrides) -> list[RemoteFile]:
    """Return the requests for light curves, `STARS_PER_REQUEST` stars in each."""
    stars = usable(catalogue(directory, collections, Tally(quiet=True), overrides), LABEL_MAP, words_of(overrides))
    names = sorted(stars, key=lambda name: hashlib.sha256(name.encode()).digest())  # classes mixed
    groups = [names[at : at + STARS_PER_REQUEST] for at in range(0, len(names), STARS_PER_REQUEST)]
    return [_request(group, tuple(_request([name]) for name in group)) for group in groups]


def _request(names: list[str], pieces: tuple[RemoteFile, ...] = ()) -> RemoteFile:
    key = ",".join(names)
    # The stars are part of the name: another choice of stars makes other files.
    name = f"{hashlib.sha256(key.encode()).hexdigest()[:16]}-{len(names)}" if len(names) > 1 else names[0]
    return RemoteFile(
        survey="gaia",
        dataset="Gaia DR3, epoch photometry",
        collection=LIGHT_CURVES,
        key=key,
        path=f"{LIGHT_CURVES}/{name}.csv",
        urls=(
            f"{HOST}/data-server/data?RETRIEVAL_TYPE=EPOCH_PHOTOMETRY&ID={key}&FORMAT=csv"
            "&DATA_STRUCTURE=INDIVIDUAL&RELEASE=Gaia+DR3&VALID_DATA=false&USE_ZIP_ALWAYS=true",
        ),
        licence=LICENCE,
        reference=PAPERS,
        sure=Sure.DOCUMENTED,
        is_whole=partial(services.has_columns, ("source_id",)),
        repeats=False,
        pieces=pieces,
    )


def catalogue(
    directory: Path, collections: list[str], dropped: Counter, overrides: Overrides | None = None
) -> dict[str, Star]:
    """Return the stars with their classes."""
    return SERVICE.catalogue(directory, files(collections, "live"), dropped, overrides)


def stars_of(rows: list[dict[str, str]], where: str) -> tuple[list[Star], list[str]]:
    """Return the stars of an answer's rows, and a sentence about each row that cannot be read."""
    return SERVICE.stars_of(rows, where)


def _star(row: Mapping[str, str], where: str) -> Star:
    name = row["source_id"]
    if not (name.isascii() and name.isdigit() and len(name) <= 19):
        raise LctransferError(f"{where}: {name!r} is no Gaia source_id.")
    ra = number(row["ra"], f"{where}, ra", 0, 360, null=())
    dec = number(row["dec"], f"{where}, dec", -90, 90, null=())
    return Star(name, row["best_class_name"] or None, ra, dec)


SERVICE = services.Classes(
    survey="gaia",
    title="Gaia",
    words=WORDS,
    kind="class",
    rows="the classes",
    collection=CLASSES,
    columns=COLUMNS,
    star=_star,
    service=f"{HOST}/tap-server/tap",
    query=QUERY,
    stars_per_class=STARS_PER_CLASS,
    dataset="Gaia DR3, stars classified {word}",
    licence=LICENCE,
    reference=PAPERS,
)


def curves(
    directory: Path, stars: dict[str, Star], bands: list[str], settings: Survey, dropped: Counter
) -> Iterator[Curves]:
    """Yield the light curves of the stars asked for, request by request."""
    columns = services.corrected_columns(settings.overrides, LIGHT_CURVES)
    for path in sorted((directory / LIGHT_CURVES).glob("*.csv")):
        with by_itself(dropped, f"light curves {path.name}", file=f"{LIGHT_CURVES}/{path.name}"):
            found = services.light_curves(path.read_bytes(), str(path), FORMS, columns)
            wanted = [row for row in found if row[0] in stars and row[1] in bands]
            if wanted:
                yield merging.together(wanted, [])


def write(table: pa.Table, root: Path) -> None:
    """Refuse: no survey is simulated in Gaia's files.

    Raises
    ------
    LctransferError
        Always.
    """
    SERVICE.refuse_writing()
