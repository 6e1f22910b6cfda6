// What is taken out of a pasted page before a browser parses it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { disarmed } from "../../lti_app/frontend/editor/paste.js";

const CASES = {
  "styles and programs go": ["a<style>b{}</style>c<script>d</script >e<SVG><p>f</p></svg>g", "aceg"],
  "what is only for Word goes": ["a<!--[if gte mso 9]><xml>b</xml><![endif]-->c", "ac"],
  "one within another goes with it": ["a<style><svg></style>b</svg>c", "ab</svg>c"],
  "what has no end stays": ["a<style>b<svg>c</svg>d<style>e", "a<style>bd<style>e"],
  "styles are only remembered": ['<p style="color:red" onclick=x>a', '<p data-style="color:red" data-gone=x>a'],
  "a tag without an end stays": ["<p style=a><b style=c", "<p data-style=a><b style=c"],
};

for (const [name, [html, kept]] of Object.entries(CASES)) test(name, () => assert.equal(disarmed(html), kept));

// By the square of their length these would take minutes.
for (const piece of ["<style", "<svg>", "<!--[if", "<script></style>", "<a"]) {
  test(`a text of nothing but ${piece} is read to its end`, { timeout: 20_000 }, () => {
    const html = piece.repeat(300_000);
    assert.equal(disarmed(html), html);
  });
}
