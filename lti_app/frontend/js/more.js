// Going on reading without a new page: the next posts are fetched as one comes near the end of those that are there,
// and take the place of the link to them when it is followed.

const NEAR = "1500px"; // about two windows before the end

export function watchMore(page) {
  const waiting = new Map(); // by address
  const fetchOnce = (link) => {
    const address = link.dataset.more;
    if (!waiting.has(address)) waiting.set(address, load(address));
    return waiting.get(address);
  };
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        fetchOnce(target);
      }
    },
    { rootMargin: `0px 0px ${NEAR} 0px` },
  );
  const watch = () => {
    const link = page.querySelector(".pager a[data-more]");
    if (link) watcher.observe(link);
  };
  page.addEventListener("click", async (event) => {
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const link = event.target.closest?.("a[data-more]");
    if (!link || !isPlain || event.defaultPrevented) return;
    event.preventDefault();
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    const html = await fetchOnce(link);
    waiting.delete(link.dataset.more);
    if (html === null) return location.assign(link.href); // says what is the matter
    put(page, link.closest(".pager"), html);
    watch();
  });
  watch();
}

async function load(address) {
  const answer = await fetch(address).catch(() => null);
  return answer?.ok && !answer.redirected ? answer.text() : null;
}

function put(page, pager, html) {
  const part = page.createElement("template");
  part.innerHTML = html;
  const first = part.content.querySelector(".post");
  const added = [...part.content.querySelectorAll(".post")];
  pager.replaceWith(part.content);
  page.dispatchEvent(new CustomEvent("posts-added", { detail: added }));
  if (!first) return;
  first.tabIndex = -1; // a screen reader goes on from here
  first.addEventListener("blur", () => first.removeAttribute("tabindex"), { once: true });
  first.focus({ preventScroll: true, focusVisible: false });
}
