"""What can go wrong anywhere. Words' own errors derive from these; web/errors.py turns them into pages."""


class ColloquyError(Exception):
    """The root of every error of ours. `code` is stable and translatable; `data` fills the message."""

    code = "error"

    def __init__(self, code: str = "", **data: object) -> None:
        self.code = code or type(self).code
        self.data = data
        super().__init__(self.code)


class NotFound(ColloquyError):
    """The object does not exist, or the actor may not know that it does (404)."""

    code = "not_found"


class Forbidden(ColloquyError):
    """The actor may see the object but not do this with it (403)."""

    code = "forbidden"


class Conflict(ColloquyError):
    """Somebody changed the object since the actor opened it (409)."""

    code = "conflict"


class Refused(ColloquyError):
    """A rule refuses what was asked; `code` says which (422). What the actor wrote must be given back."""

    code = "refused"


class SettingsError(ColloquyError):
    """A setting is missing or wrong; `data["names"]` lists the environment names at fault."""

    code = "settings"
