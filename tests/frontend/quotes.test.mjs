// Finding words again in a text that is cut into runs; the server's half of the cases is in test_agreement.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fold } from "../../lti_app/frontend/reader/folding.js";
import { findAll, findQuote } from "../../lti_app/frontend/reader/quotes.js";
import cases from "./cases/quotations.json" with { type: "json" };

for (const { name, runs, quote, found } of cases) {
  test(`a quotation is found where the server finds it: ${name}`, () => {
    assert.equal(findQuote(fold(runs), { exact: quote }).length > 0, found);
  });
}

test("the place whose neighbours fit best comes first", () => {
  const folded = fold(["Leaders cope with change. Managers cope with complexity. Leaders cope with people."]);
  const places = findQuote(folded, { exact: "cope with", prefix: "Managers ", suffix: " complexity" });
  assert.equal(places.length, 3);
  assert.equal(places[0].start, folded.text.indexOf("copewithcomplexity"));
});

test("each letter knows the run and the place it came from", () => {
  const { text, run, at } = fold(["A 𝔅", "ﬀ"]);
  assert.equal(text, "abff");
  assert.deepEqual(run, [0, 0, 1, 1]);
  assert.deepEqual(at, [0, 2, 0, 0]);
});

test("a search folds letters as their capitals are", () => {
  const found = (text, wanted) => findAll(fold([text]), wanted).length;
  assert.equal(found("Die Straße", "STRASSE"), 1);
  assert.equal(found("οι έννοιες", "ΕΝΝΟΙΕΣ"), 1);
  assert.equal(found("ıstanbul", "ISTANBUL"), 1);
});

test("a search finds words where the text parts them", () => {
  const found = (text, wanted) => findAll(fold([text]), wanted).length;
  assert.equal(found("the majority of it", "or it"), 0);
  assert.equal(found("one or it", "or it"), 1);
  assert.equal(findAll(fold(["one or", "it"]), "or it").length, 1);
  assert.equal(found("anything", "…"), 0);
  assert.equal(found("aaa", "aa"), 2);
});
