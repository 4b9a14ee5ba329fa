"""What a star is for depends on its id alone, and stays what it is."""

import hashlib
import zlib

import numpy as np

from lctransfer.evaluation.partition import purpose

IDS = [f"star{i}" for i in range(4000)]


def test_known_ids_keep_their_purpose():
    names = ["ASAS_000053-1717.5", "ASAS_000123-0000.0", "lm0010k3978", 1013184]
    assert purpose(names).tolist() == ["choose", "report", "calibrate", "report"]


def test_a_purpose_depends_on_nothing_but_the_id():
    whole = dict(zip(IDS, purpose(IDS)))
    part = IDS[::-7]
    assert purpose(part).tolist() == [whole[name] for name in part]
    assert purpose(np.array(part, dtype=object)).tolist() == purpose(part).tolist()


def test_shares_are_a_quarter_and_three_eighths_twice():
    shares = {name: float(np.mean(purpose(IDS) == name)) for name in ("calibrate", "choose", "report")}
    assert abs(shares["calibrate"] - 0.25) < 0.02
    assert abs(shares["choose"] - 0.375) < 0.025
    assert abs(shares["report"] - 0.375) < 0.025


def test_reported_stars_were_given_to_no_choice_by_the_older_divisions():
    reported = np.array(IDS)[purpose(IDS) == "report"]
    assert all(zlib.crc32(name.encode()) % 100 >= 25 for name in reported)
    assert all(hashlib.sha256(name.encode()).digest()[0] % 2 for name in reported)
