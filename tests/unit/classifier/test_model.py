"""How a fitted model predicts."""

from lctransfer.classifier.model import BLOCK


def test_blocks_are_multiples_of_what_processors_take_at_once():
    assert BLOCK % 64 == 0
