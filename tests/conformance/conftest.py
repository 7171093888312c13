"""The fixtures of the suite: an empty store, and the back end it came from."""

import pytest

from tana_jupyter.store import open_store
from tests.conformance.back_ends import BACK_ENDS


@pytest.fixture(params=BACK_ENDS, ids=str)
def back_end(request):
    return request.param


@pytest.fixture
def place(back_end, request):
    return back_end.place(request)


@pytest.fixture
def store(place):
    store = open_store(place)
    yield store
    store.close()
