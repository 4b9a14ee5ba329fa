"""What is said before code is compiled."""

import pytest

from lctransfer.features import compiled


@pytest.mark.parametrize(("kept", "said"), [(False, True), (True, False)])
def test_compiling_is_announced_only_where_nothing_is_kept(tmp_path, monkeypatch, capsys, kept, said):
    if kept:
        (tmp_path / "search.nbc").touch()
    monkeypatch.setattr(compiled, "cache_folder", lambda package: tmp_path)
    compiled.announce_compiling.__wrapped__()
    assert ("Compiling" in capsys.readouterr().err) == said


def test_a_computer_without_a_cache_is_warned_elsewhere(monkeypatch, capsys):
    monkeypatch.setattr(compiled, "cache_folder", lambda package: None)
    compiled.announce_compiling.__wrapped__()
    assert capsys.readouterr().err == ""
