"""A server on this machine that stands for an LMS, and the clock that goes with it."""

from tests.lti.conftest import clock, clock_of_all, key_server

__all__ = ["clock", "clock_of_all", "key_server"]
