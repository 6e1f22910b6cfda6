// What the reader finds in a text, by the table of words that the server's search is tested with.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fold } from "../../lti_app/frontend/reader/folding.js";
import { findAll } from "../../lti_app/frontend/reader/quotes.js";

const table = readFileSync(new URL("../discussion/search/words.tsv", import.meta.url), "utf8");
const cases = table
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => line.replaceAll("\\n", "\n").split("\t"));

const found = (text, wanted) =>
  findAll(fold([text]), wanted).map(({ folded, start, end }) => text.slice(folded.at[start], folded.to[end - 1]));

for (const [text, words] of cases) {
  test(`the reader finds what the server's search finds: ${text}`, () => {
    assert.deepEqual(
      words.split("; ").filter((word) => !found(text, word).length),
      [],
    );
  });
}

const MARKED = [
  ["Die Straße", "strasse", ["Straße"]],
  ["Łódź, Tromsø", "lodz", ["Łódź"]],
  ["a ㎏ of ㍿ソニー", "株式会社", ["㍿"]],
  ["an eﬃcient oﬃce", "off", ["oﬃ"]],
  ["con\u00adtrast", "contrast", ["con\u00adtrast"]],
  ["قال می\u200cروم", "میروم", ["می\u200cروم"]],
  ["हिन्दी हिंदी", "हिंदी", ["हिन्दी", "हिंदी"]],
  ["Mueller, Müller, Muller", "Müller", ["Mueller", "Müller", "Muller"]],
  ["Mueller, Müller, Muller", "Mueller", ["Mueller", "Müller"]],
  ["नेता", "नत", []],
  ["ガギ", "カキ", []],
  ["한국", "하", []],
  ["한국", "\u1112\u1161\u11ab", ["한"]],
  ["\u1112\u1161\u11ab국", "한국", ["\u1112\u1161\u11ab국"]],
  ["👍🏽 great", "👍", ["👍🏽"]],
];

for (const [text, wanted, marked] of MARKED) {
  test(`the words of the text are marked: ${wanted} in ${text}`, () => assert.deepEqual(found(text, wanted), marked));
}

test("a word that the end of a line parts is found, and marked over both lines", () => {
  const [{ folded, start, end }] = findAll(fold(["the leader-", "ship of others"]), "leadership");
  assert.deepEqual([folded.run[start], folded.at[start], folded.run[end - 1], folded.to[end - 1]], [0, 4, 1, 4]);
});
