// Words selected in a post on the desk can be commented on: a button appears beside them and opens the form that stands
// below the post, with these words chosen.

const CONTEXT = 32;
const MOST = 1500;

export function watchAnnotating(page) {
  const offer = page.querySelector("[data-annotate-offer]");
  if (!offer) return;
  /** @type {number | undefined} */
  let waiting;
  /** @type {ReturnType<typeof selected>} */
  let chosen = null;
  const show = () => {
    chosen = selected(page);
    offer.hidden = !chosen;
    if (!chosen) return;
    const { box } = chosen;
    offer.style.setProperty("inset-block-start", `${box.bottom + scrollY + 6}px`);
    offer.style.setProperty("left", `${Math.max(8, Math.min(box.left, innerWidth - offer.offsetWidth - 16))}px`);
  };
  page.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 200);
  });
  offer.addEventListener("pointerdown", (event) => event.preventDefault()); // which would end the selection
  offer.addEventListener("click", () => {
    if (chosen) choose(chosen);
    offer.hidden = true;
  });
  for (const box of page.querySelectorAll("[data-annotate]")) box.addEventListener("keydown", onKey);
}

function selected(page) {
  const selection = page.getSelection();
  const words = selection.toString().trim();
  if (!words || words.length > MOST || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const inside = range.commonAncestorContainer;
  const prose = (inside.nodeType === Node.TEXT_NODE ? inside.parentElement : inside).closest("article.post .prose");
  const form = prose?.closest("article").querySelector("[data-annotate]");
  if (!form) return null;
  const before = new Range();
  before.setStart(prose, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const prefix = before.toString().slice(-CONTEXT);
  return { words: words.replace(/\s+/g, " "), prefix, form, box: range.getBoundingClientRect() };
}

function choose({ words, prefix, form }) {
  const quote = form.querySelector("select");
  const known = [...quote.options].find((option) => option.value === words) ?? new Option(words);
  quote.add(known, quote.options[1] ?? null);
  known.selected = true;
  form.querySelector("input[type=hidden]").value = prefix;
  form.open = true;
  form.querySelector("textarea").focus();
}

// Ctrl+Enter adds the comment, Esc leaves it.
function onKey(event) {
  if (event.isComposing) return;
  const box = event.currentTarget;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.querySelector("button").click();
  else if (event.key === "Escape") box.closest(".post").focus();
  else return;
  event.preventDefault();
}
