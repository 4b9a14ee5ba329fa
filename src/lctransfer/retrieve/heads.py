"""The first kilobytes of a file, read by the very reader that would read all of it."""

import io
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

from lctransfer.errors import LctransferError, one_line
from lctransfer.surveys import LABEL_MAPS, moved
from lctransfer.surveys.base import RemoteFile, Star
from lctransfer.surveys.losses import MOST_BAD
from lctransfer.surveys.overrides import NONE, Overrides, words_of
from lctransfer.surveys.rows import MARK, RowFormat
from lctransfer.surveys.rows import read as read_rows
from lctransfer.taxonomy import members

GZIP = b"\x1f\x8b"
MOST_OTHER_WORDS = 0.2
"""Catalogues hold words outside the label map; with more than this share, they are no longer the known ones."""


def unpacked(head: bytes, whole: bool) -> bytes:
    """Return the start of a file's content, unpacked as often as it is gzipped, without a byte order mark.

    Raises
    ------
    LctransferError
        If a gzipped file is damaged, or cut short although all of it has come.
    """
    while head.startswith(GZIP):
        stream = zlib.decompressobj(31)
        try:
            text = stream.decompress(head)
        except zlib.error as error:
            raise LctransferError(f"the gzipped content is damaged ({one_line(error)})") from None
        if whole and not stream.eof:
            raise LctransferError("the gzipped content is cut short")
        head, whole = text, whole and not stream.unused_data
    return head.removeprefix(MARK)


def may_be_empty(file: RemoteFile) -> bool:
    """Tell whether a file says something by holding nothing: no remarks, or no light curve at a place."""
    from lctransfer.surveys import ogle

    return file.path.endswith(ogle.REMARKS) or file.is_nothing is not None


def cut(text: bytes, whole: bool) -> bytes:
    """Return whole lines only."""
    return text if whole else text[: text.rfind(b"\n") + 1]


def check(file: RemoteFile, text: bytes, scratch: Path, known: Overrides = NONE) -> None:
    """Read the start of a file.

    Parameters
    ----------
    file : RemoteFile
        Which one.
    text : bytes
        Unpacked, whole lines; an archive of many files may be cut anywhere.
    scratch : Path
        A folder for what can only be read from disk.
    known : dict
        A user's corrections of columns and words, with which the reader would read it.

    Raises
    ------
    LctransferError
        Saying what is not as the reader expects it.
    """
    reader = _READERS.get(file.survey)
    if file.is_whole is not None and getattr(file.is_whole, "func", None) is not None and "viz-bin" in str(file.urls):
        _vizier(file, text)
    elif reader:
        reader(file, text, scratch, known)


def _vizier(file: RemoteFile, text: bytes) -> None:
    from lctransfer.surveys import vizier

    vizier.parse(text, file.is_whole.args[0], file.path)  # type: ignore[union-attr]


def _ogle(file: RemoteFile, text: bytes, scratch: Path, known: Overrides) -> None:
    from lctransfer.surveys import ogle, ogle_tables
    from lctransfer.surveys.ogle_collections import BY_NAME

    name = file.path.rsplit("/", 1)[-1]
    if name == "ident.dat":
        collection = ogle_tables.corrected(BY_NAME[file.collection], known)
        stars, bad = ogle_tables.read_ident(text.decode(errors="replace"), collection, name)
        _share(bad, len(stars) + len(bad), MOST_BAD)
        words = {ogle_tables.word_of(word, collection) for word in collection.tables} | set(ogle.LABEL_MAP)
        words |= set(words_of(known))
        _words([star for star in stars if star.label not in words], stars, collection.other_words)
    elif name.endswith(".tar.gz"):
        _members(
            text, moved.now(ogle.PHOTOMETRY, known, file.collection), lambda member: bool(ogle.MEMBER.search(member))
        )
    elif name != ogle.REMARKS and not ogle_tables.read_periods(text.decode(errors="replace"), name):
        raise LctransferError(f"{name} holds no star")


def _eros2(file: RemoteFile, text: bytes, scratch: Path, known: Overrides) -> None:
    from lctransfer.surveys import eros2, eros2_labels

    if file.path.startswith(eros2_labels.OGLE_FOLDER):
        _ogle(file, text, scratch, known)
    elif file.path == eros2.ARCHIVE:
        _members(text, moved.now(eros2.PHOTOMETRY, known, "lightcurves"), lambda member: member.endswith(".time"))
    elif file.path == eros2_labels.STAR_LIST:
        (scratch / "stars").write_bytes(text)
        for _ in eros2_labels._chunks(scratch / "stars"):
            break


def _asas(file: RemoteFile, text: bytes, scratch: Path, known: Overrides) -> None:
    from lctransfer.surveys import asas, asas_catalogue

    if file.path == asas.CATALOGUE:
        places = asas_catalogue.places_of(known)
        stars, bad = asas_catalogue.read_catalogue(text.decode(errors="replace"), file.path, places)
        _check_catalogue(stars, bad, "asas", known)
    elif file.path.endswith(".lc"):
        form = moved.now(asas.PHOTOMETRY, known, "lightcurves")
        read_rows(text, form, file.path)
        if form is asas.PHOTOMETRY and not asas.APERTURES.search(text):
            raise LctransferError(f"{file.path}: no line gives the order of the apertures")


