"""The simulated authority: an English children's service that never was, for demo, tests and measurements.

Children are referred, assessed, helped and closed; work is done, missed and put down late. Some cases drift,
in one locality far more than in the others, so that the figures drawn from it have a story to tell.
"""

from __future__ import annotations

from casedrift.simulation.stream import simulate
from casedrift.simulation.totals import Totals, describe

__all__ = ["Totals", "describe", "simulate"]
