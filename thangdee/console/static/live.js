// Keeps a page in step with the database: the server hints that something changed, the page fetches its parts again.
// A part carries data-live="queue", "mine", "chat" or "enquiries" (or several), hx-get and hx-trigger="live"; #stale carries where to listen.
// Not EventSource: that one cannot say that it is a page, not a person, who asks (sessions end when nobody is there),
// and does not notice a line that has gone quiet.
"use strict";

(() => {
  const note = document.getElementById("stale");
  if (!note || !note.dataset.events) return;

  const alarm = document.getElementById("alarm"); // a page that rings says itself that the session is over
  const QUIET_MS = 12000; // the server says something every 4 seconds
  const TELL_AFTER_MS = 4000;
  const LONGEST_PAUSE_MS = 5000;
  const ASK_AGAIN_MS = 2000;

  let line = null; // what is open: {stop: AbortController, heardAt: ms}
  let failures = 0;
  let coming = 0; // timer of the next try
  let awayFrom = 0; // since when there is no line; 0: there is one
  let isLeaving = false;
  const unseen = new Set(); // parts whose last look failed

  function tell() {
    const isStale = unseen.size > 0 || (awayFrom > 0 && Date.now() - awayFrom >= TELL_AFTER_MS);
    if (note.hidden !== isStale) return;
    note.textContent = isStale ? note.dataset.words : "";
    note.hidden = !isStale;
  }

  function look(name) {
    for (const part of document.querySelectorAll(`[data-live~="${name}"]`)) ask(part);
  }

  function ask(part) {
    htmx.trigger(part, "live", {}, false);
  }

  function leave(address) {
    if (isLeaving) return;
    isLeaving = true;
    hangUp();
    if (alarm) alarm.dispatchEvent(new Event("over"));
    else location.replace(address);
  }

  // What the viewer may not see any more must go from the screen; not in a circle if the page itself is at fault.
  function readPageAgain() {
    const last = Number(sessionStorage.getItem("thangdee-read-again") || 0);
    if (Date.now() - last < 10000) return false;
    sessionStorage.setItem("thangdee-read-again", String(Date.now()));
    location.reload();
    return true;
  }

  function hangUp() {
    clearTimeout(coming);
    if (line) line.stop.abort();
    line = null;
  }

  function comeAgain() {
    if (isLeaving) return;
    clearTimeout(coming);
    const pause = Math.min(LONGEST_PAUSE_MS, 300 * 2 ** failures) * (0.5 + Math.random() / 2);
    failures += 1;
    coming = setTimeout(call, pause);
  }

  function call() {
    hangUp();
    const mine = { stop: new AbortController(), heardAt: Date.now() };
    line = mine;
    if (!awayFrom) awayFrom = Date.now();
    listen(mine).catch(() => {}).then(() => {
      if (line !== mine) return; // hung up, or called anew
      line = null;
      if (!awayFrom) awayFrom = Date.now();
      comeAgain();
    });
  }

  async function listen(mine) {
    const answer = await fetch(note.dataset.events, {
      headers: { "X-Passive": "1", Accept: "text/event-stream" },
      cache: "no-store",
      redirect: "manual",
      signal: mine.stop.signal,
    });
    if ([401, 403].includes(answer.status) || answer.type === "opaqueredirect") {
      leave(answer.headers.get("HX-Redirect") || note.dataset.over);
      return;
    }
    if (answer.status !== 200) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done || line !== mine) return;
      mine.heardAt = Date.now();
      failures = 0;
      awayFrom = 0;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const said of lines) if (said.startsWith("event: ")) hear(said.slice(7));
      tell();
    }
  }

  function hear(name) {
    if (name === "over") leave(note.dataset.over);
    else if (name !== "hands") look(name);
    else if (!readPageAgain()) {
      look("chat");
      setTimeout(readPageAgain, 10000);
    }
  }

  // A part that is fetched by itself is no sign that somebody is there.
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceEvent && ctx.sourceEvent.type === "live") ctx.request.headers["X-Passive"] = "1";
  });

  function failed(part) {
    unseen.add(part);
    tell();
    setTimeout(() => {
      if (part.isConnected) ask(part);
      else unseen.delete(part);
      tell();
    }, ASK_AGAIN_MS);
  }

  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    const part = ctx.sourceElement;
    if (isLeaving || !part.dataset.live) return;
    const status = ctx.response ? ctx.response.status : 0;
    if ([403, 404, 410].includes(status) && readPageAgain()) return;
    if (status >= 200 && status < 400) {
      unseen.delete(part);
      tell();
    } else if (status !== 401) failed(part);
  });

  // The line is watched, not trusted: a phone in a lift keeps it "open" for minutes.
  setInterval(() => {
    if (line && !awayFrom && Date.now() - line.heardAt > QUIET_MS) {
      awayFrom = line.heardAt;
      call();
    }
    tell();
  }, 1000);

  // A browser opens six lines to one server at most. Pages that nobody sees share one, for the sound of a new alert.
  let release = null;
  let giveUp = null;

  function hidden() {
    if (!navigator.locks) {
      if (!line) call();
      return;
    }
    hangUp();
    awayFrom = 0;
    giveUp = new AbortController();
    navigator.locks
      .request("thangdee-live", { signal: giveUp.signal }, () => {
        call();
        return new Promise((resolve) => { release = resolve; });
      })
      .catch(() => {});
  }

  function visible() {
    if (giveUp) giveUp.abort();
    if (release) release();
    giveUp = release = null;
    failures = 0;
    call(); // the first thing that is said on a new line is: look at everything
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? hidden() : visible()));
  window.addEventListener("pageshow", (event) => event.persisted && visible());
  window.addEventListener("online", () => (line || !document.hidden) && call());
  window.addEventListener("pagehide", hangUp);

  if (document.hidden) hidden();
  else call();
})();
