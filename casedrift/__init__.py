"""casedrift: an event-sourced case tracker and drift detector for children's social care."""

from __future__ import annotations

from typing import Final

__version__: Final = "0.1.0"
