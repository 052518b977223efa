"""Each lesson is taken once, for all of its tests."""

import pytest

from tests.tools.lessons.blackboard import Blackboard


@pytest.fixture(scope="module")
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Blackboard:
    """The lesson that the test's file is named for, taken."""
    name = request.path.stem.removeprefix("test_")
    return Blackboard(name, tmp_path_factory.mktemp(name))
