"""Statements as databases tell of them."""

import sqlite3
from collections import Counter

import pytest

from tests.bench.counting import Statements, is_bookkeeping, kind_of, traced
from tests.bench.traced import NotingConnection

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


def test_a_statement_with_triggers_and_other_values_is_one_of_its_kind(tmp_path, monkeypatch):
    noted = []
    monkeypatch.setattr("tests.bench.traced._note", noted.append)
    connection = sqlite3.connect(tmp_path / "trace.db", factory=NotingConnection, isolation_level=None)
    for words in ("TABLE a (n)", "TABLE b (n)", "TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (new.n); END"):
        connection.execute(f"CREATE {words}")
    noted.clear()
    connection.execute("BEGIN")
    for n in range(3):
        connection.cursor().execute("INSERT INTO a VALUES (?)", (n,))
    connection.commit()
    connection.commit()
    connection.executemany("DELETE FROM b WHERE n = ?", [(0,), (1,)])
    connection.close()
    assert noted == ["BEGIN", *["INSERT INTO a VALUES (?)"] * 3, "COMMIT", *["DELETE FROM b WHERE n = ?"] * 2]
