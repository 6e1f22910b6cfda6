"""Standard texts on leadership that ship with the application, bibliographic facts only."""

import json
from functools import lru_cache
from typing import Any

from lti_app.core.resources import resource
from lti_app.library.bibliography.rules.records import clean_record


@lru_cache(maxsize=1)
def list_leadership_readings() -> tuple[dict[str, Any], ...]:
    """The records of config/leadership.json, in the order of the file."""
    records = json.loads(resource("config", "leadership.json").read_text(encoding="utf-8"))
    return tuple(clean_record(record) for record in records)
