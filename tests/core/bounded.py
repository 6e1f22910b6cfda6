"""Programs with limits, for the tests."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from lti_app.core.bounded import AT_ONCE, one_of_few


@contextmanager
def every_place_taken() -> Iterator[None]:
    """As many programs as may run at once are running."""
    with ExitStack() as held:
        for _ in range(AT_ONCE):
            held.enter_context(one_of_few())
        yield
