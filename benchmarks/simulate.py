"""Time the simulated sky, survey by survey.

Run: python benchmarks/simulate.py --stars 20000 -o benchmarks/results/simulate.md
"""

import argparse
import resource
import time
from pathlib import Path

from lctransfer.simulate import simulate
from lctransfer.simulate.observing import SURVEYS
from lctransfer.table.light_curves import ragged


def measure(survey: str, n_stars: int, seed: int) -> str:
    start = time.process_time()
    table = simulate(survey, n_stars, seed)
    seconds = time.process_time() - start
    epochs = len(ragged(table).time)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return (
        f"| {survey} | {n_stars} | {epochs / n_stars:.0f} | {seconds:.1f} | "
        f"{seconds / n_stars * 1e5 / 60:.1f} | {peak:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stars", type=int, default=6000, help="light curves per survey (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the sky (default %(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="where the markdown table goes")
    options = parser.parse_args()
    lines = [
        "| survey | light curves | epochs each | CPU s | CPU min per 100,000 | peak memory so far [GiB] |",
        "|---|---|---|---|---|---|",
        *(measure(survey, options.stars, options.seed) for survey in SURVEYS),
    ]
    print("\n".join(lines))
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
