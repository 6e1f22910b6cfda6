"""Which page a browser fetches ahead on the grading desk: the next student's.

By speculation rules and not by `rel=prefetch`: what a browser fetches by them it holds in memory, for the page that is
open and for a few minutes, so that pages can stay `no-store` and no cache has anything about a student. What was
fetched before a grade was saved is dropped by the answer to the save (see `web.headers`).
"""

import json

from flask import Blueprint, Response, g

blueprint = Blueprint("prefetch", __name__)

RULES = {"prefetch": [{"where": {"selector_matches": '.steps a[rel~="next"]'}, "eagerness": "immediate"}]}
AGE = 86_400


@blueprint.get("/prefetch-rules")
def rules() -> Response:
    """The rules as browsers ask for them: the same for everybody."""
    response = Response(json.dumps(RULES), mimetype="application/speculationrules+json")
    response.headers["Cache-Control"] = f"public, max-age={AGE}, immutable"
    return response


def fetch_next_ahead() -> None:
    """Have browsers that know how fetch the next page of the one that is answered now."""
    g.prefetches = "prefetch.rules"
