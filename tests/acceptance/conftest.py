"""A house whose bot runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.house import House
from tests.acceptance.outside import check_stderr


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """In the end nothing that its bot wrote to stderr may have been a traceback or the token."""
    async with House(tmp_path) as house:
        await house.start()
        yield house
        check_stderr(house.stderr)
