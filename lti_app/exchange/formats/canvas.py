"""Canvas's discussion API as JSON: the full view of a topic, or its list of entries with their replies."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import MAX_ENTRIES, Entry, Fault, Markup, Note, Parsed, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.states import is_gone, withheld_for

_BELOW = ("replies", "recent_replies")
_OF_CANVAS = (*_BELOW, "has_more_replies", "anonymous_id", "attachments")
_COUNTS = ("replies_count", "subentry_count", "reply_count")


def is_view(content: Any) -> bool:
    """Whether this is the answer of /discussion_topics/:id/view."""
    return isinstance(content, dict) and isinstance(content.get("view"), list)


def is_entry_list(content: Any) -> bool:
    """Whether this is the answer of /discussion_topics/:id/entries."""
    return isinstance(content, list) and any(
        isinstance(item, dict) and "message" in item and any(name in item for name in _OF_CANVAS) for item in content
    )


def read_canvas(content: Any, dates: DateReader) -> Parsed:
    """The posts of a topic, each counted in the order of the file in the place of a line."""
    view = content["view"] if isinstance(content, dict) else content
    newer = content.get("new_entries") if isinstance(content, dict) else None
    names = _participants(content.get("participants")) if isinstance(content, dict) else {}
    notes: list[Note] = []
    entries: dict[str, Entry] = {}
    for line, (item, above) in enumerate(_walk(view), 1):
        if line > MAX_ENTRIES:
            raise FileRefused("too_many", limit=MAX_ENTRIES)
        _take(entries, notes, _entry(line, item, above, names, dates), line)
    # Canvas keeps the view as it was a moment ago and adds what came since: the same posts, perhaps, once more.
    for line, item in enumerate(newer if isinstance(newer, list) else [], len(entries) + len(notes) + 1):
        entry = _entry(line, item, "", names, dates)
        if entry is None or entry.key not in entries:
            _take(entries, notes, entry, line)
    return Parsed(Shape.CANVAS, list(entries.values()), notes)


def _take(entries: dict[str, Entry], notes: list[Note], entry: Entry | None, line: int) -> None:
    if entry is None:
        notes.append(Note(line, Fault.BROKEN))
    elif entry.key in entries:
        notes.append(Note(line, Fault.DUPLICATE, entry.key))
    else:
        entries[entry.key] = entry


def _walk(items: Any) -> Iterator[tuple[Any, str]]:
    """Every entry with the id of the one it lies in, in the order of the file."""
    waiting: list[tuple[Any, str]] = [(item, "") for item in reversed(_list(items))]
    while waiting:
        item, above = waiting.pop()
        yield item, above
        if isinstance(item, dict):
            waiting.extend((reply, _id(item.get("id"))) for reply in reversed(_replies(item)))


def _replies(item: Mapping[str, Any]) -> list[Any]:
    """All replies that an entry holds; the newest may stand there once more in a list of their own."""
    replies = [*_list(item.get("replies"))]
    known = {_id(reply.get("id")) for reply in replies if isinstance(reply, dict)}
    newest = (
        each
        for each in _list(item.get("recent_replies"))
        if not isinstance(each, dict) or _id(each.get("id")) not in known
    )
    return [*replies, *newest]


def _entry(line: int, item: Any, above: str, names: Mapping[str, str], dates: DateReader) -> Entry | None:
    if not isinstance(item, dict) or not (key := _id(item.get("id"))):
        return None
    message, state = item.get("message"), str(item.get("workflow_state") or "")
    dated = item.get("created_at") or item.get("updated_at")
    return Entry(
        line=line,
        key=key,
        parent=_id(item.get("parent_id")) or above,
        author=_author(item, names),
        dated=str(dated or ""),
        written_at=dates.read(dated),
        text=message if isinstance(message, str) else "",
        markup=Markup.HTML,
        is_gone=item.get("deleted") is True or bool(item.get("deleted_at")) or is_gone(state),
        withheld=Fault.HIDDEN if item.get("hidden") is True else withheld_for(state),
        files=_attached(item),
        more_replies=_missing(item),
    )


def _author(item: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The name; in an anonymous discussion the sign by which Canvas tells its authors apart."""
    user = item.get("user")
    shown = user.get("display_name") or user.get("name") if isinstance(user, dict) else ""
    anonymous = _id(item.get("anonymous_id"))
    known = names.get(_id(item.get("user_id"))) or names.get(anonymous)
    named = item.get("user_name") or shown or known or (f"Anonymous {anonymous}" if anonymous else "")
    return str(named)


def _attached(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of its attachments. Canvas tells the only one twice, alone and in a list."""
    given = [*_list(item.get("attachments")), item.get("attachment")]
    names = [
        str(file.get("display_name") or file.get("filename") or file.get("title") or "")
        for file in given
        if isinstance(file, dict)
    ]
    return tuple(dict.fromkeys(names))


def _missing(item: Mapping[str, Any]) -> str:
    """How many replies an entry has that the file does not; a plus sign where Canvas only says that there are some."""
    if item.get("has_more_replies") is not True:
        return ""
    stated = next((item[name] for name in _COUNTS if type(item.get(name)) is int), 0)
    missing = stated - len(_replies(item))
    return str(missing) if missing > 0 else "+"


def _participants(items: Any) -> dict[str, str]:
    people = [item for item in _list(items) if isinstance(item, dict)]
    named = {_id(person.get("id")): str(person.get("display_name") or "") for person in people}
    anonymous = {_id(person.get("anonymous_id")): str(person.get("display_name") or "") for person in people}
    return {key: name for key, name in (anonymous | named).items() if key and name}


def _list(items: Any) -> Sequence[Any]:
    return items if isinstance(items, list) else []


def _id(value: Any) -> str:
    """Canvas writes ids as numbers or, asked politely, as strings."""
    return str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
