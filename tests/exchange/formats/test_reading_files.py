"""What each kind of file says, in samples of the real shape, and what is said of those with faults."""

import contextlib
import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.exchange.formats import csv_file
from lti_app.exchange.formats.bodies import body_of
from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import MAX_BYTES, MAX_ENTRIES, Fault, Markup, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.recognize import read_file
from lti_app.exchange.importing.rules.arrange import arrange
from tests.cast import MONDAY

BERLIN = DateReader(ZoneInfo("Europe/Berlin"))
SAMPLES = Path(__file__).parent / "samples"


def read(content, **options):
    return read_file(content if isinstance(content, bytes) else content.encode(), BERLIN, **options)


def threads(content, **options):
    """The threads as nested (author, text) with those below, and what was odd."""
    arranged = arrange(read(content, **options), max_depth=100, now=MONDAY)
    keys = [item.entry.key for item in arranged.entries]
    shape = [(item.entry.key, None if item.parent is None else keys[item.parent]) for item in arranged.entries]
    return dict(shape), [(note.line, note.fault) for note in arranged.notes]


def sample(name):
    return (SAMPLES / name).read_bytes()


def test_moodles_forum_export_as_csv():
    found = read(sample("moodle.csv"))
    assert found.shape is Shape.MOODLE
    first, second, third, fourth, fifth = found.entries
    assert third.withheld is Fault.PRIVATE
    assert (first.author, first.title, first.markup) == ("Ada Lovelace", "Are they different?", Markup.HTML)
    assert first.written_at == datetime(2025, 3, 3, 10, tzinfo=UTC)
    assert (second.parent, second.title, second.text.count("\n")) == ("101", "", 1)
    assert (fourth.markup, fourth.line) == (Markup.TEXT, 6)
    assert fifth.is_gone
    assert threads(sample("moodle.csv")) == (
        {"101": None, "102": "101", "104": "102"},
        [(5, Fault.PRIVATE), (7, Fault.DELETED)],
    )


def test_moodles_forum_export_as_json_is_the_same():
    lines = sample("moodle.csv").decode().replace("line one\nline", "line one line")
    rows = list(csv.DictReader(lines.splitlines(keepends=True)))
    for wrapped in (rows, [rows]):
        assert threads(json.dumps(wrapped))[0] == {"101": None, "102": "101", "104": "102"}


def test_canvas_topics_with_what_was_deleted_and_what_came_since():
    found = read(sample("canvas.json"))
    assert found.shape is Shape.CANVAS
    by_key = {entry.key: entry for entry in found.entries}
    assert (by_key["1"].author, by_key["6"].author, by_key["3"].is_gone) == ("Ada Lovelace", "Bo Diddley", True)
    shape, notes = threads(sample("canvas.json"))
    assert shape == {"1": None, "2": "1", "3": "2", "4": "3", "6": "1"}
    assert [fault for _line, fault in notes] == [Fault.DELETED, Fault.DELETED]


def test_canvas_lists_of_entries():
    entries = [
        {
            "id": 1,
            "user_name": "Ada",
            "message": "<p>a</p>",
            "created_at": "2025-03-03T10:00:00Z",
            "recent_replies": [
                {
                    "id": 2,
                    "user_name": "Bo",
                    "message": "<p>b</p>",
                    "created_at": "2025-03-03T11:00:00Z",
                    "parent_id": 1,
                },
            ],
        },
    ]
    assert threads(json.dumps(entries))[0] == {"1": None, "2": "1"}
    assert read(json.dumps(entries)).entries[1].author == "Bo"


