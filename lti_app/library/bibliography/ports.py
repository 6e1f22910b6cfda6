"""What references need from outside."""

from typing import Any, Protocol


class DoiLookup(Protocol):
    """Asks the registries of publications what a DOI names."""

    def __call__(self, doi: str, /) -> dict[str, Any]:
        """The CSL-JSON as the registry has it, not yet cleaned.

        Raises DoiUnknown where it has none, DoiUnreachable where it does not answer in time or looking up is off.
        Takes seconds at most; nobody may hold a transaction meanwhile.
        """
        ...
