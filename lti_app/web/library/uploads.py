"""The storage for uploaded files of this application, the size limits, and storing a file that a form sent."""

from dataclasses import dataclass
from typing import BinaryIO

from flask import Flask, current_app
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from lti_app.course.courses.rules import Actor
from lti_app.library.files.actions import store_file
from lti_app.library.files.errors import FileEmpty
from lti_app.library.files.ports import Storage
from lti_app.library.files.queries import FileView
from lti_app.library.files.rules import Limits, Purpose
from lti_app.web.transactions import now

STORAGE = "colloquy.storage"
LIMITS = "colloquy.file_limits"


def init_storage(app: Flask, storage: Storage, limits: Limits) -> None:
    """Tell the application."""
    app.extensions[STORAGE] = storage
    app.extensions[LIMITS] = limits


def storage() -> Storage:
    """The one of this application."""
    found: Storage = current_app.extensions[STORAGE]
    return found


def limits() -> Limits:
    """The ones of this application."""
    found: Limits = current_app.extensions[LIMITS]
    return found


@dataclass(frozen=True)
class SentFile:
    """A file that a form sent."""

    stream: BinaryIO
    name: str


def sent_file(sent: FileStorage | None) -> SentFile:
    """The file of a form field; raises FileEmpty where there is none."""
    if sent is None:
        raise FileEmpty
    return SentFile(sent.stream, sent.filename or "")  # type: ignore[arg-type]  # Werkzeug's is a file in all but name


def store_attachment(session: Session, actor: Actor, field: FileStorage | None) -> FileView:
    """Store a file for a post; raises FileEmpty where the form sent none, and what `store_file` raises."""
    sent, purpose = sent_file(field), Purpose.ATTACHMENT
    return store_file(
        session, actor, storage(), sent.stream, name=sent.name, purpose=purpose, limits=limits(), now=now()
    )
