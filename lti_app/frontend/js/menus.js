// A post's menu is a disclosure that works by itself. This closes it again: by Escape, or by going elsewhere.

export function watchMenus(root) {
  root.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.post-menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  for (const kind of ["click", "focusin"]) {
    root.addEventListener(kind, (event) => {
      for (const menu of root.querySelectorAll("details.post-menu[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
  }
}
