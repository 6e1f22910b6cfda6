"""Every setting, typed, read once at the start from the environment or files (docs: config/colloquy.env.example).

pydantic checks the values; reading them is our own. pydantic-settings 2.16 was tried and does not read what operators
have: it knows no COLLOQUY_<NAME>_FILE, takes a settings file that is missing for an empty one, cuts a secret key of a
settings file at " #" and replaces ${…} in it, and costs 5 MB in each process.
"""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from lti_app.core.errors import SettingsError
from lti_app.core.imap import imap_server_at
from lti_app.core.later import LaterModule
from lti_app.core.mail import is_mail_sender, is_return_address

if TYPE_CHECKING:
    import redis
else:
    redis = LaterModule("redis")


PREFIX = "COLLOQUY_"
EMBEDDED_DATABASE = "sqlite:///colloquy.db"
_REASONS = {
    "missing": "is missing",
    "value_error": "{error}",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large",
    "bool_parsing": "must be true or false",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
"""Our messages for pydantic's kinds of errors."""


class Settings(BaseModel):
    """The settings of an operator, each as `COLLOQUY_<NAME>`, or as `COLLOQUY_<NAME>_FILE` with the path of a file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    base_url: str = Field(default="http://localhost:8800", examples=["https://colloquy.example.edu"])
    """The address of the tool: scheme and host, without path and trailing slash."""
    database_url: str = Field(
        default=EMBEDDED_DATABASE, examples=["postgresql://colloquy:password@database.example.edu/colloquy"]
    )
    redis_url: str | None = Field(default=None, examples=["redis://cache.example.edu:6379/0"])
    """Redis or Valkey for the queue, launch states and caches; without it, all of these are in the database."""
    secret_key: SecretStr = Field(examples=[secrets.token_urlsafe(48)])
    """Signs session cookies; at least 32 characters."""
    default_time_zone: str = Field(default="UTC", examples=["Europe/Berlin"])
    trusted_proxies: int = Field(default=0, ge=0, examples=["1"])
    """How many reverse proxies in front may set X-Forwarded-* headers."""
    doi_lookup: bool = Field(default=True, examples=["true"])
    """Whether the server may look up DOIs at Crossref."""
    files: str = Field(default="colloquy-files", examples=["/var/lib/colloquy/files"])
    """Where uploaded files are stored: a folder, or s3://bucket/prefix."""
    bucket_endpoint: str = Field(default="", examples=["https://objects.example.edu"])
    """The server of the bucket; empty for Amazon's own."""
    bucket_region: str = Field(default="", examples=["eu-central-1"])
    bucket_access_key: str = Field(default="", examples=["colloquy"])
    bucket_secret_key: SecretStr | None = Field(default=None, examples=["password"])
    reading_file_mb: int = Field(default=50, ge=1, le=500, examples=["50"])
    """The largest file of a reading, in megabytes."""
    attachment_file_mb: int = Field(default=10, ge=1, le=100, examples=["10"])
    """The largest file attached to a post, in megabytes."""
    scores_at_once: int = Field(default=4, ge=1, le=16, examples=["4"])
    """Grades that a worker sends side by side to one LMS."""
    held_sites: str = Field(default="", examples=["essays.example, homework.example"])
    """More sites, separated by commas: posts that link to them are held for review."""

    smtp_host: str = Field(default="", examples=["mail.example.edu"])
    """The server that mail goes out through; without it, notices are only listed in the tool."""
    smtp_port: int = Field(default=587, ge=1, le=65535, examples=["587"])
    smtp_tls: str = Field(default="starttls", examples=["starttls"])
    """starttls, tls (from the first byte, usually port 465) or none (a relay on the same machine)."""
    smtp_user: str = Field(default="", examples=["colloquy"])
    smtp_password: SecretStr | None = Field(default=None, examples=["password"])
    mail_from: str = Field(default="", examples=["Colloquy <colloquy@example.edu>"])
    """The sender of all mail: an address, with a name if wanted."""
    mail_post_text: bool = Field(default=True, examples=["true"])
    """Whether mail may quote what people have written; otherwise it only says that there is something new."""
    mails_per_minute: int = Field(default=120, ge=1, le=10_000, examples=["120"])
    """How many mails are handed to the server in a minute at most."""
    mail_bounces: str = Field(default="", examples=["bounces@example.edu"])
    """Where mails come back to, each with a part of its own: bounces+…@example.edu. Without it, they come back to the
    sender and are not read."""
    bounces_imap_url: str = Field(default="", examples=["imaps://bounces@example.edu@imap.example.edu/INBOX"])
    """The folder in which they arrive, which the worker reads and empties; not needed where the mail server runs
    `colloquy mail bounced`."""
    bounces_imap_password: SecretStr | None = Field(default=None, examples=["password"])

    @field_validator("base_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value.rstrip("/")) if _is_web_address(value) else None
        if parts is None or parts.path or parts.query:
            raise ValueError("must be an http(s) address without a path")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        try:
            make_url(value)
        except (ArgumentError, ValueError):  # whose words may hold the password
            raise ValueError("must be the address of a database") from None
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        try:
            redis.ConnectionPool.from_url(value) if value else None
        except ValueError:
            raise ValueError("must be an address that begins with redis://, rediss:// or unix://") from None
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
        if value and not _is_web_address(value):
            raise ValueError("must be an http(s) address")
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
            raise ValueError("must be an IANA time zone")
        return value

    @field_validator("smtp_host")
    @classmethod
    def _host(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9.:-]{1,253}", value):
            raise ValueError("must be the name or the address of a server, without a port")
        return value

    @field_validator("smtp_tls")
    @classmethod
    def _security(cls, value: str) -> str:
        if value not in ("starttls", "tls", "none"):
            raise ValueError("must be starttls, tls or none")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value and not is_mail_sender(value):
            raise ValueError("must be an e-mail address, or a name followed by an address in angle brackets")
        return value

    @field_validator("mail_bounces")
    @classmethod
    def _return_address(cls, value: str) -> str:
        if value and not is_return_address(value):
            raise ValueError("must be an e-mail address with at most 24 letters, digits, dots and hyphens before the @")
        return value

    @field_validator("bounces_imap_url")
    @classmethod
    def _folder(cls, value: str) -> str:
        if value:
            imap_server_at(value)
        return value

    @model_validator(mode="after")
    def _complete_mail(self) -> Self:
        if self.smtp_host and not self.mail_from:
            raise PydanticCustomError("mail_from", "must be set where COLLOQUY_SMTP_HOST is")
        for needed in ("mail_bounces", "bounces_imap_password"):
            if self.bounces_imap_url and not getattr(self, needed):
                raise PydanticCustomError(needed, "must be set where COLLOQUY_BOUNCES_IMAP_URL is")
        return self

    @property
    def embedded(self) -> bool:
        """Whether this is the embedded default: one process on SQLite, with the worker as a thread."""
        return self.database_url.startswith("sqlite") and self.redis_url is None


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings. Raises SettingsError with the reason for each wrong environment variable and an
    example, so that the start fails at once and says why.
    """
    values, faults = _values(dict(os.environ if environ is None else environ))
    settings = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        wrong = {_name(_field_of(each)): _reason(each) for each in error.errors()}
        unread = {name.removesuffix("_FILE") for name in faults}
        faults |= {name: reason for name, reason in wrong.items() if name not in unread}
    if settings is None or faults:
        raise SettingsError(faults)
    return settings


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError for a port that is no number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _name(field: str) -> str:
    return PREFIX + field.upper()


def _field_of(error: ErrorDetails) -> str:
    """The setting that is wrong; what is wrong with several is named by its type."""
    return str(error["loc"][0]) if error["loc"] else error["type"]


def _reason(error: ErrorDetails) -> str:
    """What a value must be, and an example of one."""
    field, context = _field_of(error), error.get("ctx", {})
    told = _REASONS.get(error["type"], error["msg"]).format(**context)
    (example,) = Settings.model_fields[field].examples or [""]
    return f"{told}. Example: {_name(field)}={example}"


def _values(source: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The values by field name, and the problems by name of the environment variable."""
    if settings_file := source.get(PREFIX + "SETTINGS_FILE"):
        text, fault = _read(settings_file)
        if fault:
            fault += f". Example: {PREFIX}SETTINGS_FILE=/etc/colloquy/colloquy.env"
            raise SettingsError({PREFIX + "SETTINGS_FILE": fault})
        source = {**_assignments(text), **source}
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    for field in Settings.model_fields:
        name = _name(field)
        if name in source and name + "_FILE" in source:
            faults[name] = f"is set twice: also by {name}_FILE. Remove one of the two"
        elif name in source:
            values[field] = source[name]
        elif name + "_FILE" in source:
            text, fault = _read(source[name + "_FILE"])
            if fault:
                faults[name + "_FILE"] = f"{fault}. Example: {name}_FILE=/run/secrets/{field}"
            else:
                values[field] = text.strip()
    return values, faults


def _read(path: str) -> tuple[str, str]:
    try:
        return Path(path).read_text(encoding="utf-8"), ""
    except (OSError, UnicodeDecodeError) as error:
        return "", f"cannot be read: {error}"


def _assignments(text: str) -> dict[str, str]:
    """The NAME=value lines of a settings file, without blank lines and # comments."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}