def _hipparcos(file: RemoteFile, text: bytes, scratch: Path, known: Overrides) -> None:
    from lctransfer.surveys import hipparcos, hipparcos_tables

    if file.path == hipparcos.INDEX:
        hipparcos.parse_index(text.decode("latin-1"), file.path)
    elif file.path == hipparcos.POSITIONS:
        (scratch / "main").write_bytes(text)
        hipparcos_tables.read_positions(scratch / "main")
    elif file.path in hipparcos.CATALOGUES:
        fields = hipparcos_tables.fields_of(known, file.path.rsplit("/", 1)[-1].partition(".")[0])
        stars, bad = hipparcos_tables.read_catalogue(text.decode("latin-1"), file.path, fields)
        _check_catalogue(stars, bad, "hipparcos", known)
    elif file.span is not None:
        if text[:6].split() != [file.key.encode()]:
            raise LctransferError(f"{file.path}: the index leads to another star than {file.key}")
        read_rows(text, moved.now(hipparcos.PHOTOMETRY, known, "epochs"), file.path)


def _asassn(file: RemoteFile, text: bytes, scratch: Path, known: Overrides) -> None:
    from lctransfer.surveys import asassn, asassn_catalogue, skypatrol

    if file.path == asassn.CATALOGUE:
        names = asassn_catalogue.names_of(known)
        stars, bad = asassn_catalogue.read_catalogue(text.decode("utf-8-sig", errors="replace"), file.path, names)
        _check_catalogue(stars, bad, "asassn", known)
    elif file.path.endswith(".csv"):
        found = known.get("lightcurves")
        skypatrol.read(text, file.path, found.columns if found else None)


def _service(file: RemoteFile, text: bytes, scratch: Path, known: Overrides) -> None:
    from lctransfer.surveys import module_of, services

    module = module_of(file.survey)
    if file.collection == module.CLASSES:
        rows = services.parse_rows(
            text.decode("utf-8-sig", errors="replace"), file.path, module.COLUMNS, known, module.CLASSES
        )
        stars, bad = module.stars_of(rows, file.path)
        _share(bad, len(rows), MOST_BAD)
        _words(
            [star for star in stars if star.label not in {*module.LABEL_MAP, *words_of(known)}], stars, MOST_OTHER_WORDS
        )
    else:
        found = known.get(module.LIGHT_CURVES)
        columns = dict(found.columns) if found else {}
        services.light_curves(text, file.path, module.FORMS, columns)


_READERS: dict[str, Callable[[RemoteFile, bytes, Path, Overrides], None]] = {
    "ogle": _ogle,
    "eros2": _eros2,
    "asas": _asas,
    "hipparcos": _hipparcos,
    "asassn": _asassn,
    "gaia": _service,
    "ztf": _service,
}


def _members(text: bytes, form: RowFormat, wanted: Callable[[str], bool]) -> None:
    """Read the members of an archive that are whole in its start; the first one has to be what is wanted."""
    try:
        with tarfile.open(fileobj=io.BytesIO(text), mode="r|") as archive:
            for number, member in enumerate(archive):
                if not member.isfile():
                    continue
                content = archive.extractfile(member).read()  # type: ignore[union-attr]
                if len(content) < member.size:
                    return
                if wanted(member.name):
                    read_rows(content, form, member.name)
                    return
                if number > 20:
                    break
    except tarfile.ReadError as error:
        if not text:
            raise LctransferError(f"it is no tar archive ({one_line(error)})") from None
        if len(text) < tarfile.BLOCKSIZE or text[257:262] != b"ustar":
            raise LctransferError("it is no tar archive") from None
        return
    raise LctransferError("none of its first members is a light curve as they are known")


def _check_catalogue(stars: list[Star], bad: list[str], survey: str, known: Overrides) -> None:
    """Refuse a catalogue of which too many rows cannot be read, or too many labels are not known."""
    _share(bad, len(stars) + len(bad), MOST_BAD)
    _known(stars, survey, known)


def _share(bad: list[str], total: int, most: float) -> None:
    if not total:
        raise LctransferError("there is no row")
    if len(bad) > most * total:
        raise LctransferError(f"{bad[0]} {len(bad)} of the first {total} rows are so.")


def _known(stars: list[Star], survey: str, known: Overrides) -> None:
    """Refuse words of which too many are neither in the label map nor a class of another catalogue."""
    words = {**LABEL_MAPS[survey], **words_of(known)}
    single = [star for star in stars if star.label and not set(star.label) & set(":/+|")]
    _words(
        [star for star in single if star.label not in words and not members(star.label or "")], single, MOST_OTHER_WORDS
    )


def _words(unknown: list[Star], stars: list[Star], most: float) -> None:
    if len(unknown) > max(most * len(stars), 1):
        words = sorted({str(star.label) for star in unknown})
        raise LctransferError(
            f"{len(unknown)} of the first {len(stars)} stars have unknown class words: {', '.join(words[:5])}."
        )
