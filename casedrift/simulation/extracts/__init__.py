"""The simulated authority as analysts get it: not as facts, but as tables, a workbook a month or a census a year.

Each table shows what the record held on its day: what was late is not in it yet, what was wrong not yet put right.
What tables have no column for (supervision, challenge, audits, who did what) is simply not in them.
"""

from __future__ import annotations

from casedrift.simulation.extracts.series import KINDS, Kind, write_extracts

__all__ = ["KINDS", "Kind", "write_extracts"]
