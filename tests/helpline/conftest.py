import pytest

from tests.conftest import DatabaseOf
from tests.fakes import FrozenClock
from tests.helpline.inside import Helpline


@pytest.fixture
def helpline(database_of: DatabaseOf, keys_of: DatabaseOf, clock: FrozenClock) -> Helpline:
    """Everything that is committed is rolled back after the test."""
    return Helpline(database_of("helpline"), keys_of("helpline"), clock)
