"""The digest of the code that a verb runs changes with what matters, and only with that."""

import shutil

import pytest

import lctransfer
from lctransfer.workflow import code_digest

CACHED = ("_content", "_data", "_data_below", "_facts", "_file", "_function", "_store")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a copy of the package that `code_digest` looks at instead of the real one."""
    root = tmp_path / "lctransfer"
    shutil.copytree(lctransfer.__path__[0], root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code_digest, "ROOT", root)
    yield root
    _forget()


def _forget():
    for name in CACHED:
        getattr(code_digest, name).cache_clear()


def digest(verb, *modules, not_run=()):
    _forget()
    return code_digest.digest(verb, *modules, not_run=not_run)


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_comments_docstrings_layout_and_help_do_not_count(package):
    before = digest("features")
    path = package / "table" / "light_curves.py"
    path.write_text('"""Another docstring."""\n# A remark.\n\n\n' + path.read_text().split('"""', 2)[2])
    edit(package / "cli" / "data.py", 'help="cores to use', 'help="how many cores to use')
    assert digest("features") == before


def test_a_change_of_code_counts_even_in_an_imported_module(package):
    before = digest("features"), digest("join")
    edit(package / "table" / "light_curves.py", "import", "import textwrap\nimport")
    assert digest("features") != before[0]
    assert digest("join") == before[1]


def test_the_verb_itself_counts_and_other_verbs_do_not(package):
    before = digest("join"), digest("features")
    edit(package / "cli" / "data.py", "join_parquet(arguments.tables", "join_parquet(arguments.tables[::-1]")
    assert digest("join") != before[0]
    assert digest("features") == before[1]


def test_data_files_that_a_module_names_count(package):
    before = digest("report"), digest("transfer", "transfer.auto"), digest("transfer", "transfer.simple")
    edit(package / "report" / "page.css", "{", "{ color: red;")
    edit(package / "models" / "sky" / "model.json", "{", '{"note": 1,')
    after = digest("report"), digest("transfer", "transfer.auto"), digest("transfer", "transfer.simple")
    assert [one != other for one, other in zip(before, after)] == [True, True, False]


def test_what_decides_no_result_does_not_count(package):
    before = digest("features")
    (package / "config.py").write_text("")
    (package / "progress.py").write_text("")
    assert digest("features") == before


def test_an_import_that_a_job_never_comes_to_is_not_followed():
    listed = code_digest.covered("retrieve")
    assert code_digest.ROOT / "retrieve" / "listing.py" in listed
    fetched = code_digest.covered("retrieve", not_run=[("verb:retrieve", "retrieve.listing")])
    assert listed - fetched == {code_digest.ROOT / "retrieve" / "listing.py"}


def test_packages_around_a_module_count_and_their_other_modules_do_not():
    names = {path.relative_to(code_digest.ROOT).as_posix() for path in code_digest.covered("fit")}
    assert {"stages/__init__.py", "stages/fit.py"} <= names
    assert not {"stages/novelty.py", "stages/ingest.py", "tracking/__init__.py", "report/__init__.py"} & names
