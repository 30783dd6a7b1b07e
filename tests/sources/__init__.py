"""Extracts loaded one after another: what becomes of their rows, and what is news in the next."""
