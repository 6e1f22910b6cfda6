// A post's menu is a disclosure that works by itself. This closes it again: by Escape, or by going elsewhere.

export function watchMenus(root) {
  root.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.post-menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  const opened = new Set();
  const note = ({ target: menu }) => menu.matches?.("details.post-menu[open]") && opened.add(menu);
  root.addEventListener("toggle", note, true); // does not bubble
  for (const kind of ["click", "focusin"]) {
    root.addEventListener(kind, (event) => {
      for (const menu of opened) {
        if (menu.contains(event.target)) continue;
        menu.open = false;
        opened.delete(menu);
      }
    });
  }
}
