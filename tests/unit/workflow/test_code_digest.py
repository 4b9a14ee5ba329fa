"""The digest of the code that a stage runs changes with what matters, and only with that."""

import shutil

import pytest

import lctransfer
from lctransfer.workflow import code_digest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a copy of the package that `code` looks at instead of the real one."""
    root = tmp_path / "lctransfer"
    shutil.copytree(lctransfer.__path__[0], root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code_digest, "ROOT", root)
    return root


def digest(*modules):
    code_digest._imports.cache_clear()
    code_digest._content.cache_clear()
    return code_digest.digest(*modules)


def test_comments_docstrings_and_layout_do_not_count(package):
    before = digest("taxonomy")
    path = package / "taxonomy.py"
    path.write_text('"""Another docstring."""\n# A remark.\n\n\n' + path.read_text().split('"""', 2)[2])
    assert digest("taxonomy") == before


def test_a_change_of_code_counts_even_in_an_imported_module(package):
    before = {name: digest(name) for name in ("table.light_curves", "taxonomy")}
    path = package / "files.py"
    path.write_text(path.read_text().replace("zstd", "snappy"))
    assert digest("table.light_curves") != before["table.light_curves"]
    assert digest("taxonomy") == before["taxonomy"]


def test_data_files_of_a_package_count(package):
    before = digest("report")
    style = next(package.joinpath("report").rglob("*.mplstyle"))
    style.write_text(style.read_text() + "axes.grid: True\n")
    assert digest("report") != before


def test_what_decides_no_result_does_not_count(package):
    before = digest("features")
    (package / "config.py").write_text("")
    (package / "progress.py").write_text("")
    assert digest("features") == before


@pytest.mark.parametrize("stage", ["simulate", "surveys", "retrieve", "features", "transfer", "report"])
def test_stages_do_not_import_each_other_by_accident(stage):
    seen = set()
    code_digest._collect(stage, seen)
    rooms = {path.relative_to(code_digest.ROOT).parts[0].removesuffix(".py") for path in seen}
    assert stage in rooms
    assert "tracking" not in rooms
    assert "report" not in rooms - {stage}
