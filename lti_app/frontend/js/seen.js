// Tells the server which new posts have been seen: those that were in view for a while on a page that was in front.

const LONG_ENOUGH = 2_000;
const TOGETHER = 8_000; // reports are gathered for so long; leaving the page sends what there is
const ENOUGH_TO_READ = 300; // pixels of a post that is higher than the window
const STEPS = Array.from({ length: 21 }, (_, step) => step / 20);

export function watchSeen(page, tools) {
  const inView = new Map(); // posts, each with its timer while the page is in front
  const seen = new Set();
  /** @type {number | undefined} */
  let sending;

  function look(post) {
    clearTimeout(inView.get(post));
    inView.set(post, page.hidden ? null : setTimeout(note, LONG_ENOUGH, post));
  }

  function lookAway(post) {
    clearTimeout(inView.get(post));
    inView.delete(post);
  }

  function note(post) {
    watcher.unobserve(post);
    inView.delete(post);
    seen.add(Number(post.dataset.n));
    sending ??= setTimeout(send, TOGETHER);
  }

  function take() {
    const numbers = [...seen];
    seen.clear();
    clearTimeout(sending);
    sending = undefined;
    return numbers;
  }

  async function send() {
    const numbers = take();
    const sent = { method: "POST", body: report(tools, numbers) };
    const isDone = await fetch(tools.dataset.seen, sent).then(
      (answer) => answer.status < 500,
      () => false,
    );
    if (!isDone) for (const number of numbers) seen.add(number); // goes with the next report, or as one leaves
  }

  function leave() {
    if (seen.size) navigator.sendBeacon(tools.dataset.seen, report(tools, take()));
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio: part, intersectionRect: box } of entries) {
        const isEnough = part >= 0.6 || box.height >= Math.min(innerHeight / 2, ENOUGH_TO_READ);
        if (!isEnough) lookAway(target);
        else if (!inView.has(target)) look(target);
      }
    },
    { threshold: STEPS },
  );
  const observe = (posts) => {
    for (const post of posts) if (post.matches(".new")) watcher.observe(post);
  };
  observe(page.querySelectorAll(".posts .post.new"));
  page.addEventListener("posts-added", (event) => observe(event.detail));

  page.addEventListener("visibilitychange", () => {
    if (page.hidden) leave();
    for (const post of inView.keys()) look(post);
  });
  addEventListener("pagehide", leave);
  // Where the next new post is depends on what has been seen, so that must be there before the question.
  page.addEventListener("click", (event) => event.target.closest?.("a[href*='/thread/next/']") && leave());
}

const report = (tools, numbers) =>
  new URLSearchParams({ csrf_token: tools.dataset.token, numbers: inRuns(numbers), quiet: "1" });

// 1, 2, 3, 5 are "1-3,5".
function inRuns(numbers) {
  const runs = [];
  for (const number of numbers.sort((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run?.[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join();
}
