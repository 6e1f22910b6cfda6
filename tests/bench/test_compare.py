"""Two runs beside each other: what is dearer beyond noise, and what is not."""

import json

import pytest

from tests.bench.compare import Change, compare, main, tell
from tests.bench.rows import Row, read_rows, write_rows

PAGE = Row("SQLite", "a page", 10.0, 9.0, 0.3, 30.0, 11, 120_000, 18_000, 0.02)


def row(**changes):
    return Row(**{**vars(PAGE), **changes})


@pytest.mark.parametrize(
    ("new", "change", "words"),
    [
        pytest.param({}, Change.SAME, "", id="nothing"),
        pytest.param({"ratio": 32.0}, Change.SAME, "", id="a little slower, as runs are"),
        pytest.param({"ratio": 33.0}, Change.DEARER, "30.00 → 33.00 × the floor (1.10 times the cost)", id="slower"),
        pytest.param({"ratio": 33.0, "noise": 0.2}, Change.SAME, "", id="slower, but who knows"),
        pytest.param({"ratio": 10.0}, Change.CHEAPER, "30.00 → 10.00 × the floor (3.0 times as fast)", id="faster"),
        pytest.param({"statements": 12}, Change.DEARER, "11 → 12 statements", id="a statement more"),
        pytest.param({"statements": 10}, Change.CHEAPER, "11 → 10 statements", id="a statement less"),
        pytest.param({"bytes": 121_000}, Change.SAME, "", id="another name on the page"),
        pytest.param({"bytes": 90_000}, Change.CHEAPER, "120,000 → 90,000 bytes", id="fewer bytes"),
        pytest.param(
            {"ratio": 10.0, "statements": 12},
            Change.DEARER,
            "30.00 → 10.00 × the floor (3.0 times as fast), 11 → 12 statements",
            id="faster with a statement more",
        ),
        pytest.param({"ratio": None, "median_ms": 30.0}, Change.DEARER, "ms", id="without a floor"),
        pytest.param({"ratio": None, "median_ms": None, "statements": None}, Change.SAME, "", id="not measured"),
    ],
)
def test_a_row_is_dearer_cheaper_or_the_same(new, change, words):
    (found,) = compare([PAGE], [row(**new)])
    assert found.change is change
    assert words in found.words


def test_rows_that_one_run_lacks_are_named():
    other = row(name="another page")
    assert [each.change for each in compare([PAGE], [other])] == [Change.NEW, Change.GONE]


def test_rows_of_two_databases_are_not_mistaken_for_each_other():
    theirs = row(database="PostgreSQL", ratio=90.0)
    assert {each.change for each in compare([PAGE, theirs], [theirs, PAGE])} == {Change.SAME}


def test_what_is_dearer_is_told_first():
    told = tell(compare([PAGE, row(name="b")], [row(ratio=10.0), row(name="b", ratio=60.0), row(name="c")]))
    assert [line for line in told.splitlines() if not line.startswith(" ")] == [
        "dearer:",
        "cheaper:",
        "new:",
        "0 of 3 rows are the same within noise.",
    ]


def test_a_run_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "build" / "bench.json"
    write_rows(file, [PAGE, Row("SQLite", "bare", noise=1 / 3)], {"python": "3.11"})
    assert read_rows(file) == [PAGE, Row("SQLite", "bare", noise=0.3333)]
    assert json.loads(file.read_text())["about"] == {"python": "3.11"}


def test_fields_of_a_later_version_are_passed_over(tmp_path):
    file = tmp_path / "bench.json"
    file.write_text('{"schema": 1, "rows": [{"database": "SQLite", "name": "a page", "joules": 3}]}')
    assert read_rows(file) == [Row("SQLite", "a page")]


@pytest.mark.parametrize(("ratio", "status"), [(30.0, 0), (60.0, 1)], ids=["the same", "dearer"])
def test_the_command_tells_by_its_status_whether_anything_became_dearer(tmp_path, capsys, ratio, status):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    write_rows(old, [PAGE], {})
    write_rows(new, [row(ratio=ratio)], {})
    assert main([str(old), str(new)]) == status
    assert "rows are the same" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "No such file", id="no file"),
        pytest.param("{", "Expecting", id="half a file"),
        pytest.param("[]", "not a run", id="another file"),
        pytest.param('{"schema": 0, "rows": []}', "not a run", id="an earlier version"),
        pytest.param('{"schema": 1, "rows": [{}]}', "missing", id="a row without a name"),
    ],
)
def test_what_is_no_run_is_refused_in_words(tmp_path, capsys, content, words):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    write_rows(good, [PAGE], {})
    if content is not None:
        bad.write_text(content)
    assert main([str(good), str(bad)]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["one.json"], ["", "new.json"]], ids=["none", "one", "an empty one"])
def test_two_runs_have_to_be_named(capsys, arguments):
    assert main(arguments) == 2
    assert "OLD=" in capsys.readouterr().err