def test_bbpress_and_wordpress():
    found = read(sample("bbpress.xml"))
    assert found.shape is Shape.WORDPRESS
    by_key = {entry.key: entry for entry in found.entries}
    topic, guest = by_key["11"], by_key["13"]
    assert (topic.author, topic.title) == ("Ada Lovelace", "Managers & leaders")
    assert body_of(topic).text == "First paragraph.</p><p>Second, with <strong>weight</strong><br>and a line."
    assert topic.written_at == datetime(2025, 3, 3, 10, tzinfo=UTC)
    assert (guest.author, guest.written_at) == ("Guest Gaye", datetime(2025, 3, 3, 12, tzinfo=UTC))
    shape, notes = threads(sample("bbpress.xml"))
    assert shape == {"11": None, "12": "11", "13": "12", "16": None, "c90": "16", "c91": "c90"}
    assert sorted(fault for _line, fault in notes) == sorted(
        [Fault.SPAM, Fault.SPAM, Fault.OTHER_KIND, Fault.OTHER_KIND]
    )


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16LE"), ("cp1252", "Windows-1252")],
)
def test_encodings(encoding, told):
    found = read("author,text,date\nJosé Müller,Señor – “café”,2025-01-01\n".encode(encoding))
    assert (found.entries[0].author, found.entries[0].text) == ("José Müller", "Señor – “café”")
    assert found.encoding == told


def test_utf_16_without_its_mark():
    assert read("author,text,date\nAda,Hello,2025-01-01\n".encode("utf-16-le")).entries[0].text == "Hello"


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiters(sign):
    content = sign.join(["Name", "Posted at", "Message"]) + "\n" + sign.join(["Ada", "2025-01-01", '"a, b; c | d\te"'])
    assert read(content).entries[0].text == "a, b; c | d\te"


def test_quoting_with_line_breaks_keeps_the_lines_of_the_file():
    content = 'author,text,date\r\nAda,"one\r\ntwo ""quoted""",2025-01-01\r\n\r\nBo,,2025-01-02\r\n'
    found = read(content)
    assert found.entries[0].text == 'one\r\ntwo "quoted"'
    assert [entry.line for entry in found.entries] == [2, 5]


def test_columns_may_be_called_many_things():
    found = read("In reply to;E-mail;USER NAME;Created At;Body;Subject\n;a@b.c;Ada;2025-01-01;Hello;On order\n")
    entry = found.entries[0]
    assert (entry.author, entry.text, entry.title) == ("Ada", "Hello", "On order")


def test_a_row_with_more_cells_than_columns_is_told():
    assert (2, Fault.BROKEN) in threads("author,text,date\nAda,a, with, commas\nBo,b,2025-01-01\n")[1]


@pytest.mark.parametrize(
    ("rows", "shape", "faults"),
    [
        ("1,,a\n1,,again\n", {"1": None}, [(3, Fault.DUPLICATE)]),
        ("1,9,a\n", {"1": None}, [(2, Fault.NO_PARENT)]),
        ("1,1,a\n", {"1": None}, [(2, Fault.CYCLE)]),
        ("1,2,a\n2,3,b\n3,1,c\n4,3,d\n", {"1": None, "3": "1", "2": "3", "4": "3"}, [(2, Fault.CYCLE)]),
        ("1,,\n", {}, [(2, Fault.EMPTY)]),
        ("1,, \n2,1,b\n", {"1": None, "2": "1"}, [(2, Fault.EMPTY)]),
        ("1,,\n2,1,\n3,2,\n", {}, [(2, Fault.EMPTY), (3, Fault.EMPTY), (4, Fault.EMPTY)]),
        ("2,1,b\n1,,a\n", {"1": None, "2": "1"}, []),
        ("a b,,x\nc,a b,y\n", {"a b": None, "c": "a b"}, []),
    ],
)
def test_threads_with_faults(rows, shape, faults):
    dated = "".join(f"{row},Ada,2025-01-01\n" for row in rows.splitlines())
    assert threads(f"id,reply to,text,author,date\n{dated}") == (shape, faults)


def test_a_thread_deeper_than_threads_go_moves_up():
    rows = "".join(f"{n},{n - 1 or ''},Words,Ada,2025-01-01\n" for n in range(1, 131))
    arranged = arrange(read(f"id,parent,text,author,date\n{rows}"), max_depth=100, now=MONDAY)
    assert len(arranged.entries) == 130
    assert max(item.depth for item in arranged.entries) == 100
    assert arranged.counts == {Fault.TOO_DEEP: 29}


