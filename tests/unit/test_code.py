"""The digest of the code that a stage runs changes with what matters, and only with that."""

import shutil

import pytest

import lctransfer
from lctransfer import code


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a copy of the package that `code` looks at instead of the real one."""
    root = tmp_path / "lctransfer"
    shutil.copytree(lctransfer.__path__[0], root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "ROOT", root)
    return root


def digest(*modules):
    code._imports.cache_clear()
    code._content.cache_clear()
    return code.digest(*modules)


def test_comments_docstrings_and_layout_do_not_count(package):
    before = digest("taxonomy")
    path = package / "taxonomy.py"
    path.write_text('"""Another docstring."""\n# A remark.\n\n\n' + path.read_text().split('"""', 2)[2])
    assert digest("taxonomy") == before


def test_a_change_of_code_counts_even_in_an_imported_module(package):
    before = {name: digest(name) for name in ("lightcurves", "taxonomy")}
    path = package / "files.py"
    path.write_text(path.read_text().replace("zstd", "snappy"))
    assert digest("lightcurves") != before["lightcurves"]
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


@pytest.mark.parametrize("stage", ["simulate", "surveys", "retrieve", "features", "pretrain", "transfer", "report"])
def test_stages_do_not_import_each_other_by_accident(stage):
    seen = set()
    code._collect(stage, seen)
    rooms = {path.relative_to(code.ROOT).parts[0].removesuffix(".py") for path in seen}
    assert stage in rooms
    assert "tracking" not in rooms
    assert "report" not in rooms - {stage}
