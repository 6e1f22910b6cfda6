"""JSON from outside can be written again once it was read, however deeply anybody has nested it."""

import json
from typing import Any

import pytest

from lti_app.core.json_text import MOST_NESTED, is_deep, read_json


def nested(depth: int, *, by: str) -> str:
    begin, end = {"lists": ("[", "]"), "objects": ('{"a":', "}")}[by]
    return begin * depth + "1" + end * depth


@pytest.mark.parametrize("by", ["lists", "objects"])
class TestDepth:
    def test_as_deep_as_may_be(self, by: str):
        assert json.loads(json.dumps(read_json(nested(MOST_NESTED, by=by)))) is not None

    @pytest.mark.parametrize("more", [1, 100, 500, 700, 800, 100_000])
    def test_deeper(self, more: int, by: str):
        with pytest.raises(ValueError, match="nested"):
            read_json(nested(MOST_NESTED + more, by=by))

    def test_open_without_end(self, by: str):
        with pytest.raises(ValueError, match="nested"):
            read_json(nested(100_000, by=by).partition("1")[0])

    @pytest.mark.parametrize(("depth", "deep"), [(0, False), (4, False), (5, False), (6, True)])
    def test_limit_of_ones_own(self, depth: int, deep: bool, by: str):
        value: Any = read_json(nested(depth, by=by))
        assert is_deep(value, 5) is deep


@pytest.mark.parametrize("text", ["", "{", "nul", b"\xff", "9" * 5_000])
def test_what_is_no_json(text: str | bytes):
    with pytest.raises(ValueError, match=r"Expecting|decode|limit"):
        read_json(text)


@pytest.mark.parametrize("text", ["0", '"[[["', '{"a": [1, {"b": null}]}', b'"\xc3\xa9"'])
def test_what_is(text: str | bytes):
    assert read_json(text) == json.loads(text)
