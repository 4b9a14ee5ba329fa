"""The words of catalogues and surveys for classes of variable stars, and the nodes of the taxonomy that they mean.

The words stand in ``vocabularies.tsv``: vocabulary, word, nodes (joined by ``|``; none where the taxonomy has no such
class, which is then a class of its own).
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from lctransfer.errors import check_name
from lctransfer.table.canonical import VOCABULARIES as TITLES
from lctransfer.taxonomy import members

ALIASES = {"gcvs": "vsx", "aavso": "vsx", "asas-sn": "asassn", "fritz": "tdtax", "richards2012": "macc", "ztf": "cpvs"}
NONE = "none"
"""Asks for no vocabulary, not even one that could be detected."""
LEAST_WORDS, LEAST_SHARE = 2, 0.5
"""A vocabulary is detected only if it knows so many of the words, and such a share of them."""
NOT_TYPES = ":?"
"""Marks of uncertainty after a word."""


class Meaning(NamedTuple):
    """What a word means: nodes joined by ``|`` (empty: a class outside the taxonomy), and whether it is uncertain."""

    nodes: str
    uncertain: bool = False


@cache
def tables() -> Mapping[str, Mapping[str, str]]:
    """Return each vocabulary's words and nodes."""
    found: dict[str, dict[str, str]] = {name: {} for name in TITLES}
    text = resources.files("lctransfer.table").joinpath("vocabularies.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        name, word, nodes = line.split("\t")
        found[name][word] = nodes
    return found


def named(name: str) -> str:
    """Return the key of a vocabulary, or refuse it.

    Raises
    ------
    LctransferError
        With those that there are.
    """
    key = ALIASES.get(name.strip().lower(), name.strip().lower())
    check_name("vocabulary", key, TITLES, ", ".join(f"{one} ({title})" for one, title in TITLES.items()) + "; or none")
    return key


def known_words(name: str) -> frozenset[str]:
    """Return the words of a vocabulary; none if no vocabulary is named."""
    return frozenset(tables()[named(name)]) if name and name != NONE else frozenset()


def meaning(word: str, vocabulary: str) -> Meaning | None:
    """Return what a word means in a vocabulary; None if it is none of its words.

    Parameters
    ----------
    word : str
        As a catalogue prints it: ``RRAB:`` and ``RR*?`` are uncertain, ``EA|EB`` is either, of ``EA+DSCT`` and
        ``EA/RS`` the first counts, and ``RRAB(B)`` is a kind of RRAB.
    vocabulary : str
        A key of `TITLES`.

    Examples
    --------
    >>> meaning("EB", "vsx"), meaning("EA|EB:", "vsx")
    (Meaning(nodes='EB_ESD', uncertain=False), Meaning(nodes='EB_ED|EB_ESD', uncertain=True))
    >>> meaning("EA/SD", "vsx").nodes, meaning("XYZ", "vsx")
    ('EB_ED', None)
    """
    nodes = _plain(word, vocabulary)
    if nodes is not None:
        return Meaning(nodes)
    bare = word.strip().rstrip(NOT_TYPES).strip()
    uncertain = bare != word.strip()
    nodes = _plain(bare, vocabulary)
    found = Meaning(nodes) if nodes is not None else _compound(bare, vocabulary)
    return found and found._replace(uncertain=found.uncertain or uncertain)


def _compound(word: str, vocabulary: str) -> Meaning | None:
    """Return what a word of several parts means: either of ``A|B``, else the first of ``A+B``, ``A/B`` and ``A(B)``."""
    if "|" in word:
        parts = [meaning(part, vocabulary) for part in word.split("|")]
        known = [part.nodes for part in parts if part and part.nodes]
        return Meaning(joined("|".join(known).split("|")), uncertain=True) if len(known) == len(parts) else None
    heads = [word.partition(mark)[0].strip() for mark in ("+", "/") if mark in word]
    if word.endswith("(B)"):
        heads.append(word.removesuffix("(B)"))
    return meaning(heads[0], vocabulary) if heads and heads[0] else None


def _plain(word: str, vocabulary: str) -> str | None:
    table = tables()[vocabulary]
    return table.get(word, _folded(vocabulary).get(word.strip().lower()))


@cache
def _folded(vocabulary: str) -> Mapping[str, str]:
    """Return the words of a vocabulary without case, where that leaves no doubt."""
    found: dict[str, set[str]] = {}
    for word, nodes in tables()[vocabulary].items():
        if len(word) > 1:  # M and m, X and x are hardly the same
            found.setdefault(word.lower(), set()).add(nodes)
    return {word: nodes.pop() for word, nodes in found.items() if len(nodes) == 1}


def joined(nodes: Iterable[str]) -> str:
    """Return nodes as the name of one class that stands for all of them, sorted, each once.

    Examples
    --------
    >>> joined(["EB_ESD", "EB_EC", "EB_ESD"])
    'EB_EC|EB_ESD'
    """
    return "|".join(sorted(set(nodes)))


class Detected(NamedTuple):
    """The vocabulary that words are of (empty: none, or not to be told), and the sentence to say about it."""

    vocabulary: str
    sentence: str


def detect(words: Iterable[str]) -> Detected:
    """Return the vocabulary that a table's words are of, where that is unambiguous.

    It is if one vocabulary knows more of the words than any other, or all that know as many agree about them, and the
    taxonomy's own names do not explain as many.
    """
    words = sorted(set(words))
    numbers = [word for word in words if word.lstrip("-").isdigit()]
    if not words or len(numbers) == len(words):
        return Detected("", "")
    counts = {name: sum(_plain(word, name) is not None for word in words) for name in TITLES}
    best = max(counts.values())
    if best < max(LEAST_WORDS, LEAST_SHARE * len(words)):
        return Detected("", "")
    names = [name for name, count in counts.items() if count == best]
    own = sum(bool(members(word)) for word in words)
    readings = {tuple(_plain(word, name) for word in words if _plain(word, name) is not None) for name in names}
    if own >= best:
        return _taxonomy_or(words, names, own, best)
    if len(readings) > 1:
        doubt = _differing(words, names)
        return Detected(
            "",
            f"The labels may be words of {' or '.join(names)}, which differ about {', '.join(doubt)}: say which, "
            f"--vocabulary {names[0]}.",
        )
    return Detected(names[0], f"The labels are read as words of {TITLES[names[0]]}; --vocabulary none to keep them.")


def _differing(words: list[str], names: list[str]) -> list[str]:
    return [word for word in words if len({_plain(word, name) for name in names}) > 1]


def _taxonomy_or(words: list[str], names: list[str], own: int, best: int) -> Detected:
    """Say where a word means one thing in the taxonomy and another in a vocabulary that explains as many words."""
    doubtful = [
        (word, name)
        for name in names
        for word in words
        if members(word) and (nodes := _plain(word, name)) and set(_leaves(nodes)) != set(members(word))
    ]
    if own > best or not doubtful:
        return Detected("", "")
    word, name = doubtful[0]
    other = _plain(word, name)
    return Detected(
        "",
        f"{word} is taken as {', '.join(members(word))}; in {TITLES[name]} it is {other}: --vocabulary {name}, if so.",
    )


def _leaves(nodes: str) -> tuple[str, ...]:
    return tuple(leaf for node in nodes.split("|") for leaf in members(node))
