"""Percentiles, kinds of work, and the file and the table of a run."""

import pytest

from tests.load.figures import Kind, done, kinds, line, markdown, merged, percentile, read_trials, write_trials
from tests.load.test_capacity import trial


def entry(name, times, failures=0):
    return {
        "name": name,
        "response_times": times,
        "num_requests": sum(times.values()),
        "num_failures": failures,
    }


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, 10), (0.5, 10), (0.51, 20), (0.9, 20), (0.91, 500), (0.99, 500), (1.0, 500)],
)
def test_a_percentile_is_the_time_within_which_so_many_were_answered(share, expected):
    assert percentile({500: 1, 10: 5, 20: 4}, share) == expected


def test_of_nothing_there_is_no_percentile():
    assert percentile({}, 0.95) == 0


def test_of_one_request_every_percentile_is_its_time():
    assert {percentile({7: 1}, share) for share in (0.01, 0.5, 0.99)} == {7}


def test_times_that_come_as_text_are_put_together_as_numbers():
    assert merged([entry("read", {"10": 2, "9": 1}), entry("read", {"10": 1})]) == {9: 1, 10: 3}


def test_parts_of_a_work_count_as_it():
    found = kinds([entry("launch", {40: 1}), entry("launch: login", {4: 2}, failures=1), entry("read", {9: 1})])
    assert found == {"launch": Kind(3, 4, 40, 1), "read": Kind(1, 9, 9, 0)}


def test_only_what_was_answered_as_it_should_be_is_done():
    assert done([entry("post", {9: 5}, failures=2), entry("post: its page", {9: 3})]) == {
        "post": 3,
        "post: its page": 3,
    }


def test_a_run_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "build" / "load.json"
    ran = trial(by_kind={"post": Kind(3, 4.0, 5.0, 0)}, done={"post": 3})
    write_trials(file, [ran], {"cores": 2})
    assert read_trials(file) == ([ran], {"cores": 2})


def test_another_file_is_no_run(tmp_path):
    file = tmp_path / "load.json"
    file.write_text('{"rows": []}')
    with pytest.raises(ValueError, match="not a run of the load test"):
        read_trials(file)


def test_the_table_is_markdown():
    lines = markdown([trial(by_kind={"post": Kind(3, 4.0, 5.0, 0)})]).splitlines()
    assert len({each.count("|") for each in lines[:3]}) == 1
    assert lines[2] == line(trial())
    assert lines[-1] == "| 2,000 courses | post | 3 | 4 | 5 | 0 |"
