import pytest
from retrieve_server import serving

from lctransfer import surveys
from lctransfer.config import Archive, Survey
from lctransfer.errors import LctransferError
from lctransfer.retrieve import retrieve
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import hipparcos, hipparcos_tables

STARS = 40


@pytest.fixture
def host(tmp_path):
    """A server that holds a small Hipparcos archive."""
    root = tmp_path / "archive"
    surveys.write_archive("hipparcos", simulate("hipparcos", STARS, 1), root)
    with serving() as running:
        running.files = {f"/{path.relative_to(root)}": path.read_bytes() for path in root.rglob("*.*")}
        yield running


def fetch(host, folder, *collections):
    settings = Archive(name="live", kind="live", mirror=host.address, timeout_s=2.0, attempts=2)
    retrieve("hipparcos", settings, list(collections), folder / "raw", folder / "raw.json")
    return ingest.ingest("hipparcos", folder / "raw", Survey(min_epochs=2)).table


def test_stars_are_asked_for_one_by_one_with_the_same_result(host, tmp_path):
    whole = fetch(host, tmp_path / "a", "whole")
    host.ranges.clear()
    parts = fetch(host, tmp_path / "b")
    used = [row for row in whole.to_pylist() if row["class_name"]]
    assert whole.num_rows == STARS
    assert parts.to_pylist() == used
    assert not (tmp_path / "b" / "raw" / hipparcos.EPOCHS).exists()
    assert sum(wanted is not None for wanted in host.ranges) == len(used) > STARS / 2


def test_a_member_that_comes_damaged_is_asked_for_again(host, tmp_path):
    host.faults[f"/{hipparcos.EPOCHS}"] = ["break", "", "busy"]
    table = fetch(host, tmp_path)
    assert host.requests[f"/{hipparcos.EPOCHS}"] == table.num_rows + 2


def test_a_server_that_denies_ranges_is_told_from_one_that_lacks_the_file(host, tmp_path):
    host.faults[f"/{hipparcos.EPOCHS}"] = ["no range"] * 9 * STARS
    with pytest.raises(LctransferError, match=r"sends only the whole file.*\.collections=\[whole\]"):
        fetch(host, tmp_path)
    assert host.requests[f"/{hipparcos.EPOCHS}"] < STARS  # it gives up before it has asked for all


def test_an_index_of_another_version_is_found_out(host, tmp_path):
    path = f"/{hipparcos.INDEX}"
    lines = host.files[path].decode().splitlines()
    numbers, offsets = zip(*(line.split("=") for line in lines))
    host.files[path] = "\n".join(f"{n}={int(o) + 7}" for n, o in zip(numbers, offsets)).encode()
    with pytest.raises(LctransferError, match="cut short, or has other rows"):
        fetch(host, tmp_path)


def test_a_folder_stands_in_for_the_host(host, tmp_path):
    root = (tmp_path / "archive").as_uri()
    retrieve("hipparcos", Archive(kind="live", mirror=root), [], tmp_path / "raw", tmp_path / "raw.json")
    assert ingest.ingest("hipparcos", tmp_path / "raw", Survey(min_epochs=2)).table.num_rows > STARS / 2


def test_there_is_no_other_collection():
    with pytest.raises(LctransferError, match=r"no collection all\. It has whole"):
        surveys.remote_files("hipparcos", ["all"], "live")


@pytest.mark.parametrize(
    ("text", "said"), [("1=5\n2=5", "must grow"), ("1=5\nx=7", "line 2"), ("", "line 1"), ("1=0", "grow")]
)
def test_an_index_that_is_none_is_refused(text, said):
    with pytest.raises(LctransferError, match=said):
        hipparcos.parse_index(text, "hep.gz.idx")


@pytest.mark.parametrize(
    "shift", [lambda line: " " + line, lambda line: line[:20] + line[21:], lambda line: line[:40] + "1" + line[40:]]
)
def test_a_row_of_the_catalogue_that_has_shifted_is_refused(shift):
    line = f"{7:6d}                P EA{9.64:14.3f}{1.2345678:28.7f}".ljust(142)
    assert len(line) == 142
    assert hipparcos_tables.read_catalogue(line, "hip_va_1.dat") == ([("7", "EA", None, None, 1.2345678, ())], [])
    stars, bad = hipparcos_tables.read_catalogue(shift(line), "hip_va_1.dat")
    assert (stars, len(bad)) == ([], 1)
