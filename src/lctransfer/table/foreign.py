"""Files that hold no table which is read here: what each is, by its first bytes, and what to do with it."""

from pathlib import Path

from lctransfer.errors import LctransferError

ZIPPED = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".ods"), "a spreadsheet"),
    ".npz": "a file of NumPy's arrays",
    **dict.fromkeys((".pt", ".pth"), "a file of PyTorch, which can hold code and is never opened as a table"),
}
"""What ZIP archives with these endings are."""
UNPACK = "unpack it, and give the folder or the file that comes out"
SAVE = "save the table as CSV or Parquet, and give that"
MAGIC = (
    (0, b"\xfd7zXZ\0", "a file compressed by xz", "unpack it with unxz; gzip, bz2 and zstd are read as they are"),
    (0, b"PK\x03\x04", "a ZIP archive", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (0, b"Rar!", "a RAR archive", UNPACK),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"\x93NUMPY", "an array of NumPy", SAVE),
    (0, b"\x89HDF", "an HDF5 file", SAVE),
    (0, b"\xd0\xcf\x11\xe0", "a spreadsheet of Excel", SAVE),
    (0, b"SQLite format 3", "a database of SQLite", SAVE),
    (0, b"%PDF", "a PDF", SAVE),
    (0, b"\xff\xfe", "text in UTF-16, as Excel writes it", "save it as CSV in UTF-8"),
    (0, b"\xfe\xff", "text in UTF-16, as Excel writes it", "save it as CSV in UTF-8"),
)
"""Place of the mark in the file, the mark, what the file is, and what to do."""
PICKLE = b"\x80"
"""First byte of what pickle writes since its second version; the next is the version."""
WEB_PAGE = (b"<!doctype html", b"<html")


def refuse_foreign(path: Path, head: bytes) -> None:
    """Refuse a file that is surely no table of a known kind.

    Parameters
    ----------
    path : Path
    head : bytes
        The first 512 bytes or more, after decompression.

    Raises
    ------
    LctransferError
        With what the file is and what to do.
    """
    for place, mark, what, cure in MAGIC:
        if head[place:].startswith(mark):
            zipped = ZIPPED.get(path.suffix.lower())
            _refuse(path, zipped or what, SAVE if zipped else cure)
    if head[:1] == PICKLE and head[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        _refuse(path, "a pickle, which can run any code and is never opened", SAVE)
    if head.lstrip().lower().startswith(WEB_PAGE):
        _refuse(path, "a web page, perhaps the error that a server sent", "open it in a browser, and download again")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        _refuse(path, "JSON", SAVE)


def _refuse(path: Path, what: str, cure: str) -> None:
    raise LctransferError(f"{path} is {what}: {cure}.")
