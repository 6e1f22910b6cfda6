"""Addresses that were built before are those that Flask would build now."""

import pytest
from flask import Blueprint, Flask, g, request, url_for
from werkzeug.routing import BuildError

from lti_app.web.addresses import LONGEST_VALUE, AddressingFlask

ASKED = [
    ("there.post", {"post_id": 3}),
    ("there.post", {"post_id": 3, "_anchor": "p1.2"}),
    ("there.post", {"post_id": 4, "at": "1 2&3"}),
    ("there.post", {"post_id": 4, "at": "x" * (LONGEST_VALUE + 1)}),
    (".post", {"post_id": 5}),
    ("there.post", {"post_id": 6, "course_id": 9}),
    ("there.post", {"post_id": 6, "_external": True}),
    ("elsewhere.post", {"post_id": 3, "course_id": 2}),
    ("there.post", {"post_id": 1, "kind": True}),
    ("there.post", {"post_id": 1, "kind": 1}),
    ("there.post", {"post_id": 1, "kind": None}),
]


def site(kind):
    """An application with two blueprints alike, whose addresses say the course of the request."""
    app = kind("site")

    def post(**_values):
        return {"told": [url_for(endpoint, **values) for endpoint, values in ASKED]}

    for name in ("there", "elsewhere"):
        area = Blueprint(name, name, url_prefix=f"/courses/<int:course_id>/{name}")
        area.add_url_rule("/<int:post_id>", "post", post)
        app.register_blueprint(area)

    @app.before_request
    def take_course():
        g.course_id = request.view_args["course_id"]

    @app.url_defaults
    def give_course(_endpoint, values):
        values.setdefault("course_id", g.course_id)

    return app


@pytest.mark.parametrize("root", ["", "/mounted"])
def test_they_are_flasks_own_whoever_asks(root):
    ours, theirs = (site(kind).test_client() for kind in (AddressingFlask, Flask))
    for path in ("/courses/1/there/1", "/courses/2/there/1", "/courses/1/elsewhere/1", "/courses/1/there/1"):
        told = [client.get(path, environ_overrides={"SCRIPT_NAME": root}).json["told"] for client in (ours, theirs)]
        assert told[0] == told[1]
        assert len(told[0]) == len(ASKED)


def test_what_cannot_be_built_is_an_error_each_time():
    app = site(AddressingFlask)
    with app.test_request_context("/courses/1/there/1"):
        g.course_id = 1
        for _ in range(2):
            with pytest.raises(BuildError):
                url_for("there.nothing")
        assert url_for("there.post", post_id=2) == "/courses/1/there/2"
