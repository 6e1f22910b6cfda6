"""What a launch asks of the database, and that what has not changed is not written."""

import pytest

from lti_app.core.db import Database
from tests.lti.fake_lms import MEMBERSHIP, Browser
from tests.statements import count_statements

COST = {"Learner": (4, 4), "Instructor": (4, 3)}
"""Statements that read and that write, of somebody who was here before.

Read: the registration with the deployment, the LMS's keys, what the link and the context have opened, the person with
their enrollment.
Written: the login is used up, a visit is opened; older visits, and a student's role, become no stronger than it.
"""


@pytest.mark.parametrize("role", COST)
def test_launch_of_somebody_who_was_here_asks_a_fixed_number_of_statements(
    visitor: Browser, lasting: Database, role: str
):
    about = {"roles": [f"{MEMBERSHIP}#{role}"]}
    assert visitor.launch(**about).status_code == 303
    again = Browser(visitor.client.application, visitor.lms)
    begun = again.login()
    token = again.lms.sign(again.lms.claims(begun.nonce, **about))
    with count_statements(lasting.engine) as statements:
        assert again.post(token, begun.state).status_code == 303
    reads = [each for each in statements if each.startswith("SELECT")]
    assert (len(reads), len(statements) - len(reads)) == COST[role]
    unchanged = ("person", "placement", "course_link", "course SET title")
    assert not [each for each in statements if each.startswith(tuple(f"UPDATE {table}" for table in unchanged))]


def test_launch_of_somebody_new_reads_no_more_and_writes_no_row_twice(visitor: Browser, lasting: Database):
    assert visitor.launch().status_code == 303
    newcomer = Browser(visitor.client.application, visitor.lms)
    begun = newcomer.login()
    token = newcomer.lms.sign(newcomer.lms.claims(begun.nonce, sub="newcomer"))
    with count_statements(lasting.engine) as statements:
        assert newcomer.post(token, begun.state).status_code == 303
    kinds = [" ".join(each.split()[:3]) for each in statements if not each.startswith("SELECT")]
    assert kinds == ["DELETE FROM key_value", *(f"INSERT INTO {table}" for table in ("person", "enrollment", "visit"))]
    assert len(statements) == len(kinds) + COST["Learner"][0]


def test_login_asks_two_statements_and_its_check_one(visitor: Browser, lasting: Database):
    with count_statements(lasting.engine) as statements:
        visitor.login()
    assert len(statements) == 3
