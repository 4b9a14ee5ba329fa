"""What an experiment would fetch, as text for a person."""

from lctransfer.config import Config
from lctransfer.retrieve import plan

HEADER = ("survey", "file", "size", "how sure", "licence")


def listing(config: Config) -> str:
    """Return the files that a configuration needs, with sizes, licences, references and the steps by hand.

    Parameters
    ----------
    config : Config
        Composed; simulated archives are listed too, without hosts.

    Returns
    -------
    str
        A table, then what has to be fetched by hand, then what must be cited.
    """
    surveys = [*config.sources, *config.targets] + (["upsilont"] if config.pretrain.source == "released" else [])
    collections = {name: config.surveys[name].collections for name in surveys if name in config.surveys}
    files = plan(surveys, config.archive, collections)
    rows = [HEADER, *((f["survey"], f["path"], _size(f["about_bytes"]), f["sure"], f["licence"]) for f in files)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADER) - 1)]
    table = ["  ".join([cell.ljust(width) for cell, width in zip(row, widths)] + [row[-1]]) for row in rows]
    known = [f["about_bytes"] for f in files if f["about_bytes"]]
    table.append(f"{len(files)} files; {_size(sum(known))} in the {len(known)} whose size is known.")
    by_hand = [f"- {f['survey']} {f['path']}: {f['by_hand']}" for f in files if f["how"] == "by hand"]
    cite = sorted({f"- {f['survey']}: {f['reference']}" for f in files if f["reference"]})
    parts = [table, ["", "To fetch by hand:", *by_hand] if by_hand else [], ["", "To cite:", *cite] if cite else []]
    return "\n".join(line for part in parts for line in part) + "\n"


def _size(n_bytes: int | None) -> str:
    """Return a number of bytes with a unit; a question mark where it is not known."""
    if n_bytes is None:
        return "?"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e5 else f"{n_bytes / 1e3:.1f} kB"
