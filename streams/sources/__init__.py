"""How extracts become facts: the census, the Annex A workbook, and what each of them can tell.

Case systems hand over whole tables, again and again, not the news. A source reads such a table into the facts
of `docs/facts.md`, child by child, and says which rows could not become facts and why.
"""
