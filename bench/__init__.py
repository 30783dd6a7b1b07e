"""Measurements of the program, each beside a named peer in the same run: ratios travel, seconds do not."""
