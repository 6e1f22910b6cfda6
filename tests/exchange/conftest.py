"""What the tests of exchange start from is what those of the domain do."""

from tests.domain.conftest import cast, clock, discussion, session

__all__ = ["cast", "clock", "discussion", "session"]
