// The scripts' half of cases/word_count.json; the server's is in test_agreement.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { citationNames, countWords } from "../../lti_app/frontend/js/words.js";
import table from "./cases/word_count.json" with { type: "json" };

const names = citationNames(table.readings.map(({ author, label }) => ({ dataset: { author, cite: label } })));

for (const { name, text, words } of table.cases) {
  test(`words are counted as the server counts them: ${name}`, () => assert.equal(countWords(text, names), words));
}
