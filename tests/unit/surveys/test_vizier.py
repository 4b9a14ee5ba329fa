from dataclasses import replace

import numpy as np
import pytest

from lctransfer.errors import LctransferError
from lctransfer.surveys import vizier

TABLE = vizier.VizierTable("J/ApJ/775/92", ("_RAJ2000", "_DEJ2000"), "a paper", 3)
ANSWER = (
    b"#\n#   VizieR Astronomical Server\n#INFO\tservice_protocol=ASU\n#\n#Column\t_RAJ2000\t(F10.6)\tRight ascension\n"
    b"_RAJ2000\t_DEJ2000\tName\ndeg\tdeg\t\n----------\t----------\t----\n"
    b"079.123400\t-69.500000\tMQS a b\n080.100000\t-70.100000\t\n 10.200000\t-73.000000\tMQS c\n\n#END#\n"
)


def test_rows_are_read_as_they_stand():
    table = vizier.parse(ANSWER, TABLE, "x.tsv")
    assert table.colnames == ["_RAJ2000", "_DEJ2000"]
    assert list(table["_RAJ2000"]) == ["079.123400", "080.100000", "10.200000"]
    ra, dec = vizier.positions(table, TABLE.columns, "x.tsv")
    assert np.array_equal([ra, dec], [[79.1234, 80.1, 10.2], [-69.5, -70.1, -73.0]])


def test_a_list_made_by_hand_needs_no_units():
    text = b"_RAJ2000\t_DEJ2000\n1.0\t2.0\n3.0\t-4.0\n5.0\t-6.0\n"
    assert list(vizier.parse(text, TABLE, "x.tsv")["_DEJ2000"]) == ["2.0", "-4.0", "-6.0"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"_DEJ2000\t", b"DEJ2000\t", "has no column _DEJ2000"),
        (b"#INFO\tservice_protocol=ASU", b"#INFO\tQUERY_STATUS=OVERFLOW", "cut by the service's limit"),
        (b"#INFO\tservice_protocol=ASU", b"#INFO\tQUERY_STATUS\tOVERFLOW", "cut by the service's limit"),
        (b"080.100000\t-70.100000\t\n", b"080.100000\n", "is no table between tabs"),
        (b"080.100000\t-70.100000\t\n", b"080.100000\t-70\r.1\t\n", "is no table between tabs"),
        (ANSWER, b"#INFO\tError=No table found\n", "holds no rows"),
        (ANSWER, b"", "holds no rows"),
    ],
)
def test_what_is_not_the_table_is_refused(before, after, said):
    content = ANSWER.replace(before, after, 1)
    with pytest.raises(LctransferError, match=said):
        vizier.parse(content, TABLE, "x.tsv")
    assert not vizier.is_whole(TABLE, content)
    assert vizier.is_whole(TABLE, ANSWER)


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        (b"", b"", 3),
        (b"080.100000\t-70.100000\t\n", b"", 2),
        # A row per spectrum: the sources are counted.
        (b"080.100000\t-70.100000\t\n", b"080.100000\t-70.100000\t\n080.100000\t-70.100000\tagain\n", 3),
    ],
)
def test_another_number_of_rows_is_told_and_no_error(before, after, number):
    content = ANSWER.replace(before, after, 1)
    assert vizier.is_whole(TABLE, content)
    assert vizier.count(TABLE, content) == number
    # Only the known number tells that an answer which broke off is whole.
    assert vizier.ends_well(TABLE, content) == (number == 3)
    assert not vizier.ends_well(replace(TABLE, rows=None), content)


@pytest.mark.parametrize(
    ("cell", "said"), [(b"05 20 30.1", "column _RAJ2000: .* Decimal"), (b"400.1", "row 2: _RAJ2000")]
)
def test_positions_are_degrees(cell, said):
    table = vizier.parse(ANSWER.replace(b"080.100000", cell), TABLE, "x.tsv")
    with pytest.raises(LctransferError, match=said):
        vizier.positions(table, TABLE.columns, "x.tsv")


def test_addresses_ask_for_all_rows():
    table = vizier.EROS2_PERIODIC
    assert vizier.address(table, "vizier.cds.unistra.fr") == (
        "https://vizier.cds.unistra.fr/viz-bin/asu-tsv?-source=J/A%2BA/566/A43/table2&-out.max=unlimited"
        "&-out=RAJ2000,DEJ2000,Per"
    )
    file = vizier.remote_file(vizier.QUASARS, "eros2", "lists/quasars.tsv")
    assert len(file.urls) == 3
    assert file.licence
    assert file.is_whole is not None
