"""The compose file read, and what may be wrong with it: each rule a small function from the file to its faults."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import typer.main

from casedrift.cli.app import app
from casedrift.settings import Settings
from tests.house.source import ROOMS, ROOT, sources

Compose = dict[str, Any]
_PINNED: Final = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?([.-][\w.-]+)?(@sha256:[0-9a-f]{64})?")
_STANDARD: Final = frozenset({"default"})


def _names(given: Any) -> list[str]:
    """The names in a short or long list, or a mapping."""
    return [each["source"] if isinstance(each, dict) else str(each).partition(":")[0] for each in given or ()]


def laid_over(below: Any, above: Any) -> Any:
    """One file with another over it, as the tool lays them: mappings are joined, lists follow each other, and of what
    else there is the upper one's holds."""
    if isinstance(below, dict) and isinstance(above, dict):
        joined = {key: laid_over(below[key], value) if key in below else value for key, value in above.items()}
        return below | joined
    return below + above if isinstance(below, list) and isinstance(above, list) else above


def started(compose: Compose) -> Compose:
    """What is left of it where nobody asks for a profile, but for what is done by hand. Of a service that is not
    started, others may say that they do without it."""
    services = {
        name: service
        for name, service in compose["services"].items()
        if set(service.get("profiles", ["by-hand"])) == {"by-hand"}
    }
    for name, service in services.items():
        needs = {
            other: how
            for other, how in service.get("depends_on", {}).items()
            if other in services or how.get("required", True)
        }
        services[name] = service | ({"depends_on": needs} if "depends_on" in service else {})
    return compose | {"services": services}


def filled_in(text: str) -> str:
    """The file's text as it is read where nothing is set, but for what must be."""
    return re.sub(r"\$\{\w+(?::?-([^}]*)|:\?[^}]*)\}", lambda found: found[1] or "", text)


def hanging(compose: Compose) -> list[str]:
    """What a service names and is not there."""
    services = compose["services"]
    faults = []
    for name, service in services.items():
        faults += [f"{name} depends on {other}" for other in service.get("depends_on", ()) if other not in services]
        for kind in ("networks", "secrets"):
            known = (compose.get(kind) or {}).keys() | _STANDARD
            faults += [f"{name}: {kind} {each}" for each in _names(service.get(kind)) if each not in known]
        for each in _names(service.get("volumes")):
            is_path = each.startswith((".", "/"))
            if not ((ROOT / each).exists() if is_path else each in (compose.get("volumes") or {})):
                faults.append(f"{name}: volumes {each}")
    return faults


def idle(compose: Compose) -> list[str]:
    """What is there and no service names."""
    faults = []
    for kind in ("networks", "secrets", "volumes"):
        used = {each for service in compose["services"].values() for each in _names(service.get(kind))}
        faults += [f"{kind} {each}" for each in compose.get(kind) or () if each not in used]
    return faults


def waits_for_good(compose: Compose) -> list[str]:
    """A wait for a health that is never told, or for the end of what does not end."""
    faults = []
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            ends = is_job(compose["services"].get(other, {}))
            if ends != (how["condition"] == "service_completed_successfully"):
                faults.append(f"{name} waits for {other} to be what it never is")
    return faults


def is_job(service: Any) -> bool:
    """Whether the service ends by itself."""
    return str(service.get("restart", "no")).startswith(("no", "on-failure"))


def untended(compose: Compose) -> list[str]:
    """Services that stay and tell nothing of their health, or are ended without time to finish."""
    stay = {name: each for name, each in compose["services"].items() if not is_job(each)}
    faults = [f"{name}: no healthcheck" for name, each in stay.items() if "test" not in each.get("healthcheck", {})]
    faults += [f"{name}: no stop_grace_period" for name, each in stay.items() if "stop_grace_period" not in each]
    return faults


def unpinned(images: Iterable[str]) -> list[str]:
    """Images whose version may change under us."""
    return [image for image in images if not _PINNED.fullmatch(image)]


def bare_passwords(compose: Compose) -> list[str]:
    """Passwords that stand in the file, or in an environment that anybody who looks at a container sees."""
    faults = []
    for name, service in compose["services"].items():
        for variable, value in (service.get("environment") or {}).items():
            if "PASSWORD" in variable and not variable.endswith("_FILE"):
                faults.append(f"{name}: {variable}")
            if re.search(r"://[^/@\s]+:[^/@\s]+@", str(value)):
                faults.append(f"{name}: {variable} holds a password")
            if variable.endswith("PASSWORD_FILE") and str(value) not in {
                f"/run/secrets/{secret}" for secret in _names(service.get("secrets"))
            }:
                faults.append(f"{name}: {variable} is no secret of its own")
    return faults + [
        f"secret {name} is no file" for name, each in (compose.get("secrets") or {}).items() if "file" not in each
    ]


def unknown_commands(compose: Compose) -> list[str]:
    """Commands that the program does not have."""
    return [
        f"{name}: {' '.join(words)}"
        for name, service in compose["services"].items()
        if (words := _of_casedrift(service)) is not None and not is_command(words)
    ]


def _of_casedrift(service: Any) -> list[str] | None:
    words = [*(service.get("entrypoint") or []), *(service.get("command") or [])]
    return words[words.index("casedrift") + 1 :] if "casedrift" in words else None


def is_command(words: list[str]) -> bool:
    """Whether the words are a command of the program, and every option in them one of its."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while rest and (below := getattr(command, "commands", None)):
        if rest[0] not in below:
            return False
        command = below[rest.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    is_whole = not getattr(command, "commands", None)
    return is_whole and all(word.partition("=")[0] in known for word in rest if word.startswith("--"))


def variables(text: str) -> set[str]:
    """The settings of ours that a text names."""
    return set(re.findall(r"\bCASEDRIFT_[A-Z_]*[A-Z]\b", text))


def unknown_variables(text: str) -> list[str]:
    """Those that are neither a setting, nor read by the program, nor a variable of the compose file itself."""
    known = {f"CASEDRIFT_{name.upper()}" for name in Settings.model_fields}
    program = "\n".join(source.text for source in sources(*ROOMS))
    return sorted(name for name in variables(text) - known - {"CASEDRIFT_SECRETS"} if f'"{name}"' not in program)
