"""Attacks by files: pickles, YAML tags, archives that break out; see `attacks.py`."""

import gzip
import io
import os
import pickle
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from attacking import ROOT, attack, refusal


class Bomb:
    """Touches a file when it is unpickled."""

    def __init__(self, canary: Path):
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch '{self.canary}'",)


def pickles(folder: Path) -> dict[str, bytes]:
    """Return files by name that run code when they are unpickled."""
    import joblib
    import torch

    bomb = Bomb(folder / "canary")
    torch_file, numpy_file, joblib_file = io.BytesIO(), io.BytesIO(), io.BytesIO()
    torch.save({"weights": bomb}, torch_file)
    np.save(numpy_file, np.array([bomb], dtype=object), allow_pickle=True)
    joblib.dump(bomb, joblib_file)
    return {
        "bomb.pt": torch_file.getvalue(),
        "bomb.npy": numpy_file.getvalue(),
        "bomb.joblib": joblib_file.getvalue(),
        "bomb.pkl": pickle.dumps(bomb),
        "bomb.parquet": pickle.dumps(bomb),
        "bomb.csv": pickle.dumps(bomb),
    }


@attack("pickle as a table: .pt, .npy, .joblib, .pkl, and as .parquet and .csv")
def pickled_table(folder: Path) -> str:
    """Every pickle where a table of light curves is expected."""
    for name, content in pickles(folder).items():
        (folder / name).write_bytes(content)
        refusal("features", folder / name, "-o", folder / "out.parquet")
    assert not (folder / "canary").exists()
    return "6 files refused, none ran"


@attack("pickle as weights of a source model (.pt), and in a model folder as .safetensors or .joblib")
def pickled_model(folder: Path) -> str:
    """Put a pickle where a network or a forest is expected."""
    content = pickles(folder)
    pd.DataFrame({"source_id": ["a"], "time": [[1.0, 2.0]], "mag": [[1.0, 2.0]]}).to_parquet(folder / "t.parquet")
    (folder / "bomb.pt").write_bytes(content["bomb.pt"])
    refusal("classify", folder / "t.parquet", "--source", folder / "bomb.pt", "-o", folder / "out.parquet")
    sky = ROOT / "src/lctransfer/models/sky"
    model = folder / "model"
    shutil.copytree(sky, model)
    for name in ("bomb.joblib", "bomb.pkl", "bomb.pt"):
        (model / "model.safetensors").write_bytes(content[name])
        (model / name).write_bytes(content[name])
        refusal("classify", folder / "t.parquet", "--source", model, "-o", folder / "out.parquet")
    assert not (folder / "canary").exists()
    return "4 models refused, none ran"


@attack("a YAML tag that makes an object, in a class map")
def yaml_tag(folder: Path) -> str:
    """Try the class map, the only YAML file of a user's own."""
    from lctransfer.errors import LctransferError
    from lctransfer.table.class_map import read_class_map

    (folder / "map.yaml").write_text(f"a: !!python/object/apply:os.system [\"touch '{folder}/canary'\"]\n")
    try:
        read_class_map(folder / "map.yaml")
    except LctransferError as error:
        assert not (folder / "canary").exists()
        return str(error)[-160:]
    raise AssertionError("the tag was read")


@attack("archives: paths out of the folder, absolute paths, links, devices, a bomb of zeros (tar and zip)")
def archives(folder: Path) -> str:
    """Members that no survey would send."""
    from lctransfer.errors import LctransferError
    from lctransfer.surveys.members import read

    made = [_tar(folder, name, kind) for name, kind in TAR_MEMBERS] + [_zip(folder, name) for name in ZIP_MEMBERS]
    for path in [*made, _bomb(folder)]:
        try:
            for _ in read(path):
                pass
        except LctransferError:
            continue
        raise AssertionError(f"{path.name} was read")
    return f"{len(made) + 1} archives refused"


TAR_MEMBERS = (
    ("../out.txt", tarfile.REGTYPE),
    ("/etc/out.txt", tarfile.REGTYPE),
    ("a/../../out.txt", tarfile.REGTYPE),
    ("link", tarfile.SYMTYPE),
    ("hard", tarfile.LNKTYPE),
    ("device", tarfile.CHRTYPE),
    ("fifo", tarfile.FIFOTYPE),
)
ZIP_MEMBERS = ("../out.txt", "/etc/out.txt", "..\\out.txt", "C:\\out.txt")


def _tar(folder: Path, name: str, kind: bytes) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.tar"
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    return path


def _zip(folder: Path, name: str) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "out")
    return path


def _bomb(folder: Path) -> Path:
    path = folder / "bomb.tar.gz"
    with gzip.open(path, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("zeros.dat")
        member.size = 200 * 2**20
        archive.addfile(member, _Zeros())
    return path


class _Zeros(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = bytes(len(buffer))
        return len(buffer)
