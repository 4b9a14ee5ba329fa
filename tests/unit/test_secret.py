"""Passwords and tokens stay out of messages, results and logs."""

import json

import pytest

from lctransfer.cli.compose import compose
from lctransfer.cli.main import main
from lctransfer.errors import LctransferError
from lctransfer.secret import hide, hide_all


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgresql://me:pa@host:5432/db", "postgresql://***@host:5432/db"),
        ("https://pa@host/x?api_key=pa&n=2", "https://***@host/x?api_key=***&n=2"),
        ("https://h/f?X-Amz-Signature=pa#part", "https://h/f?X-Amz-Signature=***#part"),
        ("https://h/a@b/c and sqlite:///results/mlflow.db", "https://h/a@b/c and sqlite:///results/mlflow.db"),
        ("me@example.org", "me@example.org"),
    ],
)
def test_addresses_lose_what_is_secret_and_nothing_else(text, hidden):
    assert hide(text) == hidden
    assert hide_all({"a": [text, 3, None]}) == {"a": [hidden, 3, None]}


@pytest.mark.parametrize(
    "override",
    [
        "tracking.uri=http://me:s3cret@host:5000",
        "tracking.uri=postgresql://me:s3cret@host/db",
        "archive.mirror=https://me:s3cret@host/files",
    ],
)
def test_a_configuration_with_a_password_is_refused_without_repeating_it(override):
    with pytest.raises(LctransferError, match=r"\*\*\*@host.*MLFLOW_TRACKING_PASSWORD") as refused:
        compose(["experiment=smoke", override])
    assert "s3cret" not in str(refused.value)


def test_a_sentence_of_the_command_line_hides_the_password(tmp_path, capsys):
    (tmp_path / "config.json").write_text(json.dumps({"experiment": "x"}))
    assert main(["ui", "--no-browser", "--uri", "http://me:s3cret@127.0.0.1:9"]) == 2
    said = capsys.readouterr().err
    assert "s3cret" not in said
    assert "***@127.0.0.1:9" in said
