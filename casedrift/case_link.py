"""The way from a case here to the child's page in the case system, where the work is done and the record put right.

A template in the settings says how the address of such a page is made; what is put into it is percent-encoded.
"""

from __future__ import annotations

from string import Formatter
from typing import Final
from urllib.parse import quote, urlsplit

_LONGEST: Final = 500
_KNOWN: Final = ("local_id", "reference")
_SAMPLE: Final = "https://cases.example/child/{local_id}"


def checked_template(template: str) -> str:
    """The template itself; ValueError, which says what to write, where no address can be made of it."""
    try:
        parts = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template)]
    except ValueError:
        raise ValueError(f'braces come in pairs, as in "{_SAMPLE}"') from None
    named = [part for part in parts if part[0] is not None]
    if not named or any(name not in _KNOWN or spec or conversion for name, spec, conversion in named):
        raise ValueError(f'it must name {{local_id}} or {{reference}}, and nothing else, in braces: "{_SAMPLE}"')
    if len(template) > _LONGEST or not template.isprintable() or " " in template:
        raise ValueError(f"an address has no blanks and at most {_LONGEST} characters")
    address = urlsplit(template)
    if address.scheme not in ("https", "http") or not address.hostname or "{" in address.netloc:
        raise ValueError(f'it must begin as an address of the web does, as in "{_SAMPLE}"')
    return template


def names_local_id(template: str) -> bool:
    """Whether its addresses show a child's local id."""
    return any(name == "local_id" for _, name, _, _ in Formatter().parse(template))


def link_to(template: str, reference: str, local_id: str | None) -> str | None:
    """The address of the child's page; None where it would need a local id that is not known."""
    if local_id is None and names_local_id(template):
        return None
    values = {"reference": reference, "local_id": local_id or ""}
    return template.format(**{name: quote(value, safe="") for name, value in values.items()})
