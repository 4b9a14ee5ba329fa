"""What an experiment would fetch, as text for a person."""

from lctransfer.config import Config
from lctransfer.retrieve import plan
from lctransfer.surveys import Sure, queue_of

HEADER = ("survey", "file", "size", "how sure", "licence")
BYTES_PER_SECOND = 5e6
"""Assumed."""
SECONDS_PER_REQUEST = 0.5
SLOW_SECONDS = {"ztf": 30.0}
"""Assumed; users of IRSA's service report 4 to 90 s."""
LIGHT_CURVES_PER_SECOND = 270
"""One core, both sets of features: 3.7 ms each, benchmarks/results/features.md."""
SECONDS_PER_FIT = 10.0
MOST_STARS = 300_000
STARS = {
    "ogle": 500_000,
    "eros2": 33_000,
    "asas": 50_124,
    "hipparcos": 2712 + 5542,
    "asassn": MOST_STARS,
    "richards2012": 810,
    "gaia": 5000,
    "ztf": 4000,
}
"""OGLE: the order of what all collections together list. EROS-2: what the authors had. Others: rows of catalogues."""
BYTES_PER_STAR = {
    "ogle": 4_500,
    "eros2": 10_000,
    "asas": 50_000,
    "hipparcos": 1_000,
    "asassn": 30_000,
    "richards2012": 0,
    "gaia": 20_000,
    "ztf": 50_000,
}
"""OGLE: the photometry of 41,471 RR Lyrae stars of the Large Cloud is 188 MB. EROS-2, ASAS-SN, Gaia, ZTF: assumed."""
BULGE = (
    "; the bulge's eclipsing and long-period collections take tens of GB more, leave them out with "
    "surveys.ogle.collections"
)
TIMES_ON_DISK = 3
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
    surveys, files = _wanted(config)
    parts = [
        _table(files),
        _queues(config, surveys),
        _expected(config, surveys, files),
        _by_hand(files),
        _cited(files),
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def expected(config: Config) -> str:
    """Return what hours, memory and disk to expect of a live archive, as the plan of a run says it; else nothing."""
    return "\n".join(_expected(config, *_wanted(config)))


def _wanted(config: Config) -> tuple[list[str], list[dict]]:
    """Return the surveys that are fetched, and their files."""
    surveys = [name for name in (*config.sources, *config.targets) if not config.surveys[name].table]
    surveys += ["upsilont"] if config.pretrain.source == "released" else []
    own = {name: config.surveys[name] for name in surveys if name in config.surveys}
    collections = {name: survey.collections for name, survey in own.items()}
    overrides = {name: survey.overrides for name, survey in own.items()}
    return surveys, plan(surveys, config.archive, collections, overrides)


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


def _expected(config: Config, surveys: list[str], files: list[dict]) -> list[str]:
    """Say roughly what hours, memory and disk a run takes, and what that rests on."""
    if config.archive.kind != "live":
        return []
    known = sum(f["about_bytes"] or 0 for f in files)
    stars = _stars(config, surveys)
    total = sum(stars.values())
    seconds = sum(
        number * SLOW_SECONDS.get(name, SECONDS_PER_REQUEST) for name, number in stars.items() if queue_of(name)
    )
    hours = seconds / config.archive.connections_per_host / 3600
    downloads = known + sum(number * BYTES_PER_STAR[name] for name, number in stars.items())
    fits = (
        len(config.targets) * len(config.transfer.fractions) * config.transfer.seeds * len(config.transfer.strategies)
    )
    return [
        "",
        "To expect (estimates, each worked out as it says; no live archive was timed):",
        f"- scale: at most {', '.join(f'{number:,} stars of {name}' for name, number in stars.items()) or 'no stars'}",
        f"- downloads: some {downloads / 1e9:.1f} GB, {downloads / BYTES_PER_SECOND / 3600:.1f} h at an assumed 5 MB/s "
        f"({_size(known)} are known, the rest is reckoned by star: {_kilobytes(stars)})"
        f"{BULGE if 'ogle' in stars else ''}",
        f"- star by star: up to {hours:.1f} h (an assumed {SECONDS_PER_REQUEST} s a request, "
        f"{', '.join(f'{slow:g} s for {name}' for name, slow in SLOW_SECONDS.items())}; over "
        "archive.connections_per_host at once)",
        f"- features: {total / LIGHT_CURVES_PER_SECOND / 3600:.1f} h on one core for {total:,} light curves, at "
        f"{LIGHT_CURVES_PER_SECOND} a second, both sets (measured: benchmarks/results/features.md)",
        f"- transfer: {fits:,} fits, {fits * SECONDS_PER_FIT / 3600:.0f} h on one core at an assumed "
        f"{SECONDS_PER_FIT:g} s each",
        f"- memory: 4 GB; disk: {TIMES_ON_DISK * downloads / 1e9:.0f} GB, {TIMES_ON_DISK} times the downloads (files, "
        "light curves, features)",
    ]


def _stars(config: Config, surveys: list[str]) -> dict[str, int]:
    """Return how many stars of each survey there are at most."""
    most = config.archive.most_requests or MOST_STARS
    return {name: min(STARS[name], most if queue_of(name) else STARS[name]) for name in surveys if name in STARS}


def _kilobytes(stars: dict[str, int]) -> str:
    return ", ".join(f"{BYTES_PER_STAR[name] / 1e3:g} kB ({name})" for name in stars) or "nothing"


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
