"""GET /healthz: whether this process can serve."""

from lti_app.app import assemble, create_app
from lti_app.core.db import Database
from tests.web.browser import BASE, Answer
from tests.web.questions import refused


def test_healthy_process_says_so_to_anybody(site):
    answer = site.stranger().get("/healthz")
    assert (answer.status, answer.response.json) == (200, {"status": "ok"})
    assert not answer.cookies


def test_wrong_methods_are_refused(site):
    for method in ("POST", "PUT", "DELETE"):
        refused(site.stranger().send("/healthz", method), 405)


def test_one_statement_is_enough(site):
    with site.statements() as sent:
        site.stranger().get("/healthz")
    assert sent == ["SELECT 1"]


def test_process_without_its_database_says_so(house, tmp_path):
    nowhere = Database.at(f"sqlite:///{tmp_path}/no/such/folder/colloquy.db")
    app = create_app(assemble(house.settings, database=nowhere))
    answer = Answer(app.test_client().get("/healthz", base_url=BASE))
    refused(answer, 503)
    assert "folder" not in answer.html
