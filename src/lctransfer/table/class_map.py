"""From the words of a table to classes: by a map of the user's own, then by a vocabulary."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from lctransfer.errors import LctransferError, one_line
from lctransfer.table.vocabularies import NONE, detect, joined, meaning, named
from lctransfer.taxonomy import Label, check_label_map, members

LARGEST_BYTES = 1_000_000
"""A class map is a page or two; larger files are something else."""
NOTHING = ("", "null", "Null", "NULL", "~")

WRITTEN_BYTES = re.compile(r"""b(['"])(.*)\1""")
WHOLE = re.compile(r"([+-]?\d+)\.0+")


def word_of(value: object) -> str:
    """Return a label, or a word of a class map, as text: 1.0 is 1, and b'RRAB  ', as Python writes bytes, is RRAB."""
    if isinstance(value, float):
        return "nan" if not isfinite(value) else f"{value:.0f}" if value == round(value) else f"{value:g}"
    text = str(value).strip()
    written, whole = WRITTEN_BYTES.fullmatch(text), WHOLE.fullmatch(text)
    return written[2].strip() if written else whole[1] if whole else text


def read_class_map(path: Path | str | None) -> dict[str, Label]:
    """Return the class map of a YAML file: words to a class, to several (a list), or to nothing (left out).

    Words stay as they are written: ``010`` is no octal number, ``NO`` no truth value; but 1.0 is 1, as in labels.

    Raises
    ------
    LctransferError
        If the file is missing, is no flat mapping, has a word twice, or names no class of the taxonomy.
    """
    if not path:
        return {}
    where = f"The class map {path}"
    try:
        if Path(path).stat().st_size > LARGEST_BYTES:
            raise LctransferError(
                f"{where} has more than {LARGEST_BYTES} bytes: name a YAML file of words and classes."
            )
        content = _content(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LctransferError(f"{where} cannot be read: {one_line(error)}") from None
    except RecursionError:
        raise LctransferError(f"{where} cannot be read: it is nested too deeply.") from None
    if content is None:
        raise LctransferError(f"{where} must hold lines such as `RRAB: RRL_ab`, or `MISC: null`.")
    return checked(content, where)


def _content(text: str) -> dict[str, Any] | None:
    """Return words and what they are tied to, texts or lists of texts; None where a YAML text is no mapping of these.

    The nodes are looked at before anything is made of them: names for parts (``&a``, ``*a``) could stand for billions.

    Raises
    ------
    yaml.YAMLError
        If it is no YAML, or has a word twice.
    """
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    content: dict[str, Any] = {}
    for key, value in root.value:
        parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
        if not all(isinstance(node, yaml.ScalarNode) for node in (key, *parts)):
            lines = "it must hold lines such as `RRAB: RRL_ab` or `EW|EB: [EB_EC, EB_ESD]`"
            raise yaml.YAMLError(f"{lines}; line {key.start_mark.line + 1} is none.")
        word = word_of(key.value)
        if word in content:
            raise yaml.YAMLError(
                f"it has the word {word[:100]!r} twice, again in line {key.start_mark.line + 1}; keep one."
            )
        content[word] = [node.value for node in parts] if parts is value.value else value.value
    return content


def checked(content: Mapping[Any, Any], where: str) -> dict[str, Label]:
    """Return a class map whose values are nodes: several joined by ``|``, or None.

    Raises
    ------
    LctransferError
        If a value is neither text, a list of texts nor nothing, or is no class of the taxonomy.
    """
    found: dict[str, Label] = {}
    for word, value in content.items():
        if value is None or (isinstance(value, str) and value in NOTHING):
            found[word_of(word)] = None
        elif isinstance(value, str):
            found[word_of(word)] = value
        elif isinstance(value, Sequence) and value and all(isinstance(one, str) for one in value):
            check_label_map({f"{word}": one for one in value}, where)
            found[word_of(word)] = joined(value)
        else:
            raise LctransferError(
                f"{where} must hold lines such as `RRAB: RRL_ab`, `EW|EB: [EB_EC, EB_ESD]` or `MISC: null`; "
                f"{word!r} is {value!r}."
            )
    check_label_map(found, where)
    return found


@dataclass
class Classes:
    """Classes by word, and what is to be said about them.

    Attributes
    ----------
    names : dict
        Word to class; None leaves the star out.
    vocabulary : str
        Whose words they are, as asked for or detected; empty if nobody's.
    lines : list of str
        Sentences about the vocabulary, and about uncertain words.
    """

    names: dict[str, Label]
    vocabulary: str = ""
    lines: list[str] = field(default_factory=list)

    def sentences(self, counts: Mapping[str, int], source_classes: Iterable[str] | None = None) -> list[str]:
        """Return which words a source model knows, which not, and what to do; without one, which the taxonomy does."""
        return [*self.lines, *_known_and_unknown(counts, self, source_classes)]


def classes_of(counts: Mapping[str, int], class_map: Mapping[str, Label], vocabulary: str = "") -> Classes:
    """Return the class of each word.

    Parameters
    ----------
    counts : dict
        Words and how many stars have each.
    class_map : dict
        The user's own, which comes first; see `read_class_map`.
    vocabulary : str
        Whose words they are; empty to detect it where there is no class map, ``none`` for nobody's.

    Raises
    ------
    LctransferError
        If there is no such vocabulary.
    """
    said = []
    asked = vocabulary.strip().lower()
    if asked and asked != NONE:
        asked = named(vocabulary)
    elif not asked and not class_map:
        found = detect(counts)
        asked, said = found.vocabulary, [found.sentence] if found.sentence else []
    asked = "" if asked == NONE else asked
    names: dict[str, Label] = {}
    uncertain = []
    for word in counts:
        meant = meaning(word, asked) if asked and word not in class_map else None
        names[word] = class_map.get(word, (meant.nodes or word) if meant else word)
        uncertain += [word] if meant and meant.uncertain else []
    made = Classes(names, asked, said)
    if uncertain:
        made.lines.append(f"Uncertain or compound words are taken at their word: {', '.join(sorted(uncertain)[:10])}.")
    return made


def _known_and_unknown(counts: Mapping[str, int], made: Classes, source_classes: Iterable[str] | None) -> list[str]:
    held = None if source_classes is None else {leaf for name in source_classes for leaf in members(name) or (name,)}
    named = {word: made.names[word] for word in counts if made.names.get(word) is not None}
    known = {w: n for w, n in named.items() if n and (members(n) if held is None else held & {*(members(n) or (n,))})}
    unknown = sorted((word for word in named if word not in known), key=lambda word: (-counts[word], word))
    lines = []
    if known:
        shown = ", ".join(f"{word} = {name}" if word != name else word for word, name in sorted(known.items()))
        lines.append(f"Words that the source knows: {shown}.")
    if unknown:
        shown = ", ".join(f"{word} ({counts[word]})" for word in unknown[:20])
        more = f" and {len(unknown) - 20} more" if len(unknown) > 20 else ""
        tie = (
            ""
            if made.vocabulary
            else ("; if they are a catalogue's, name it (--vocabulary), or tie them to classes (--class-map)")
        )
        lines.append(f"Words that it does not know: {shown}{more}. They are learnt from your labels alone{tie}.")
    left = sorted(word for word in counts if made.names.get(word) is None)
    return [*lines, f"Words left out by the class map: {', '.join(left)}."] if left else lines
