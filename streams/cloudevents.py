"""Facts at the door: CloudEvents 1.0 JSON objects, read and checked before anything else sees them.

A batch is validated as one JSON array, several times faster than line by line; only where that fails is each
line read alone, so that every refusal names its own reason. What is refused is kept with its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, NotRequired, Union

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    with_config,
)
from pydantic_core import ErrorDetails, from_json
from typing_extensions import TypedDict

from domain.days import parse_instant
from domain.facts import SHAPES, FactId, Instant, Name
from streams.raw import LONGEST, Beginning, Raw
from streams.told_once import surely_told_once, told_twice

_SCALAR = str | int | float | bool | None
_BOM: Final = b"\xef\xbb\xbf"
_NUL: Final = b"\\u0000"
"""U+0000 as JSON writes it. Databases cut or refuse a text that holds it, so no fact may."""


@dataclass(slots=True)
class Arrived:
    """A well-formed fact as it arrived."""

    id: str
    source: str
    topic: str
    subject: str
    recorded_at: int
    data: dict[str, Any]
    attributes: dict[str, Any]
    raw: bytes

    @property
    def target(self) -> str | None:
        """The id that it corrects or withdraws, if it does either."""
        target = self.data.get("corrects")
        return self.data.get("withdraws") if target is None else target


@dataclass(frozen=True, slots=True)
class Refused:
    """What can't be accepted, and why: `reason` is one of those in `docs/facts.md`, `detail` says which part."""

    reason: str
    detail: str
    source: str | None
    raw: Raw


def _read_instant(text: str) -> str:
    parse_instant(text)
    return text


def _envelope(topic: str, data: Any) -> Any:
    """The shape of a whole event of one type; extension attributes are scalars, as CloudEvents has it."""
    fields = {
        "specversion": Literal["1.0"],
        "id": FactId,
        "source": FactId,
        "type": Literal[topic],
        "subject": Name,
        "time": Instant,  # read by `_arrived`, once, for it is kept as an instant
        "data": data,
        "recordedafter": NotRequired[Annotated[Instant, AfterValidator(_read_instant)] | None],
    }
    shape = TypedDict("Envelope", fields, extra_items=_SCALAR)  # type: ignore[misc]
    return with_config(ConfigDict(extra="allow", strict=True, allow_inf_nan=False))(shape)


ENVELOPES: Final = {f"{kind}.v1": _envelope(f"{kind}.v1", shape) for kind, shape in SHAPES.items()}
"""Each type, and the shape of a whole event of it."""
_ANY_ENVELOPE: Final[Any] = Union[tuple(ENVELOPES.values())]  # noqa: UP007 - made from a list
_EVENT: Final[Any] = Annotated[_ANY_ENVELOPE, Field(discriminator="type")]
_ONE: Final[TypeAdapter[Any]] = TypeAdapter(_EVENT)
_MANY: Final[TypeAdapter[list[Any]]] = TypeAdapter(list[_EVENT])
_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,40}")
_PLAIN: Final = frozenset({"specversion", "id", "source", "type", "subject", "time", "data"})


def read_lines(lines: Sequence[Raw]) -> list[Arrived | Refused]:
    """Each line as a fact that arrived, or refused with a reason. Lines come without their line ends."""
    whole = [line for line in lines if isinstance(line, bytes)]
    if len(whole) == len(lines) and (events := _read_together(whole)):
        return [_arrived(event, line) for event, line in zip(events, whole, strict=True)]
    return [_read_line(line) for line in lines]


