"""What can be set once instead of on every command: where the store is, how much an error says, what hour it is.

An option on the command line comes first, then the environment, then `casedrift.toml` in the working folder,
then what is written here; for the live path, in `live_settings.py`.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from casedrift.case_link import checked_template
from casedrift.live_settings import LiveSettings
from domain.days import parse_instant
from streams.errors import WrongInput

FILE: Final = "casedrift.toml"


def _an_instant(value: Any) -> Any:
    """The instant (microseconds) written as a text; ValueError for anything else."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError('write it as a text, "2019-06-03T17:00:00+01:00"')
    return parse_instant(value)


class Team(BaseModel):
    """Where a team of an Annex A workbook works, and which group of children it is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    locality: str | None = Field(default=None, min_length=1, max_length=64)
    cohort: str | None = Field(default=None, min_length=1, max_length=64)


class _OfEveryCommand(BaseSettings):
    """What a command without Kafka may need too."""

    store: str = Field(default="sqlite:///casedrift.db", min_length=1)
    """The store: a URL, or a path, which means an SQLite file."""
    key_file: Path | None = None
    """Where the key to who is who is kept; None: beside the store's file, or under the database's name."""
    annex_a_teams: dict[str, Team] = Field(default_factory=dict)
    """By the name that a workbook gives them."""
    not_a_person: list[str] = Field(default_factory=list)
    """Names that stand where a workbook should name a worker: duty trays."""
    case_link: Annotated[str, AfterValidator(checked_template)] | None = None
    """How the address of a child's page in the case system is made; None: there are no links."""
    debug: bool = False
    """True: an error inside the program shows where in the program it arose."""
    now: Annotated[int | None, BeforeValidator(_an_instant)] = None
    """The instant (microseconds) that is taken for the present one when the program starts; None: the real one."""


class Settings(LiveSettings, _OfEveryCommand):
    """The settings. Each is read from `CASEDRIFT_` and its name in capitals, or from `casedrift.toml`."""

    model_config = SettingsConfigDict(
        env_prefix="CASEDRIFT_", env_ignore_empty=True, toml_file=FILE, extra="forbid", frozen=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment comes before the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def _in_words(fault: ErrorDetails) -> str:
    """What is wrong with a setting, for those who wrote it."""
    if fault["type"] == "extra_forbidden":
        *of, name = map(str, fault["loc"])
        near = get_close_matches(name, Team.model_fields if of else Settings.model_fields, n=1)
        return "there is no such setting" + (f' (did you mean "{near[0]}"?)' if near else "")
    if fault["type"] == "model_type":  # only teams are tables
        return f"write it as a table, with {' and '.join(Team.model_fields)}"
    return fault["msg"].removeprefix("Value error, ")


def read_settings() -> Settings:
    """The settings of the environment and the working folder. WrongInput, in one line, where they can't be read."""
    try:
        return Settings()
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        wrong = _in_words(first)
        if not name:  # two that do not go together
            raise WrongInput(f"settings: {wrong}; see docs/settings.md") from None
        raise WrongInput(f"setting {name}: {wrong}; see CASEDRIFT_{str(first['loc'][0]).upper()} and {FILE}") from None
    except tomllib.TOMLDecodeError as fault:
        raise WrongInput(f"{FILE} is no TOML: {fault}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise WrongInput(f"{FILE} can't be read: {fault}") from None
