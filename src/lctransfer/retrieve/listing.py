"""What an experiment would fetch, as text for a person."""

from lctransfer.config import Config
from lctransfer.retrieve import plan
from lctransfer.surveys import Sure, queue_of

HEADER = ("survey", "file", "size", "how sure", "licence")
BYTES_PER_SECOND = 5e6
"""Assumed."""
SECONDS_PER_REQUEST = 0.5
"""Assumed."""
LIGHT_CURVES_PER_SECOND = 270
"""One core, both sets of features: 3.7 ms each, benchmarks/results/features.md."""
SECONDS_PER_FIT = 10.0
OGLE_STARS = 500_000
"""The order of what all collections together list."""
MOST_STARS = 300_000
MEANING = {
    Sure.PROVEN: "a true file is at hand",
    Sure.CONFIRMED: "public evidence says so, looked up by somebody else than who wrote the reader",
    Sure.DOCUMENTED: "a README, a paper or working code says so",
    Sure.GUESS: "by analogy; the first contact will tell",
}


def listing(config: Config) -> str:
    """Return the files that a configuration needs, with sizes, licences, references and the steps by hand.

    Parameters
    ----------
    config : Config
        Composed; simulated archives are listed too, without hosts.

    Returns
    -------
    str
        A table, then what is asked for star by star, what has to be fetched by hand, and what must be cited.
    """
    surveys = [name for name in (*config.sources, *config.targets) if not config.surveys[name].table]
    surveys += ["upsilont"] if config.pretrain.source == "released" else []
    collections = {name: config.surveys[name].collections for name in surveys if name in config.surveys}
    overrides = {name: config.surveys[name].overrides for name in surveys if name in config.surveys}
    files = plan(surveys, config.archive, collections, overrides)
    parts = [
        _table(files),
        _queues(config, surveys),
        _expected(config, files, surveys),
        _by_hand(files),
        _cited(files),
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def _table(files: list[dict]) -> list[str]:
    rows = [HEADER, *((f["survey"], f["path"], _size(f["about_bytes"]), f["sure"], f["licence"]) for f in files)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADER) - 1)]
    table = ["  ".join([cell.ljust(width) for cell, width in zip(row, widths)] + [row[-1]]) for row in rows]
    known = [f["about_bytes"] for f in files if f["about_bytes"]]
    table.append(f"{len(files)} files; {_size(sum(known))} in the {len(known)} whose size is known.")
    sure = "; ".join(f"{name}: {meaning}" for name, meaning in MEANING.items())
    return [*table, f"How sure an address is: {sure}. No live host was ever asked."]


def _queues(config: Config, surveys: list[str]) -> list[str]:
    if config.archive.kind != "live":
        return []
    most = config.archive.most_requests
    limit = f"at most {most} (archive.most_requests)" if most else "all of them (archive.most_requests=0)"
    lines = [f"- {name}: {queue_of(name)}" for name in surveys if queue_of(name)]
    return ["", f"Then, unless all light curves lie there in one file, {limit}:", *lines] if lines else []


def _expected(config: Config, files: list[dict], surveys: list[str]) -> list[str]:
    """Say roughly what hours, memory and disk a run takes, and what that rests on."""
    if config.archive.kind != "live":
        return []
    known = sum(f["about_bytes"] or 0 for f in files)
    unknown = sum(f["about_bytes"] is None for f in files)
    queued = [name for name in surveys if queue_of(name)]
    most = config.archive.most_requests or MOST_STARS
    hours = len(queued) * most * SECONDS_PER_REQUEST / config.archive.connections_per_host / 3600
    stars = most * len(queued) + OGLE_STARS * ("ogle" in surveys)
    fits = (
        len(config.targets) * len(config.transfer.fractions) * config.transfer.seeds * len(config.transfer.strategies)
    )
    return [
        "",
        "To expect (estimates, each worked out as it says; no live archive was timed):",
        f"- downloads: {_size(known)}, {known / BYTES_PER_SECOND / 3600:.1f} h at an assumed 5 MB/s (bytes / rate), "
        f"and {unknown} files of unknown size (the bulge's eclipsing and long-period collections are tens of GB: leave "
        "them out with surveys.ogle.collections)",
        f"- star by star: up to {hours:.1f} h (requests x an assumed 0.5 s / archive.connections_per_host), "
        f"for at most {most:,} stars each of {', '.join(queued) or 'none'}",
        f"- features: {stars / LIGHT_CURVES_PER_SECOND / 3600:.1f} h on one core for some {stars:,} light curves, at "
        f"{LIGHT_CURVES_PER_SECOND} a second, both sets (measured: benchmarks/results/features.md)",
        f"- transfer: {fits:,} fits, {fits * SECONDS_PER_FIT / 3600:.0f} h on one core at an assumed "
        f"{SECONDS_PER_FIT:g} s each",
        "- memory: 4 GB; disk: three times the downloads (files, light curves, features)",
    ]


def _by_hand(files: list[dict]) -> list[str]:
    needed = [f"- {f['survey']} {f['path']}: {f['by_hand']}" for f in files if f["how"] == "by hand"]
    perhaps = [f"- {f['survey']} {f['path']}: {f['by_hand']}" for f in files if f["how"] != "by hand" and f["by_hand"]]
    return [
        *(["", "To fetch by hand, into data/live/raw/<survey>/:", *needed] if needed else []),
        *(["", "By hand only where the download fails:", *perhaps] if perhaps else []),
    ]


def _cited(files: list[dict]) -> list[str]:
    cite = sorted({f"- {f['survey']}: {f['reference']}" for f in files if f["reference"]})
    return ["", "To cite:", *cite] if cite else []


def _size(n_bytes: int | None) -> str:
    """Return a number of bytes with a unit; a question mark where it is not known."""
    if n_bytes is None:
        return "?"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e5 else f"{n_bytes / 1e3:.1f} kB"
