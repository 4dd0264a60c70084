// What a person told may stand on a screen only while it is known that she still lets it stand there: without an answer
// of the server for ten seconds, and when the page comes back to the front, it is covered until the next answer.
"use strict";

(() => {
  const QUIET_MS = 10000; // the page asks every four seconds
  const main = document.getElementById("main");
  const note = main.querySelector(".covered-note");
  let heardAt = Date.now();

  function part() {
    return document.getElementById("referral");
  }

  function cover(isCovered) {
    if (!part() || part().classList.contains("over")) isCovered = false;
    main.classList.toggle("is-covered", isCovered);
    if (note.hidden === isCovered) note.hidden = !isCovered;
  }

  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    if (!ctx.sourceElement || ctx.sourceElement.id !== "referral") return;
    const status = ctx.response ? ctx.response.status : 0;
    if (status < 200 || status >= 300) return;
    heardAt = Date.now();
    cover(false);
  });

  function ask() {
    if (part()) htmx.trigger(part(), "live", {}, false);
  }

  document.addEventListener("visibilitychange", () => {
    cover(true);
    if (!document.hidden) ask();
  });
  // A browser may keep the whole page for its back button.
  window.addEventListener("pagehide", () => cover(true));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  setInterval(() => {
    if (Date.now() - heardAt > QUIET_MS) cover(true);
  }, 1000);
})();
