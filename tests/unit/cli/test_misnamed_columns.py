"""Every verb that reads a table says which one it is whose column names are no UTF-8, and why it cannot be read."""

import pytest
from damaged import write_misnamed

from lctransfer.cli.main import main

VERBS = {
    "features": ["features", "TABLE", "-o", "OUT/features.parquet"],
    "classify": ["classify", "TABLE", "--source", "simulated", "-o", "OUT/classes.parquet"],
    "fit": ["fit", "TABLE", "-o", "OUT/model"],
    "evaluate": ["evaluate", "TABLE", "--source", "simulated", "-o", "OUT/evaluation"],
    "suggest": ["suggest", "simulated", "TABLE", "-n", "2", "-o", "OUT/suggested.csv"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_column_names_that_are_no_utf_8_are_a_sentence(verb, tmp_path, capsys):
    write_misnamed(table := tmp_path / "stars.parquet")
    given = [word.replace("TABLE", str(table)).replace("OUT", str(tmp_path)) for word in VERBS[verb]]
    assert main(given) == 2
    message = capsys.readouterr().err
    assert "stars.parquet cannot be read as Parquet" in message
    assert "utf-8" in message
    assert [path.name for path in tmp_path.iterdir()] == ["stars.parquet"]
