"""The archive of archives, with the simulated stars that a module of tests asks for in COUNTS."""

import pytest
from archive_server import serving

from lctransfer.simulate import simulate


@pytest.fixture(scope="module")
def stars(request):
    return {survey: simulate(survey, count, 7).to_pylist() for survey, count in request.module.COUNTS.items()}


@pytest.fixture
def host(stars):
    with serving(stars) as running:
        yield running
