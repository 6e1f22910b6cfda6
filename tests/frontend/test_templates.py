"""Lines of templates are wrapped only where the page stays the same."""

import runpy

import pytest

from tests.architecture.tree import ROOT

TOOL = runpy.run_path(str(ROOT / "lti_app" / "frontend" / "wrap_templates.py"))
TEMPLATES = dict(TOOL["templates"]())
LONG = "x" * 60
WRAPPED = {
    "between attributes": (f'<a class="{LONG}" href="{LONG}">x</a>', f'<a class="{LONG}"\nhref="{LONG}">x</a>'),
    "behind a block": (
        f'{{% if a %}}<b>{LONG}</b>{{% else %}}<i title="{LONG}">x</i>{{% endif %}}',
        f'{{% if a %}}<b>{LONG}</b>{{% else %}}\n<i title="{LONG}">x</i>{{% endif %}}',
    ),
    "within an expression": (f'{{{{ f("{LONG}", "{LONG}") }}}}', f'{{{{ f("{LONG}",\n  "{LONG}") }}}}'),
    "before a clause": (
        f'{{{{ f("{LONG}") if a else f("{LONG}") }}}}',
        f'{{{{ f("{LONG}") if a\n  else f("{LONG}") }}}}',
    ),
    "never in words": (f"<p>{LONG} {LONG}</p>", f"<p>{LONG} {LONG}</p>"),
    "never in an attribute": (f'<p title="{LONG} {LONG}">', f'<p title="{LONG} {LONG}">'),
    "never in a string": (f'{{{{ "{LONG} {LONG}" }}}}', f'{{{{ "{LONG} {LONG}" }}}}'),
    "a space behind a block stays": (
        f"<p>{LONG}{{% if a %}} {LONG}{{% endif %}}</p>",
        f"<p>{LONG}{{% if\n  a %}} {LONG}{{% endif %}}</p>",
    ),
    "an apostrophe in words": (
        f'<p>don\'t</p><a class="{LONG}" id={LONG}>',
        f'<p>don\'t</p><a class="{LONG}"\nid={LONG}>',
    ),
}


@pytest.mark.parametrize(("text", "wrapped"), WRAPPED.values(), ids=WRAPPED)
def test_long_lines_are_broken(text, wrapped):
    assert TOOL["wrap"](text, trims=True) == wrapped
    assert TOOL["is_same"](text, wrapped, trims=True)
    assert TOOL["wrap"](wrapped, trims=True) == wrapped


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_lines_of_each_template_are_wrapped(path):
    """`make format` wraps them."""
    text = path.read_text(encoding="utf-8")
    assert TOOL["wrap"](text, trims=TEMPLATES[path]) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [("{% if a %} b{% endif %}", "{% if a %}\n b{% endif %}"), ("{{ a }}{{ b }}", "{{ a }}\n{{ b }}"), ("a b", "ab")],
)
def test_another_page_is_noticed(one, other):
    assert not TOOL["is_same"](one, other, trims=False)
