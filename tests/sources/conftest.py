"""A store for the tests of extracts; and the samples that nobody here wrote, which are not always there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.sources.told import Loads, loads

SAMPLES = ROOT.parent / "shared" / "samples"
collect_ignore = [] if SAMPLES.exists() else ["test_golden_samples.py"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Loads]:
    """An empty store."""
    with loads(tmp_path) as store:
        yield store
