"""How a benchmark hands over its table."""

from pathlib import Path


def publish(text: str, target: Path | None) -> None:
    """Print a report, and write it to `target` too if one is given."""
    print(text)
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text + "\n")
