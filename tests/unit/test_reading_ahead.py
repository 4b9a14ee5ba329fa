import threading

import pytest

from lctransfer.errors import LctransferError
from lctransfer.reading_ahead import ahead


def test_ahead_keeps_the_order_and_an_error_comes_after_what_was_made_before_it():
    def items():
        yield from range(5)
        raise LctransferError("damaged")

    taken = []
    with pytest.raises(LctransferError, match="damaged"):
        taken.extend(ahead(items()))
    assert taken == list(range(5))


def test_ahead_makes_the_next_while_one_is_used():
    made = threading.Event()

    def items():
        yield 1
        made.set()
        yield 2

    for item in ahead(items()):
        assert made.wait(10), item