def _read_together(lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """The events of lines that are all well-formed facts; none where one is not, or may not be."""
    if not all(len(line) <= LONGEST and line[:1] == b"{" and line[-1:] == b"}" for line in lines):
        return []
    # no line can lend another a part of it: a line end within a text is no JSON, and nothing valid holds
    # a list of objects, so that as many events as lines, each from brace to brace, are one a line
    together = b"[" + b",\n".join(lines) + b"]"
    if b"\\" in together and _NUL in together:
        return []
    try:
        events = _MANY.validate_json(together)
    except ValidationError:
        return []
    return events if len(events) == len(lines) and surely_told_once(lines, together, events) else []


def without_bom(line: bytes) -> bytes:
    """The first line of a file without the byte order mark that some programs put there."""
    return line.removeprefix(_BOM)


def _arrived(event: dict[str, Any], raw: bytes) -> Arrived | Refused:
    try:
        recorded_at = parse_instant(event["time"])
    except ValueError as error:
        return Refused("not-an-event", f"time: {error}", event["source"], raw)
    attributes = (
        {key: value for key, value in event.items() if key not in _PLAIN and value is not None}
        if len(event) > len(_PLAIN)
        else {}
    )
    if not all(map(_NAME.fullmatch, attributes)):
        return Refused("not-an-event", "an attribute's name takes letters and digits only", event["source"], raw)
    return Arrived(
        event["id"],
        event["source"],
        event["type"],
        event["subject"],
        recorded_at,
        event["data"],
        attributes,
        raw,
    )


def _read_line(raw: Raw) -> Arrived | Refused:
    length = raw.length if isinstance(raw, Beginning) else len(raw)
    if isinstance(raw, Beginning) or length > LONGEST:
        return Refused("too-long", f"{length} bytes; at most {LONGEST} are read", None, raw)
    try:
        event = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        return Refused("not-json", _short(str(error)), None, raw)
    nul = _place_of_nul(event) if _NUL in raw else None
    try:
        fact = _ONE.validate_json(raw)
    except ValidationError as error:
        reason, detail = _why(event, error.errors(include_url=False, include_input=False, include_context=True))
        return Refused(reason, detail, _source(event), raw)
    if nul is not None:
        return Refused(*_refusal(nul, "holds the character U+0000"), _source(event), raw)
    if (twice := told_twice(raw)) is not None:
        return Refused(*_refusal(twice, "stands twice; give it once"), None, raw)
    return _arrived(fact, raw)


def _place_of_nul(value: Any, place: tuple[str | int, ...] = ()) -> tuple[str | int, ...] | None:
    """Where U+0000 stands in a JSON value; None where it does not."""
    if isinstance(value, str):
        return place if "\0" in value else None
    if not isinstance(value, dict | list):
        return None
    parts: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for part, inner in parts:
        found = _place_of_nul(part, (*place, part)) if isinstance(part, str) else None
        found = found or _place_of_nul(inner, (*place, part))
        if found is not None:
            return found
    return None


def _source(event: Any) -> str | None:
    """The source named by what is refused, where it is one that a fact could have."""
    source = event.get("source") if isinstance(event, dict) else None
    return source if isinstance(source, str) and len(source) <= 200 and "\0" not in source else None


def _why(event: Any, errors: Sequence[ErrorDetails]) -> tuple[str, str]:
    """The reason for a line that is JSON but no fact: the envelope first, then its type, then its data."""
    if not isinstance(event, dict):
        return "not-an-event", "not a JSON object"
    for attribute, sound in _REQUIRED.items():
        if attribute not in event:
            return "not-an-event", f"{attribute}: missing"
        if not sound(event[attribute]):
            return "not-an-event", f"{attribute}: {_EXPECTED[attribute]}"
    if event["type"] not in ENVELOPES:
        return "unknown-type", _short(f"type: not one of {', '.join(ENVELOPES)}", 600)
    # the first part of a place is the union's own tag; of a rule of ours, the words alone
    places = [(error["loc"][1:], error["msg"].removeprefix("Value error, ")) for error in errors]
    outside = [place for place in places if place[0][:1] != ("data",)]
    return _refusal(*(outside or places)[0])


def _refusal(place: tuple[str | int, ...], message: str) -> tuple[str, str]:
    """The reason and the detail of a fault at a place of the event."""
    reason = "invalid-data" if place[:1] == ("data",) else "not-an-event"
    return reason, _short(f"{'.'.join(_shown(part) for part in place)}: {message}")


def _shown(part: str | int) -> str:
    """A field's name, which a misspelt one should show; what can't be a name may be anybody's words."""
    text = str(part)
    return text if _NAME.fullmatch(text) else "(a field of another name)"


def _text_up_to(longest: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and 1 <= len(value) <= longest


def _is_instant(value: Any) -> bool:
    try:
        parse_instant(value)
    except (ValueError, TypeError):
        return False
    return True


_REQUIRED: Final[dict[str, Callable[[Any], bool]]] = {
    "specversion": lambda value: value == "1.0",
    "id": _text_up_to(200),
    "source": _text_up_to(200),
    "type": _text_up_to(200),
    "subject": _text_up_to(64),
    "time": _is_instant,
}
_EXPECTED: Final = {
    "specversion": 'must be "1.0"',
    "id": "must be a text of 1 to 200 characters",
    "source": "must be a text of 1 to 200 characters",
    "type": "must be a text",
    "subject": "must be a text of 1 to 64 characters",
    "time": "must be an RFC 3339 instant with an offset",
}


def _short(text: str, most: int = 300) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
