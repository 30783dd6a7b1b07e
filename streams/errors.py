"""What can go wrong at the rim, drawn once as a tree. Each carries one line that says what to do.

`OutOfReach` ends the program with 3, `WrongInput` with 2; a refusal of a fact is an answer and no error.
"""

from __future__ import annotations


class CasedriftError(Exception):
    """One line for the operator."""


class OutOfReach(CasedriftError):
    """The store or a server can't be reached, read or written."""


class BrokerAway(OutOfReach):
    """Kafka can't be reached, or lets us not do what we ask."""


class StoreHeld(OutOfReach):
    """Another process has held the store for longer than one waits; it may be free the next moment."""


class WrongInput(CasedriftError):
    """Wrong use, or input that can't be read."""


class TooMuchMissing(CasedriftError):
    """So much of what an extract had to hold is missing from it that half a file is likelier: nothing was loaded."""


class BrokenAssumption(CasedriftError):
    """What must hold did not; the run ends and the evidence is named."""
