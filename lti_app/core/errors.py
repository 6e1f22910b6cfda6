"""The base classes of all errors; web/errors.py turns them into pages."""


class ColloquyError(Exception):
    """The base of all our errors. `code` is stable and selects the message; `data` has the values in it."""

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
    """Somebody else has changed the object since the actor opened it (409)."""

    code = "conflict"


class Refused(ColloquyError):
    """A rule refuses the request; `code` says which (422). The page must return what the actor wrote."""

    code = "refused"


class SettingsError(ColloquyError):
    """A setting is missing or wrong; `data["names"]` lists the environment variables."""

    code = "settings"
