"""What a dry run of the smoke experiment plans, and the numbers of jobs that tests expect of it."""

import re

SURVEYS = 5
TARGETS = 3
STRATEGIES = 6
SWEEP = TARGETS * STRATEGIES
# What trains on target surveys: the sweep, classifiers to keep, classes left out, subsampled light curves.
TRAINING = {"transfer": SWEEP, "fit": TARGETS, "novelty": TARGETS, "sensitivity": 1}
ENDING = {"collect": 1, "report": 1, "tracking": 1}


def planned(snakemake, directory, *overrides, **options):
    """Return how many jobs of each rule a dry run plans, but for `all`."""
    done = snakemake(directory, "experiment=smoke", *overrides, flags=("--dry-run",), **options)
    assert done.returncode == 0, done.stderr
    table = re.search(r"^job +count\n-+.*?\n(.*?)^total", done.stdout + done.stderr, re.MULTILINE | re.DOTALL)
    rows = (line.split() for line in table.group(1).splitlines()) if table else ()
    return {rule: int(count) for rule, count in rows if rule != "all"}
