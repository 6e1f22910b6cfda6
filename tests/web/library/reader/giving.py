"""Files that an instructor gives a class to read."""

from tests.factories import files
from tests.web.uploads import send_file

TEXT = files.pdf(["Leaders set a direction.", "Managers plan."], ["The end."])
HTML = (
    b"<html><body><h1>Leaders</h1><p>Set a <b>direction</b>.<script>x()</script></p><p>Managers plan.</p></body></html>"
)


def at(cast, reading, *more):
    return "/".join(map(str, ["", "courses", cast.course_id, "readings", reading, *more]))


def give(site, cast, reading, data=TEXT, name="kotter.pdf", **fields):
    filled = {"ground": "open_licence", "note": "CC BY 4.0", "first_page": "103", **fields}
    return send_file(site.browser(cast.ines), cast, data, name, path=at(cast, reading, "file"), **filled)
