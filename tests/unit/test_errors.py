"""A library of an extra that is missing is named together with its extra."""

import errno
import re
import sys
import tomllib

import pytest
from conftest import REPOSITORY

import lctransfer
from lctransfer.cli.main import main
from lctransfer.errors import EXTRAS, LctransferError, check_name, missing_extra, one_line, pass_on_limits


def test_extras_are_those_of_the_package():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    for library, extra in EXTRAS.items():
        listed = {re.match(r"[\w-]+", item)[0] for item in project["optional-dependencies"][extra]}
        assert library in listed
        assert not any(item.startswith(library) for item in project["dependencies"])


def test_a_verb_without_its_extra_ends_in_a_sentence(tmp_path, monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("lctransfer.report")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(lctransfer, "report", raising=False)  # where an earlier test had imported it
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    assert main(["report", str(tmp_path)]) == 2
    assert "pip install 'lctransfer[report]'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["numpy", None])
def test_other_missing_libraries_are_no_matter_of_extras(name):
    assert missing_extra(ModuleNotFoundError(name=name)) is None


def test_a_name_that_is_none_of_the_known_is_refused_with_those():
    check_name("strategy", "auto", {"auto": 1}, "auto")
    with pytest.raises(LctransferError, match=r"^There is no strategy 'atuo'\. Strategies: auto, scratch\.$"):
        check_name("strategy", "atuo", {"auto": 1, "scratch": 2}, "auto, scratch")
    with pytest.raises(LctransferError, match=r"^There is no form 'x'\. Forms: own\.$"):
        check_name("form", "x", ("own",), "own")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE, errno.ENOMEM])
def test_a_limit_of_the_machine_is_passed_on(number):
    with pytest.raises(OSError, match="limit"):
        pass_on_limits(OSError(number, "limit"))


@pytest.mark.parametrize("error", [OSError("damaged"), FileNotFoundError(2, "none"), ValueError("12")])
def test_faults_of_what_is_read_are_not(error):
    assert pass_on_limits(error) is None


def test_a_long_message_keeps_both_ends_on_one_line():
    assert one_line(ValueError("first\n  second")) == "first second"
    assert one_line(KeyError()) == "KeyError"
    shown = one_line(ValueError(f"begins {'x' * 30_000} ends"), 101)
    assert shown.startswith("begins xxx")
    assert shown.endswith("xxx ends")
    assert len(shown) == 101
