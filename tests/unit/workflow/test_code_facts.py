"""Facts of source files are the same from memory as parsed anew, and a memory that is damaged is none."""

import json

import pytest

from lctransfer.workflow import code_facts
from lctransfer.workflow.code_facts import KEPT, FactStore

SOURCE = '''"""What it does."""

from typing import TYPE_CHECKING

from lctransfer.table import cuts

if TYPE_CHECKING:
    from lctransfer import report


@verb(option("-o", help="where"))
def _join(arguments):
    """Join tables."""
    from lctransfer import files

    return open("page.css").read(), cuts, files
'''


@pytest.fixture
def root(tmp_path):
    (tmp_path / "cli.py").write_text(SOURCE)
    return tmp_path


@pytest.fixture
def unparsed(monkeypatch):
    """Return the contents that were parsed."""
    seen, parse = [], code_facts._parsed
    monkeypatch.setattr(code_facts, "_parsed", lambda content: seen.append(content) or parse(content))
    return seen


def test_a_file_is_what_it_imports_and_names(root):
    facts = FactStore(root)[root / "cli.py"]
    assert set(facts) == {"", "join"}
    assert facts[""].imports == ["files", "table", "table.cuts"]
    assert facts["join"].imports == ["files"]
    assert "page.css" in facts["join"].texts
    assert "where" not in facts["join"].texts


def test_a_second_process_parses_only_what_changed(root, unparsed):
    (root / "other.py").write_text("A = 1\n")
    names = ("cli.py", "other.py")
    store = FactStore(root)
    first = [store[root / name] for name in names]
    store.keep()
    again = FactStore(root)
    assert [again[root / name] for name in names] == first
    assert len(unparsed) == 2
    (root / "other.py").write_text("A = 2\n")
    assert again[root / "other.py"] != first[1]
    assert again[root / "cli.py"] == first[0]
    assert len(unparsed) == 3


def test_comments_and_layout_change_no_fact(root):
    before = FactStore(root)[root / "cli.py"]
    (root / "cli.py").write_text(SOURCE.replace("\n\n\n", "\n\n\n# A remark.\n").replace("Join tables", "Join them"))
    assert FactStore(root)[root / "cli.py"] == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: json.dumps({"files": {"cli.py": 1}}),
        lambda text: text.replace("table.cuts", "table.cuds"),
        lambda text: text.replace('"sha256_of_content"', '"sha"'),
    ],
    ids=["empty", "cut off", "a list", "foreign", "edited", "without its digest"],
)
def test_what_was_kept_and_is_damaged_is_parsed_anew(root, damage, unparsed):
    store = FactStore(root)
    facts = store[root / "cli.py"]
    store.keep()
    kept = root / KEPT
    assert damage(kept.read_text()) != kept.read_text()
    kept.write_text(damage(kept.read_text()))
    assert FactStore(root)[root / "cli.py"] == facts
    assert len(unparsed) == 2


def test_a_folder_that_cannot_be_written_to_costs_nothing_but_time(root):
    (root / "__pycache__").write_text("a file where the folder would be")
    store = FactStore(root)
    facts = store[root / "cli.py"]
    store.keep()
    assert FactStore(root)[root / "cli.py"] == facts
