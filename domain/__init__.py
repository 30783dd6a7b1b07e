"""What a case is and when it drifts: facts, a case's history as known, policies and their clocks.

Pure: time, ids and the calendar come in as arguments. Nothing here reads a clock, a file or a network.
"""
