"""Every stage is one rule file, one verb, one module and one group of the configuration, all of the same name."""

from importlib.util import find_spec

import pytest

from lctransfer.cli import main  # noqa: F401 - registers the verbs
from lctransfer.cli.arguments import VERBS
from lctransfer.workflow_files import FILES

STAGES = sorted(path.stem for path in (FILES / "workflow" / "rules").glob("*.smk") if path.stem != "common")
WITHOUT_SETTINGS = {"report"}
"""It draws what the other stages left, and has nothing to be set."""


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_its_name_everywhere(stage):
    assert stage in VERBS
    assert any(find_spec(f"lctransfer.{place}{stage}") for place in ("", "stages."))
    assert (FILES / "config" / stage).is_dir() or stage in WITHOUT_SETTINGS
    assert f'include: "workflow/rules/{stage}.smk"' in (FILES / "Snakefile").read_text()


def test_every_rule_stands_in_the_file_of_its_stage():
    for stage in STAGES:
        text = (FILES / "workflow" / "rules" / f"{stage}.smk").read_text()
        rules = [line.split()[1].rstrip(":") for line in text.splitlines() if line.strip().startswith("rule ")]
        assert stage in rules
