"""Pages of the reference that are made from the code: configuration, command line, features, strategies, classes."""

import json
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path

from lctransfer import config, taxonomy
from lctransfer.cli.main import parser
from lctransfer.files import write_text
from lctransfer.surveys import LABEL_MAPS


def markdown(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    lines = [list(head), ["---"] * len(list(head)), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def configuration() -> str:
    """Return every key of the configuration, section by section."""
    parts = ["# Configuration keys\n", "`lctransfer config` prints what is in force; `name=value` overrides a key.\n"]
    for item in fields(config.Config):
        section = getattr(config.Config(), item.name)
        if is_dataclass(section):
            parts += [f"## {item.name}\n", f"{section.__doc__}\n", _keys(section)]
    parts += ["## surveys.NAME\n", f"{config.Survey.__doc__}\n", _keys(config.Survey())]
    return "\n".join(parts)


def _keys(section: object) -> str:
    rows = [
        (f"`{item.name}`", f"`{json.dumps(getattr(section, item.name))}`", _range(item.metadata), item.metadata["help"])
        for item in fields(section)
    ]
    return markdown(("key", "default", "allowed", "meaning"), rows)


def _range(metadata: dict) -> str:
    if metadata["choices"]:
        return ", ".join(map(str, metadata["choices"]))
    low, high = metadata["low"], metadata["high"]
    return "" if low is None and high is None else f"{'' if low is None else low} to {'' if high is None else high}"


def command_line() -> str:
    """Return the help of every verb."""
    verbs = next(action for action in parser()._actions if isinstance(action, _SubParsersAction))
    parts = ["# Command line\n", "`lctransfer VERB --help` prints the same.\n"]
    for name, verb in verbs.choices.items():
        parts += [f"## {name}\n", f"{verb.description}\n", f"```text\n{verb.epilog}\n```\n", _options(verb)]
    return "\n".join(parts)


def _options(verb: ArgumentParser) -> str:
    rows = []
    for action in verb._actions:
        if action.dest != "help":
            names = ", ".join(f"`{name}`" for name in action.option_strings or [action.dest])
            rows.append((names, (action.help or "").replace("%%", "%")))
    return markdown(("argument", "meaning"), rows)


def features() -> str:
    """Return every feature with its formula, unit, range and source."""
    from lctransfer import features as package

    head = "# Features\n\nThe set `both` holds the features of the sets `upsilon` and `lctransfer`.\n\n"
    described = package.describe()
    rows = ([" ".join(value.split()) for value in item.values()] for item in described)
    return head + markdown(described[0], rows)


def strategies() -> str:
    """Return every strategy with the first paragraph of its description."""
    from lctransfer.transfer.registry import STRATEGIES

    rows = [(f"`{name}`", " ".join(str(text).split())) for name, text in STRATEGIES.items()]
    return "# Strategies\n\n" + markdown(("name", "what it does"), rows)


def classes() -> str:
    """Return the taxonomy, and what each survey's labels are taken for."""
    parts = ["# Classes\n", f"{taxonomy.__doc__}\n"]
    parts += ["## Classes of the released weights\n", "\n".join(f"- `{name}`" for name in taxonomy.CLASSES), ""]
    parts += ["## Further classes of the simulated sky\n", "\n".join(f"- `{name}`" for name in taxonomy.FURTHER), ""]
    parts += ["## Labels of the surveys\n", "A label without a class here is a class of its own, or is left out.\n"]
    for survey, labels in sorted(LABEL_MAPS.items()):
        rows = [(f"`{label}`", f"`{name}`" if name else "left out") for label, name in labels.items()]
        parts += [f"### {survey}\n", markdown(("label", "class"), rows)]
    return "\n".join(parts)


PAGES = {
    "configuration": configuration,
    "command_line": command_line,
    "features": features,
    "strategies": strategies,
    "classes": classes,
}


def write(directory: Path) -> None:
    """Write all pages; an unchanged page keeps its date, so that Sphinx need not read it again."""
    for name, page in PAGES.items():
        path, text = directory / f"{name}.md", page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
