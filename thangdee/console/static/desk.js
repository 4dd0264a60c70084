// Says when the page can no longer be brought up to date: staff must not trust an old queue.
const stale = document.getElementById("stale");

function show(isStale) {
  if (stale.hidden !== isStale) return;
  stale.textContent = isStale ? stale.dataset.words : "";
  stale.hidden = !isStale;
}

document.addEventListener("htmx:error", () => show(true));
document.addEventListener("htmx:after:request", (event) => show(event.detail.ctx.response.status >= 400));
