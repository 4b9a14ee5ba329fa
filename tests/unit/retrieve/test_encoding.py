import gzip
import zlib

import pytest

from lctransfer.retrieve.encoding import layers, unknown, unpack_extra_layers

TEXT = b"034242-1234.5 0.5 0.0 - - RRAB\n" * 400


@pytest.mark.parametrize(
    ("name", "packed", "kept"),
    [
        ("ACVS.1.1.gz", 1, 1),  # as the archive has it, labelled or not
        ("ACVS.1.1.gz", 2, 1),  # gzipped on the way once more
        ("ACVS.1.1.gz", 0, 0),  # a proxy has unpacked it: the readers take either
        ("catalogue.csv", 1, 0),
        ("catalogue.csv", 0, 0),
        ("phot.tar.gz", 3, 1),
    ],
)
def test_what_is_gzipped_too_often_is_unpacked(tmp_path, name, packed, kept):
    content = TEXT
    for _ in range(packed):
        content = gzip.compress(content, mtime=0)
    path = tmp_path / "x.part"
    path.write_bytes(content)
    assert unpack_extra_layers(path, name) == (packed > kept)
    assert layers(path) == kept
    left = path.read_bytes()
    assert (gzip.decompress(left) if kept else left) == TEXT
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.part"]


def test_a_damaged_layer_is_an_error_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "x.part"
    path.write_bytes(gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0)[:-20])
    with pytest.raises((EOFError, OSError, zlib.error)):
        unpack_extra_layers(path, "ACVS.1.1.gz")
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.part"]


@pytest.mark.parametrize(
    ("said", "left"), [("", ""), ("gzip", ""), ("X-GZIP, identity", ""), ("br", "br"), ("gzip, zstd", "zstd")]
)
def test_other_encodings_are_named(said, left):
    assert unknown(said) == left
