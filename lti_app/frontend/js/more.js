// Going on reading without a new page: the next posts are fetched and put in the place of the link to them long before
// the reader comes there, so that nobody who reads waits for them. Where that failed, the link is there to be followed.

const AHEAD = "8000px"; // some eighteen long posts, or what passes in half a second while Page Down is held

/** @param {Document} page */
export function watchMore(page) {
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) goOn(/** @type {any} */ (target));
    },
    // By this page itself: within a frame of another site there would be no margin.
    { root: page, rootMargin: `0px 0px ${AHEAD} 0px` },
  );
  const watch = () => {
    const link = page.querySelector(".further > .pager a");
    if (link) watcher.observe(link);
  };

  async function goOn(link) {
    watcher.unobserve(link);
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    const html = await load(link.dataset.more);
    link.ariaBusy = null;
    if (html !== null) {
      put(page, link, html);
      watch();
    } else if ("wanted" in link.dataset) location.assign(link.href); // says what is the matter
  }

  page.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const link = /** @type {any} */ (event.target)?.closest?.("a[data-more]");
    if (!link || !isPlain || event.defaultPrevented) return;
    event.preventDefault();
    link.dataset.wanted = "true";
    goOn(link);
  });
  addEventListener("online", watch);
  watch();
}

async function load(address) {
  const answer = await fetch(address).catch(() => null);
  return answer?.ok && !answer.redirected ? answer.text() : null;
}

function put(page, link, html) {
  const isWanted = "wanted" in link.dataset || page.activeElement === link;
  const part = page.createElement("template");
  part.innerHTML = html;
  const added = [...part.content.querySelectorAll(".post")];
  // In a box of its own, so that the browser does not look at the style of all posts before it.
  link.closest(".further").replaceChildren(part.content);
  page.dispatchEvent(new CustomEvent("posts-added", { detail: added }));
  if (!isWanted || !added.length) return;
  const [first] = added;
  first.tabIndex = -1; // a screen reader goes on from here
  first.addEventListener("blur", () => first.removeAttribute("tabindex"), { once: true });
  first.focus({ preventScroll: true, focusVisible: false });
}
