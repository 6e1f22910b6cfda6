"""What the composer says, for tests of participation."""

import pytest

from tests.web.site import address


@pytest.fixture
def ask(site):
    """`ask(browser, discussion, text=…)`: the words of the part that comes back."""

    def ask(browser, discussion, **fields):
        token = browser.token(f"/courses/{discussion.course_id}")
        data = {"csrf_token": token, "place": "first", **fields}
        # A part of a page is no page, which the browser of these tests would check.
        answer = browser.client.post(
            address(discussion, "guidance"),
            data=data,
            base_url="https://localhost",
            headers={"Referer": "https://localhost/"},
        )
        assert answer.status_code == 200
        return " ".join(answer.get_data(as_text=True).split())

    return ask
