// The desk's own small things: "types…" for the person, what stands beside a chat open where there is room,
// a reply sent without leaving the page.
"use strict";

(() => {
  const TYPING_EVERY_MS = 4000;
  let toldAt = 0;

  if (matchMedia("(min-width: 72rem)").matches) {
    for (const one of document.querySelectorAll("details[data-wide-open]")) one.open = true;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-typing]");
    if (!form || Date.now() - toldAt < TYPING_EVERY_MS || !event.target.value) return;
    toldAt = Date.now();
    // That somebody types is all that is told: not a letter of it.
    const token = new FormData(form).get("csrf");
    fetch(form.dataset.typing, { method: "POST", headers: { "X-CSRF-Token": token } }).catch(() => {});
  });

  // Ctrl+Enter sends; Enter alone makes a line, as people write several.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form.reply");
      if (form) form.requestSubmit();
    }
  });
})();
