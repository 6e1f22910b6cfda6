// "3 new posts": asks now and then whether others have posted since the page was made, as long as the page is in front.
// Nothing on the page moves; a link appears that leads to the first of them.

const SECOND = 1_000;
const SOON = 25 * SECOND;
const LATE = 180 * SECOND; // the longest pause, where nothing comes or the server is in trouble
const HOUR = 3600 * SECOND;
const MOST_FAILURES = 4;

export function watchNews(page, tools) {
  const place = page.querySelector(".arrived");
  let pause = SOON;
  let failures = 0;
  let known = 0;
  let heard = '"0-"'; // what the server said last, by its ETag; at first that there is nothing
  let asked = Date.now();
  /** @type {number | undefined} */
  let timer;
  let isOver = false;

  function later(time = pause) {
    clearTimeout(timer);
    if (!page.hidden && !isOver && failures < MOST_FAILURES) timer = setTimeout(ask, spread(time));
  }

  async function ask() {
    asked = Date.now();
    const headers = { "If-None-Match": heard };
    const answer = await fetch(`${tools.dataset.news}?since=${tools.dataset.since}`, { headers }).catch(() => null);
    if (answer?.status === 304) calm();
    else if (!answer || answer.status >= 500 || answer.status === 429) fail(answer);
    else if (answer.ok) {
      heard = answer.headers.get("ETag") ?? heard;
      tell(answer.status === 200 ? await answer.json() : { count: 0 });
    } else isOver = true; // the visit has ended, or there is nothing to read any more
    later();
  }

  function fail(answer) {
    failures += 1;
    const wanted = Number(answer?.headers.get("Retry-After")) * SECOND || 0;
    pause = Math.max(Math.min(pause * 2, LATE), Math.min(wanted, HOUR));
  }

  function calm() {
    failures = 0;
    pause = Math.min(pause * 1.25, LATE);
  }

  function tell({ count, words = "", href = "" }) {
    calm();
    if (count > known) pause = SOON;
    if (count === known) return;
    known = count;
    page.documentElement.classList.toggle("has-news", count > 0); // what one goes to stays clear of the link
    if (!count) return place.replaceChildren();
    const link = place.querySelector("a") ?? place.appendChild(page.createElement("a"));
    link.href = href;
    link.textContent = words;
  }

  page.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (page.hidden) return;
    if (failures) failures = 1;
    else pause = SOON;
    later(Math.max(0, pause - (Date.now() - asked)));
  });
  later();
}

// A class that opens a page together does not go on asking in step.
const spread = (time) => time * (0.9 + Math.random() * 0.2);
