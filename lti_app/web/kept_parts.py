"""Parts of pages that are the same for many readers, each rendered once of the same values.

A template writes such a part with `{{ kept("…/_part.html", name=value) }}`. The part sees these values and nothing else
of the page, and they are compared whole: what changes in the database changes a value, and makes another part. What the
part depends on besides, the reader's language, time zone and year and where the application is mounted, is in its key.
It must not say how long it is until a moment, nor hold a form: time and tokens are in no key.
"""

from collections.abc import Hashable
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup

from lti_app.core.recent import RecentlyUsed
from lti_app.web.templating import known_markup, reader

SHELF = "colloquy.parts"
MOST_CHARACTERS = 500_000
"""Of all parts that one process keeps: those of a few hundred discussions."""


def init_kept_parts(app: Flask) -> None:
    """Let templates write parts that are kept; after `init_templating`."""
    app.extensions[SHELF] = RecentlyUsed[Any, Markup](MOST_CHARACTERS)
    app.jinja_env.globals["kept"] = kept


def kept(name: str, /, **told: Hashable) -> Markup:
    """The part that the template of this name makes of these values.

    Raises what the template raises, UndefinedError if it needs anything that it was not told.
    """
    shelf: RecentlyUsed[Any, Markup] = current_app.extensions[SHELF]
    key = (name, reader().way, request.script_root, *told.items())
    part = shelf.get(key)
    if part is None:
        part = known_markup(current_app.jinja_env.get_template(name).render(told))
        shelf.put(key, part, len(part))
    return part
