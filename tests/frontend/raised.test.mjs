// The scripts' half of cases/raised.json; the server's is in test_agreement.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { raised } from "../../lti_app/frontend/editor/raised.js";
import cases from "./cases/raised.json" with { type: "json" };

for (const { tag, text, raised: wanted } of cases) {
  test(`raised characters are what the server writes: ${tag} ${text}`, () => assert.equal(raised(text, tag), wanted));
}
