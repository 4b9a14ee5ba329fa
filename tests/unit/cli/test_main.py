"""The verbs are thin, explain themselves, and fail in a sentence."""

import shlex

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lctransfer.cli.arguments import EXAMPLES, VERBS
from lctransfer.cli.main import main, parser


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself_and_each_of_its_arguments(verb, capsys):
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert VERBS[verb][0].__doc__ in " ".join(capsys.readouterr().out.split())
    assert all(option.kinds["help"] for option in VERBS[verb][1])


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_an_example_that_it_would_take(verb, capsys):
    words = shlex.split(EXAMPLES[verb])
    assert words[0] == "lctransfer"
    assert parser().parse_args(words[1:]).function is VERBS[verb][0]
    with pytest.raises(SystemExit):
        main([verb, "--help"])
    assert EXAMPLES[verb] in " ".join(capsys.readouterr().out.split())


def test_config_prints_what_is_in_force(capsys):
    assert main(["config", "experiment=quickstart", "transfer.seeds=3"]) == 0
    printed = capsys.readouterr().out
    assert "experiment: quickstart" in printed
    assert "seeds: 3" in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["config", "transfer.sedes=3"], "did you mean transfer.seeds?"),
        (["features", "no_such.parquet", "-o", "{out}"], "There is no file no_such.parquet"),
        (["features", "no_such.parquet", "-o", "{out}", "--settings", "{{"], "not valid JSON"),
        (["features", "no_such.parquet", "-o", "{out}", "--settings", "[]"], "must be a JSON object"),
        (["features", "x", "-o", "{out}", "--settings", '{{"oversampling": "x"}}'], "must be a number"),
        (["features", "x", "-o", "{out}", "--settings", '{{"oversamplng": 3}}'], "did you mean oversampling?"),
        (["config", "experiment=kepler"], "Available options in 'experiment'"),
        (["fit", "no_such.parquet", "--source", "x", "-o", "{out}"], "There is no file no_such.parquet"),
        (["ui", "--uri", "sqlite:///{out}"], "Run an experiment first"),
        (["ingest", "kepler", "--directory", ".", "-o", "{out}"], "kepler"),
        (["retrieve"], "Name a survey"),
        (["report", "{out}", "--data", "."], "{out}"),
        (["tracking", "{out}"], "{out}"),
    ],
)
def test_a_mistake_is_a_sentence_and_a_status(arguments, sentence, tmp_path, capsys):
    out = tmp_path / "out"
    assert main([argument.format(out=out) for argument in arguments]) == 2
    said = capsys.readouterr().err
    assert sentence.format(out=out) in said
    assert "Traceback" not in said
    assert not out.exists()


def test_an_option_is_not_guessed_from_its_first_letters(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["features", "stars.parquet", "-o", str(tmp_path / "out"), "--set", "both"])
    assert "unrecognized arguments: --set both" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "a/b"])
def test_a_wrong_shard_is_refused(text, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["features", "stars.parquet", "-o", str(tmp_path / "out"), "--shard", text])
    assert "write 3/8 for the third of eight" in capsys.readouterr().err


def test_shards_joined_are_the_whole(tmp_path):
    from lctransfer.simulate import simulate

    stars = tmp_path / "stars.parquet"
    pq.write_table(simulate("hipparcos", 60, 1), stars, row_group_size=17)
    assert main(["features", str(stars), "-o", str(tmp_path / "whole.parquet")]) == 0
    parts = [tmp_path / f"part{i}.parquet" for i in (1, 2, 3)]
    for i, part in enumerate(parts, 1):
        assert main(["features", str(stars), "-o", str(part), "--shard", f"{i}/3"]) == 0
    assert main(["join", *map(str, parts), "-o", str(tmp_path / "joined.parquet")]) == 0
    assert pq.read_table(tmp_path / "joined.parquet").equals(pq.read_table(tmp_path / "whole.parquet"))


def test_an_empty_table_and_an_empty_light_curve_lose_nothing(tmp_path):
    lists = pa.list_(pa.float64())
    columns = {name: pa.array([[]], lists) for name in ("time", "mag", "mag_err")}
    for n_rows in (0, 1):
        stars, out = tmp_path / f"{n_rows}.parquet", tmp_path / f"{n_rows}-features.parquet"
        pq.write_table(pa.table({"source_id": ["a"], **columns}).slice(0, n_rows), stars)
        assert main(["features", str(stars), "-o", str(out)]) == 0
        written = pq.read_table(out)
        assert written.num_rows == n_rows
        assert "ok" not in written["flag"].to_pylist()
