"""What every test of payouts begins with: the cast, and October's money owed to two of them."""

import pytest
from cast import make_cast
from paying import make_payday


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def statements(cast):
    return make_payday(cast)
