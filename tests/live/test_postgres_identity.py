"""The key to who is who changed, in a store that is a database."""

from __future__ import annotations

import pytest

from tests.streams.rotation_contract import RotationContract


class TestRotationOfADatabase(RotationContract):
    """The contract, on PostgreSQL."""

    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url
