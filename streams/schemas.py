"""What a fact looks like, for other programs: a JSON Schema (2020-12) of the whole event, one file a type.

A case system's people check their facts against these before they send any. They are made from the same shapes that
the door checks facts by; `python -m streams.schemas docs/schemas` writes them anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from streams.cloudevents import ENVELOPES

_NO_NUL: Final = r"^[^\u0000]*$"
"""No text may hold U+0000, as at the door."""
_NAMES: Final = "^[A-Za-z0-9_]{1,40}$"
"""What an attribute may be called."""


def schemas() -> dict[str, Any]:
    """Each fact type, as in `case-opened.v1`, and the JSON Schema of a whole event of it."""
    return {topic: _schema(topic, shape) for topic, shape in ENVELOPES.items()}


def written(schema: Any) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=2) + "\n"


def _schema(topic: str, shape: Any) -> dict[str, Any]:
    made = TypeAdapter(shape).json_schema()
    (data,) = made.pop("$defs").values()
    made["properties"]["data"] = data
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:casedrift:{topic}",
        "description": f"A {topic} as casedrift takes it in: CloudEvents 1.0, structured mode.",
        **_told({key: value for key, value in made.items() if key != "description"}),
        "propertyNames": {"pattern": _NAMES},
    }


def _told(schema: Any) -> Any:
    """The schema without titles, which only say a field's name again, and with every text free of U+0000."""
    if isinstance(schema, list):
        return [_told(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: value if key in _KEPT else _told(value) for key, value in schema.items() if not _is_title(key, value)}
    if told.get("type") == "string" and not told.keys() & {"const", "enum", "pattern"}:
        told["pattern"] = _NO_NUL
    return told


_KEPT: Final = frozenset({"const", "enum", "required"})


def _is_title(key: str, value: Any) -> bool:
    return key == "title" and isinstance(value, str)


def main(folder: Path) -> None:
    """Write every schema into the folder."""
    for topic, schema in schemas().items():
        (folder / f"{topic}.json").write_text(written(schema), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