def test_the_longest_chain_ends():
    rows = "".join(f"{n},{n - 1 or ''},Words,Ada,2025-01-01\n" for n in range(1, MAX_ENTRIES + 1))
    assert len(arrange(read(f"id,parent,text,author,date\n{rows}"), max_depth=100, now=MONDAY).entries) == MAX_ENTRIES
    with pytest.raises(FileRefused, match="too_many"):
        read(f"id,parent,text,author,date\n{rows}{MAX_ENTRIES + 1},,Words,Ada,2025-01-01\n")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "nothing_in_it"),
        (b" \r\n\t", "nothing_in_it"),
        (b"\xef\xbb\xbf", "nothing_in_it"),
        (b"PK\x03\x04rest", "not_text"),
        (b"%PDF-1.7", "not_text"),
        (b"no,columns\n1,2", "no_columns"),
        (b"text\nalone", "no_columns"),
        (b'author,text\nAda,"open', "csv_broken"),
        (b'author,text\nAda,"a"b\n', "csv_broken"),
        (b"{", "json_broken"),
        (b'{"view": 3}', "json_unknown"),
        (b"[]", "nothing_in_it"),
        (b"[" * 100_000, "json_broken"),
        (b'[{"text": ' + b"[" * 850 + b"]" * 850 + b"}]", "json_broken"),
        (b"<rss", "xml_broken"),
        (b"<rss></rss>", "not_wordpress"),
        (b"<rss><channel></channel></rss>", "nothing_in_it"),
        (b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>', "xml_entities"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><rss><channel/></rss>', "xml_entities"),
        (b"a" * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_files_of_which_nothing_can_be_used(content, code):
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.code == code


def test_signs_that_xml_does_not_allow_do_no_harm():
    assert len(read(sample("bbpress.xml").replace(b"A reply to", b"A \x08 reply to")).entries) == 8


@pytest.mark.parametrize("items", [[1, None, "a"], [{"text": {"a": 1}, "author": ["x"]}], [[[]]], [{"a": 1}]])
def test_json_of_other_shapes_brings_nothing_and_breaks_nothing(items):
    assert threads(json.dumps(items))[0] == {}


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_bytes_come_a_file_is_read_or_refused(content):
    with contextlib.suppress(FileRefused):
        arrange(read(content), max_depth=100, now=MONDAY)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5) | st.booleans(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "parent",
                        "text",
                        "author",
                        "date",
                        "view",
                        "replies",
                        "participants",
                        "deleted",
                        "user_id",
                        "message",
                        "posts",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_json_comes_it_is_read_or_refused(content):
    with contextlib.suppress(FileRefused):
        arrange(read(json.dumps(content)), max_depth=100, now=MONDAY)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"," * 9_000_000, 1),
        (b"author,text,date" + b",x" * 1_000 + b"\nAda,a,b\n", 1),
        (b"author;text\nAda;a\n" + b";" * 9_000_000, 3),
    ],
)
def test_a_table_that_is_too_wide_is_refused_before_it_is_read(monkeypatch, content, line):
    read = []

    class Reader:
        def __init__(self, lines, **options):
            self.rows = real(lines, **options)
            self.line_num = 0

        def __iter__(self):
            return self

        def __next__(self):
            row = next(self.rows)
            self.line_num = self.rows.line_num
            read.append(len(row))
            return row

    real = csv_file.csv.reader
    monkeypatch.setattr(csv_file.csv, "reader", Reader)
    with pytest.raises(FileRefused) as caught:
        read_file(content, DateReader(UTC))
    assert (caught.value.code, caught.value.data) == ("too_wide", {"line": line, "limit": csv_file.MAX_COLUMNS})
    assert max(read, default=0) <= csv_file.MAX_COLUMNS


def test_a_long_post_of_many_commas_is_no_wide_table():
    post = "a, " * 30_000
    parsed = read_file(f'author,text\nAda,"{post}"\n'.encode(), DateReader(UTC))
    assert [entry.text for entry in parsed.entries] == [post]
