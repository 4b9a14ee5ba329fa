"""Where compiled functions are kept between processes, so that each is compiled once per version of its source.

Numba's own rules would refuse to work where neither the source's folder nor the user's can be written to, would go on
using code that was made from older versions of other files, and would stop at a damaged file. Here a cache is a help
and never a hindrance.
"""

import functools
import hashlib
import inspect
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba import config
from numba.core import caching


def source_digest(package: Path) -> str:
    """Return what tells versions of a package's source apart: compiled code holds functions of several of its files."""
    content = (path.name.encode() + path.read_bytes() for path in sorted(package.glob("*.py")))
    return hashlib.sha256(b"".join(content)).hexdigest()[:16]


@functools.cache
def cache_folder(package: Path) -> Path | None:
    """Return the folder for a package's compiled functions, or None (with a warning) if there is none to write to.

    Parameters
    ----------
    package : Path
        Folder of the source.

    Returns
    -------
    Path or None
        Below the first that holds such code already, or can be written to, of: ``NUMBA_CACHE_DIR``; the package's
        ``__pycache__``; the user's cache folder (``XDG_CACHE_HOME`` or ``~/.cache``). Folders that others may write
        to, such as ``/tmp``, are not considered, since compiled code is run as it is found.
    """
    digest = source_digest(package)
    own = package / "__pycache__" / f"compiled-{digest}"
    for folder in _candidates(own, f"lctransfer/compiled-{digest}"):
        if _writable(folder):
            if folder == own:
                _remove_older(own)
            return folder
        if any(folder.glob("*.nbi")):
            return folder
    _warn("no folder can be written to")
    return None


def _candidates(own: Path, name: str) -> Iterator[Path]:
    if config.CACHE_DIR:
        yield Path(config.CACHE_DIR) / name
    yield own
    user = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    if user.is_absolute():
        yield user / name


def _writable(folder: Path) -> bool:
    """Make the folder if need be, and return whether a file can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
    except OSError:
        return False
    return True


def _remove_older(folder: Path) -> None:
    """Remove what was compiled from earlier versions of the source."""
    for older in folder.parent.glob("compiled-*"):
        if older != folder:
            shutil.rmtree(older, ignore_errors=True)


@functools.cache
def _warn(reason: str) -> None:
    warnings.warn(
        f"Compiled functions cannot be kept ({reason}): every process compiles them anew, which takes several seconds. "
        "Set NUMBA_CACHE_DIR to a folder that you can write to.",
        RuntimeWarning,
        stacklevel=2,
    )


class _Locator(caching._CacheLocator):
    """Says where the compiled form of a function is, and which version of the source it must be of."""

    def __init__(self, function: Any, folder: Path):
        self._py_file = inspect.getfile(function)
        self._line = function.__code__.co_firstlineno
        self._folder = folder

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> "_Locator | None":
        folder = cache_folder(Path(py_file).parent)
        return cls(py_func, folder) if folder else None

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return self._folder.name

    def get_disambiguator(self) -> str:
        return str(self._line)


class _Implementation(caching.CompileResultCacheImpl):
    _locator_classes = [_Locator]  # noqa: RUF012


class _FunctionCache(caching.FunctionCache):
    """A function's cache that is passed over where it cannot be read or written."""

    _impl_class = _Implementation

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # a truncated or foreign file may raise anything; it is replaced
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError as error:
            _warn(error.strerror or "unwritable folder")


def keep_compiled(function: Any) -> Any:
    """Keep the code of a function made by `numba.njit` for later processes, if there is a folder for it; return it."""
    if cache_folder(Path(inspect.getfile(function.py_func)).parent):
        function._cache = _FunctionCache(function.py_func)
    return function


def compiled(function: Any) -> Any:
    """Compile a function on its first call, for threads beside each other, and keep its code for later processes."""
    return keep_compiled(numba.njit(nogil=True)(function))
