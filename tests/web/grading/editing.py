"""The rubric editor as somebody without scripts uses it."""

from typing import Any

from tests.web.browser import Answer, Browser
from tests.web.page import values_of


class Editor:
    """A page with the editor; what was typed goes with every button."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser, self.path = browser, path
        self.read(browser.get(path))

    def read(self, answer: Answer) -> None:
        """Take an answer for the page."""
        self.answer = answer
        self.form = next(form for form in answer.page.all("form") if "rubric-editor" in form.classes)
        fields = values_of(self.form).items()
        self.values = {name: value for name, value in fields if "__" not in name and not is_order(name)}

    def press(self, button: str, **typed: str) -> Answer:
        """Type into fields (`c0__title` is `c0-title`), and press a button."""
        data: dict[str, Any] = {**self.values, **{name.replace("__", "-"): value for name, value in typed.items()}}
        for field in self.form.all("input"):
            name, value = field.attrs.get("name", ""), field.attrs.get("value", "")
            if is_order(name) and "__" not in name + value:
                data.setdefault(name, []).append(value)
        answer = self.browser.send(self.path, data={**data, "do": button})
        if answer.status != 303 and self.has_editor(answer):
            self.read(answer)
        return answer

    def has_editor(self, answer: Answer) -> bool:
        """Whether an answer shows the editor."""
        return any("rubric-editor" in form.classes for form in answer.page.all("form"))


def is_order(name: str) -> bool:
    """Whether a field says only in which order the others come."""
    return name == "c" or (name.startswith("c") and name.endswith("-l"))
