// Words selected in a post can be quoted in a reply: a link appears beside them, as it stands below the post too.

export function watchQuoting(page) {
  const offer = page.querySelector("[data-quote-offer]");
  if (!offer) return;
  /** @type {number | undefined} */
  let waiting;
  const show = () => {
    const part = selected(page);
    offer.hidden = !part;
    if (!part) return;
    const address = new URL(part.reply, location.href);
    address.searchParams.set("quote", "1");
    address.searchParams.set("part", part.words);
    offer.href = address;
    const end = part.box;
    offer.style.setProperty("inset-block-start", `${end.bottom + scrollY + 6}px`);
    offer.style.setProperty("left", `${Math.max(8, Math.min(end.left, innerWidth - offer.offsetWidth - 16))}px`);
  };
  page.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 200);
  });
}

function selected(page) {
  const selection = page.getSelection();
  const words = selection.toString().trim();
  if (!words || words.length > 1500 || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const inside = range.commonAncestorContainer;
  const prose = (inside.nodeType === Node.TEXT_NODE ? inside.parentElement : inside).closest("article.post .prose");
  const reply = prose?.closest("article").querySelector('.acts a[href$="/reply"]');
  return reply ? { words, reply: reply.href, box: range.getBoundingClientRect() } : null;
}
