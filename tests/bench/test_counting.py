"""Statements as databases tell of them."""

from collections import Counter

import pytest

from tests.bench.counting import Statements, is_bookkeeping, kind_of, traced

SENT = Counter(
    {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY": 12,
        "COMMIT": 24,
        "INSERT INTO post (id) VALUES ($1)": 12,
        "SELECT post.id FROM post": 36,
        "UPDATE visit SET expires_at = $1": 1,
    }
)


def test_work_is_what_is_not_about_transactions():
    one = Statements(SENT).each(12)
    assert (one.work, one.all) == (4, 7)


def test_what_comes_once_in_a_while_is_not_of_each_request():
    assert "UPDATE visit SET expires_at = $1" not in Statements(SENT).each(12).sent


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT a FROM post WHERE b = 1", "SELECT post"),
        ('INSERT INTO "post" VALUES (1)', "INSERT post"),
        ("update post set a = 1", "UPDATE post"),
        ("DELETE FROM draft", "DELETE draft"),
        ("BEGIN IMMEDIATE", "BEGIN"),
        ("", ""),
    ],
)
def test_a_statement_is_named_by_verb_and_table(statement, kind):
    assert kind_of(statement) == kind


@pytest.mark.parametrize("statement", ["BEGIN", " commit", "SAVEPOINT a", "PRAGMA x", "SET TRANSACTION READ ONLY"])
def test_transactions_are_bookkeeping(statement):
    assert is_bookkeeping(statement)


def test_what_the_worker_asks_is_not_of_the_request(tmp_path):
    file = tmp_path / "statements.txt"
    file.write_text("waitress-0\tSELECT 1\nWorker-1\tSELECT 2\nwaitress-1\tSELECT 1\n")
    assert traced(file, settled=0).sent == {"SELECT 1": 2}
