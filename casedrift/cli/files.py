"""The files that a command is given: what each is, and what can't go together or can't be read at all.

A bad file is set aside with its reason, and the others are taken in. But extracts of a kind come in in their order:
once a later one is in, an earlier one is refused for ever, so after a bad one the later ones wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from casedrift.cli import code_of, say_fault
from casedrift.cli.options import is_text
from streams.errors import CasedriftError, WrongInput
from streams.pipes import is_named_pipe

_STDIN: Final = "-"
"""As in `casedrift.lines`, which is loaded where lines are read."""

Format = Literal["jsonl", "cin-census", "annex-a"]
FORMATS: Final[tuple[Format, ...]] = ("jsonl", "cin-census", "annex-a")
_LINES: Final = (".jsonl", ".ndjson", ".json")
_BOOKS: Final = (".xlsx", ".xlsm", ".xls")
_LONGEST_SOURCE: Final = 200
_ZIP: Final = b"PK\x03\x04"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


class File(NamedTuple):
    """A file, what it is, and how many are given before it."""

    format: Format
    path: str
    nth: int = 0


class SetAside:
    """The files that could not be taken in, and why; of a file that comes alone it is raised at once."""

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone
        self._faults: list[CasedriftError] = []
        self._first: dict[Format, File] = {}
        """By kind of extract, the first of those given that was set aside."""

    def note(self, file: File, fault: CasedriftError) -> None:
        """Set the file aside."""
        if self._alone:
            raise fault
        named = str(fault) if str(fault).startswith(file.path) else f"{file.path}: {fault}"
        self._faults.append(type(fault)(named))
        if file.format != "jsonl" and file.nth <= self._first.get(file.format, file).nth:
            self._first[file.format] = file

    def waits(self, file: File) -> bool:
        """Whether an extract of its kind, before it, was set aside; then it is, too."""
        first = self._first.get(file.format)
        if first is None or file.nth < first.nth:
            return False
        why = f"not taken in, for extracts come in in their order, and {first.path} before it did not"
        self.note(file, WrongInput(f"{file.path}: {why}; put that one right, then load both"))
        return True

    def __bool__(self) -> bool:
        return bool(self._faults)

    def tell(self) -> int:
        """Say a line for each; the worst of their exit codes, 0 where there is none."""
        for fault in self._faults:
            say_fault(fault)
        return max(map(code_of, self._faults), default=0)


def sorted_out(paths: Sequence[str], asked: str, aside: SetAside) -> list[File]:
    """The files that can be taken in, as far as a first look tells; the others are set aside."""
    _check_asked(asked)
    files = []
    for nth, path in enumerate(paths):
        try:
            file = File(format_of(path, asked), path, nth)
            _check_file(file)
        except WrongInput as fault:
            aside.note(File(_as_asked(asked) or _by_content(path.lower(), b""), path, nth), fault)
        else:
            files.append(file)
    return files


def format_of(path: str, asked: str) -> Format:
    """What the file is: as asked, else by its name and its first bytes. A pipe is read once, so not for this."""
    _check_asked(asked)
    if is_named_pipe(path) and (_as_asked(asked) or _by_content(path.lower(), b"")) == "jsonl":
        raise WrongInput(
            f"{path} is a named pipe, and to read it may be to wait for ever; give a file, or - and send it to "
            "standard input"
        )
    start = b""
    if path != _STDIN and not Path(path).is_fifo():
        try:
            with open(path, "rb") as file:
                start = file.read(64)
        except OSError as fault:
            raise WrongInput(f"{path} can't be read: {(fault.strerror or 'unknown fault').lower()}") from None
    return _as_asked(asked) or _by_content(path.lower(), start)


def _check_asked(asked: str) -> None:
    if asked != "auto" and _as_asked(asked) is None:
        raise WrongInput(f'--format knows no "{asked}"; it takes auto, {", ".join(FORMATS)}')


def _as_asked(asked: str) -> Format | None:
    return next((known for known in FORMATS if asked == known), None)


def _by_content(name: str, start: bytes) -> Format:
    if name.removesuffix(".gz").endswith(_LINES):
        return "jsonl"
    if name.endswith(_BOOKS):
        return "annex-a"
    if name.endswith(".xml") or _first_letter(start) == "<":
        return "cin-census"
    return "annex-a" if start.startswith(_ZIP) else "jsonl"


def _first_letter(start: bytes) -> str:
    """The first that is no blank, in UTF-16 where the file says that it is, else in what agrees with ASCII."""
    encoding = "utf-16" if start.startswith(_UTF16) else "latin-1"
    return start.removeprefix(b"\xef\xbb\xbf").decode(encoding, errors="ignore").lstrip()[:1]


def check(paths: Sequence[str], formats: Sequence[Format], options: Mapping[str, object]) -> None:
    """What does not go together is said before anything is taken in; `options` are those that only extracts take."""
    files = [File(*each) for each in zip(formats, paths, strict=True)]
    check_options(files, options)
    for file in files:
        _check_file(file)


def check_options(files: Sequence[File], options: Mapping[str, object]) -> None:
    """WrongInput where an option has no use for one of the files, or is none."""
    for option, value in options.items():
        if value is not None and any(file.format == "jsonl" for file in files):
            why = ", whose facts say it themselves" if option in {"--source", "--taken"} else ""
            raise WrongInput(f"{option} has no use for JSON lines{why}; leave it out")
    source = options.get("--source")
    if isinstance(source, str) and not (1 <= len(source) <= _LONGEST_SOURCE and is_text(source)):
        raise WrongInput(f"--source must have 1 to {_LONGEST_SOURCE} characters, in UTF-8")


def _check_file(file: File) -> None:
    """WrongInput where it is seen at once that the file can't be taken in."""
    if file.format == "jsonl":
        from casedrift.lines import check as check_lines

        check_lines([file.path])
    elif file.path == _STDIN or Path(file.path).is_fifo():
        raise WrongInput(
            "an extract is read more than once, so not from standard input or a pipe; give the path of its file"
        )
