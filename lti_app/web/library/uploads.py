"""The storage for uploaded files of this application, the size limits, and storing a file that a form sent."""

from flask import Flask, current_app
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from lti_app.course.courses.rules import Actor
from lti_app.library.files.actions import store_file
from lti_app.library.files.errors import FileEmpty
from lti_app.library.files.ports import Storage
from lti_app.library.files.queries import FileView
from lti_app.library.files.rules import Limits, Purpose, Rights
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


def store_upload(
    session: Session, actor: Actor, sent: FileStorage | None, purpose: Purpose, *, rights: Rights | None = None
) -> FileView:
    """Store a file that a form sent; raises FileEmpty where it sent none, and what `store_file` raises."""
    if sent is None:
        raise FileEmpty
    return store_file(
        session,
        actor,
        storage(),
        sent.stream,  # type: ignore[arg-type]  # Werkzeug's is a file in all but name
        name=sent.filename or "",
        purpose=purpose,
        rights=rights,
        limits=limits(),
        now=now(),
    )
