// The scripts' half of cases/page_labels.json; the server's is in test_agreement.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pageLabels } from "../../lti_app/frontend/reader/labels.js";
import table from "./cases/page_labels.json" with { type: "json" };

for (const { name, labels, count, first, called } of table) {
  test(`pages are called what the server calls them: ${name}`, () =>
    assert.deepEqual(pageLabels(labels, count, first), called));
}

test("a file that says nothing of its pages", () => assert.deepEqual(pageLabels(null, 2, 1), ["1", "2"]));
