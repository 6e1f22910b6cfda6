// What the script makes of the server's answers; that the server gives these is tested in tests/web/discussion/drafts.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { watchDrafts } from "../../lti_app/frontend/js/drafts.js";
import answers from "./cases/draft_answers.json" with { type: "json" };
import { openBrowser, openWindow, pass } from "./page.mjs";

let draft; // what the server has: the text, its version, and who wrote it
let sent;
let isOnline;
let isBusy;
let browser;

// Overwrites only what the writer has seen, or has written before, as the server does.
async function server({ text, draft: base, draft_writer: writer }) {
  if (!isOnline) throw new TypeError("offline");
  sent.push(text);
  if (isBusy) return answer("draft_too_soon");
  if (draft && draft.writer !== writer && draft.version !== base) return answer("draft_elsewhere", draft.version);
  if (text.length > 100) return answer("draft_too_long");
  draft = { text, writer, version: `v${sent.length}` };
  return answer("saved", draft.version);
}

const answer = (name, version = "") => ({
  status: answers[name].status,
  headers: new Headers({ "Content-Type": "application/json" }),
  json: async () => ({ version, saved: "10:15", message: "Too long" }),
});

const open = (page) => openWindow(watchDrafts, page);

beforeEach(() => {
  draft = null;
  sent = [];
  isOnline = true;
  isBusy = false;
  browser = openBrowser(server);
});

afterEach(() => mock.timers.reset());

test("what is typed is saved when one pauses, and once", async () => {
  const here = open();
  await here.type("Leaders");
  await here.type("Leaders");
  assert.deepEqual(sent, ["Leaders"]);
  assert.equal(here.state(), "Saved at 10:15");
  assert.equal(here.form.dataset.kept, "true");
  assert.equal(here.form.elements.draft.value, draft.version);
});

test("a second window overwrites nothing unseen", async () => {
  const [here, there] = [open(), open()];
  await here.type("Here");
  await there.type("There");
  assert.equal(draft.text, "Here");
  assert.equal(there.elsewhere.hidden, false);
  await there.type("There, more");
  assert.deepEqual(sent, ["Here", "There"], "nothing is sent until the writer has chosen");
});

test("the writer may keep this window's text, and the other window learns of it", async () => {
  const [here, there] = [open(), open()];
  await here.type("Here");
  await there.type("There");
  there.press("keep-this");
  await pass(0);
  assert.equal(draft.text, "There");
  assert.equal(there.elsewhere.hidden, true);
  await here.type("Here again");
  assert.equal(draft.text, "There");
  assert.equal(here.elsewhere.hidden, false);
});

test("the writer may take the other window's text, which the page then shows", async () => {
  const [here, there] = [open(), open()];
  await here.type("Here");
  await there.type("There");
  there.press("take-other");
  assert.equal(location.reload.mock.callCount(), 1);
  assert.equal(draft.text, "Here");
});

test("a page that shows the newest version goes on from it", async () => {
  await open().type("Here");
  const later = open({ text: "Here", version: draft.version });
  await later.type("Here and now");
  assert.equal(draft.text, "Here and now");
});

test("without the server the text stays in this browser until it is saved", async () => {
  const here = open();
  isOnline = false;
  await here.type("On the train");
  assert.equal(here.state(), "Kept here");
  assert.match(browser.stored.get("colloquy-draft-1"), /On the train/);
  isOnline = true;
  await here.type("On the train home");
  assert.equal(draft.text, "On the train home");
  assert.equal(browser.stored.size, 0);
});

test("what stayed in this browser is offered, unless it is what the page shows", async () => {
  isOnline = false;
  await open().type("On the train");
  const again = open();
  assert.equal(again.box.querySelector("[data-draft-local]").hidden, false);
  assert.equal(again.box.querySelector("[data-local-words]").textContent, "On the train");
  open({ text: "On  the train\n" });
  assert.equal(browser.stored.size, 0);
});

test("what is too long is said in the server's words", async () => {
  const here = open();
  await here.type("x".repeat(101));
  assert.equal(here.state(), "Too long");
  assert.equal(draft, null);
});

test("what comes too soon is sent again a moment later", async () => {
  const here = open();
  isBusy = true;
  await here.type("Leaders");
  assert.equal(draft, null);
  isBusy = false;
  await pass(1100);
  assert.equal(draft.text, "Leaders");
});
