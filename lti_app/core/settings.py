"""Every setting, typed, read once at the start from the environment or files (docs: config/colloquy.env.example)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from lti_app.core.errors import SettingsError

PREFIX = "COLLOQUY_"
EMBEDDED_DATABASE = "sqlite:///colloquy.db"


class Settings(BaseModel):
    """What an operator can set, each as `COLLOQUY_<NAME>`, or `COLLOQUY_<NAME>_FILE` naming a file with the value."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    base_url: str = "http://localhost:8800"
    """Where browsers and the LMS reach the tool: scheme and host, no path, no trailing slash."""
    database_url: str = EMBEDDED_DATABASE
    redis_url: str | None = None
    """Redis or Valkey for queue, launch state and caches; without it all of these live in the database."""
    secret_key: SecretStr
    """Signs session cookies; at least 32 characters."""
    default_time_zone: str = "UTC"
    trusted_proxies: int = Field(default=0, ge=0)
    """How many reverse proxies in front may set X-Forwarded-* headers."""
    doi_lookup: bool = True
    """Whether the server may ask Crossref what a DOI names."""
    files: str = "colloquy-files"
    """Where the files lie that people send in: a folder, or s3://bucket/prefix."""
    bucket_endpoint: str = ""
    """The server of the bucket; empty for Amazon's own."""
    bucket_region: str = ""
    bucket_access_key: str = ""
    bucket_secret_key: SecretStr | None = None
    reading_file_mb: int = Field(default=50, ge=1, le=500)
    """Megabytes of the largest text of a reading."""
    attachment_file_mb: int = Field(default=10, ge=1, le=100)
    """Megabytes of the largest file attached to a post."""
    held_sites: str = ""
    """More sites between commas: a post that links to one waits for the instructor."""

    @field_validator("base_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value.rstrip("/"))
        _ = parts.port  # raises ValueError for a port that is no number
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            raise ValueError("must be an http(s) address without a path, such as https://colloquy.example.edu")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value or None

    @field_validator("files")
    @classmethod
    def _place(cls, value: str) -> str:
        if not value.strip() or value in ("s3:", "s3:/", "s3://") or value.startswith("s3:///"):
            raise ValueError("must be a folder, or s3:// with the name of a bucket")
        return value

    @field_validator("bucket_endpoint")
    @classmethod
    def _server(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _long_secret(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters")
        return value

    @field_validator("default_time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be an IANA time zone, such as Europe/Berlin")
        return value

    @property
    def embedded(self) -> bool:
        """True on the embedded default: one process on SQLite, the worker a thread of it."""
        return self.database_url.startswith("sqlite") and self.redis_url is None


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings.

    Raises SettingsError whose `names` are the environment names at fault and whose `reasons` say why, so that a wrong
    setting stops the start by name instead of failing later.
    """
    source = dict(os.environ if environ is None else environ)
    values, faults = _values(source)
    settings = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        wrong = {_name(item["loc"]): str(item["msg"]) for item in error.errors()}
        unread = {name.removesuffix("_FILE") for name in faults}
        faults |= {name: reason for name, reason in wrong.items() if name not in unread}
    if settings is None or faults:
        raise SettingsError(names=sorted(faults), reasons=faults)
    return settings


def _name(loc: tuple[Any, ...]) -> str:
    return PREFIX + str(loc[0]).upper()


def _values(source: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The plain values by field name, and what could not be read, by environment name."""
    if settings_file := source.get(PREFIX + "SETTINGS_FILE"):
        text, fault = _read(settings_file)
        if fault:
            raise SettingsError(names=[PREFIX + "SETTINGS_FILE"], reasons={PREFIX + "SETTINGS_FILE": fault})
        source = {**_assignments(text), **source}
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    for field in Settings.model_fields:
        name = PREFIX + field.upper()
        if name in source and name + "_FILE" in source:
            faults[name] = f"is set twice: also by {name}_FILE"
        elif name in source:
            values[field] = source[name]
        elif name + "_FILE" in source:
            text, fault = _read(source[name + "_FILE"])
            if fault:
                faults[name + "_FILE"] = fault
            else:
                values[field] = text.strip()
    return values, faults


def _read(path: str) -> tuple[str, str]:
    try:
        return Path(path).read_text(encoding="utf-8"), ""
    except (OSError, UnicodeDecodeError) as error:
        return "", f"cannot be read: {error}"


def _assignments(text: str) -> dict[str, str]:
    """The NAME=value lines of a settings file; blank lines and # comments are passed over."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}
