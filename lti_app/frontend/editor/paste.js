// What word processors put on the clipboard, as plain structure: their lists are paragraphs, their bold is a style.

import { raised } from "./raised.js";

export function cleanPasted(html) {
  const page = new DOMParser().parseFromString(disarmed(html), "text/html");
  const comments = page.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
  const remarks = [];
  while (comments.nextNode()) remarks.push(comments.currentNode);
  for (const remark of remarks) remark.remove();
  for (const silent of page.querySelectorAll("style, script, meta, link, title, xml, o\\:p:empty")) silent.remove();
  listsFromWord(page);
  for (const wrapper of page.querySelectorAll("b")) {
    if (/(^|;)\s*font-weight:\s*(normal|400)/i.test(styleOf(wrapper))) wrapper.replaceWith(...wrapper.childNodes);
  }
  for (const styled of page.querySelectorAll("span[data-style], font[data-style]")) marksFromStyle(styled, page);
  for (const heading of page.querySelectorAll("h1, h2")) rename(heading, "h3", page);
  for (const heading of page.querySelectorAll("h5, h6")) rename(heading, "h4", page);
  for (const one of page.querySelectorAll("[data-style], [class], [id]")) {
    if (!one.matches("a.cited, a.address, span.mention")) one.removeAttribute("class");
    one.removeAttribute("data-style");
    one.removeAttribute("id");
  }
  for (const empty of page.querySelectorAll("p, h3, h4, li"))
    if (!empty.textContent.trim() && !empty.querySelector("img, br")) empty.remove();
  const text = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (text.nextNode()) {
    const node = /** @type {Text} */ (text.currentNode);
    const above = node.parentElement?.closest("sup, sub");
    if (above) node.data = raised(node.data, /** @type {"sup" | "sub"} */ (above.localName));
    if (!node.parentElement?.closest("pre")) node.data = node.data.replaceAll("\u00a0", " ");
  }
  return page.body.innerHTML;
}

// Word writes <p class="MsoListParagraph" style="mso-list:l0 level2 lfo1"><span style="mso-list:Ignore">1.</span>…</p>.
function listsFromWord(page) {
  let open = []; // the lists that are open, the outermost first
  let last = null;
  for (const item of [...page.querySelectorAll("p, h1, h2, h3, h4, h5, h6, li")]) {
    const place = /mso-list:\s*l(\d+)\s+level(\d+)/i.exec(styleOf(item));
    if (!place || item.localName === "li") continue;
    if (!last || item.previousElementSibling !== last) open = [];
    const level = Math.min(Number(place[2]), open.length + 1);
    const marker = [...item.querySelectorAll("span")].find((one) => /mso-list:\s*Ignore/i.test(styleOf(one)));
    const mark = marker?.textContent ?? "";
    const isNumbered = /^\s*\(?[\p{L}\d]{1,4}[.)]/u.test(mark);
    marker?.remove();
    open = open.slice(0, level);
    if (open.length < level) {
      const list = page.createElement(isNumbered ? "ol" : "ul");
      const first = /^\s*\(?(\d{1,4})[.)]/.exec(mark)?.[1];
      if (isNumbered && first && first !== "1") list.setAttribute("start", first);
      const above = open.at(-1);
      if (above) above.lastElementChild.append(list);
      else item.before(list);
      open.push(list);
    }
    const entry = page.createElement("li");
    entry.append(...item.childNodes);
    open.at(-1).append(entry);
    item.remove();
    last = open[0];
  }
}

function marksFromStyle(span, page) {
  const style = styleOf(span);
  const marks = [];
  if (/font-weight:\s*(bold|[6-9]00)/i.test(style)) marks.push("strong");
  if (/font-style:\s*italic/i.test(style)) marks.push("em");
  const isStruck = (rule) => /^\s*text-decoration/i.test(rule) && /line-through/i.test(rule);
  if (style.split(";").some(isStruck)) marks.push("s");
  for (const mark of marks) {
    const element = page.createElement(mark);
    element.append(...span.childNodes);
    span.append(element);
  }
}

function rename(element, tag, page) {
  const other = page.createElement(tag);
  other.append(...element.childNodes);
  element.replaceWith(other);
}

const styleOf = (element) => element.dataset.style ?? "";

// Styles are read but never applied, and nothing waits to be run: our content policy would report each of them.
export function disarmed(html) {
  const spoken = without(html, /<(!--\[if|(?:style|script|svg|math)\b)/gi, (begin) =>
    begin.startsWith("!") ? /<!\[endif\]-->/g : new RegExp(`</${begin}\\s*>`, "gi"),
  );
  const end = spoken.lastIndexOf(">") + 1;
  const tags = spoken
    .slice(0, end)
    .replace(/<[a-z][^>]*>/gi, (tag) =>
      tag.replace(/([\s"'/])style(\s*=)/gi, "$1data-style$2").replace(/([\s"'/])on\w+(\s*=)/gi, "$1data-gone$2"),
    );
  return tags + spoken.slice(end);
}

// The text without all that stands between a beginning and the end that belongs to it. What has no end stays, and its end
// is looked for only once: a text of nothing but beginnings must not hold up the page.
function without(text, begins, endOf) {
  const kept = [];
  const endless = new Set();
  let at = 0;
  for (let begin = begins.exec(text); begin; begin = begins.exec(text)) {
    const kind = begin[1].toLowerCase();
    if (endless.has(kind)) continue;
    const end = endOf(kind);
    end.lastIndex = begin.index;
    if (end.test(text)) {
      kept.push(text.slice(at, begin.index));
      at = begins.lastIndex = end.lastIndex;
    } else endless.add(kind);
  }
  return kept.join("") + text.slice(at);
}
