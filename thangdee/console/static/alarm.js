// Rings when somebody waits for a person, and says when it cannot ring: sound kept off, no connection, signed out.
// Knows codes and urgencies only (R39). What it shows stands in templates/alarm.html, what it asks in alarms.py.
"use strict";

(() => {
  const bar = document.getElementById("alarm");
  if (!bar) return;

  const ASK_EVERY_MS = 4000;
  const HINTED_EVERY_MS = 1000;
  const CRY_AGAIN_MS = 20000;
  const AWAY_AFTER_MS = 15000;
  const MUTE_MS = 10 * 60 * 1000;
  const WARN_MS = 2 * 60 * 1000;
  const TOUCH_EVERY_MS = 60000;
  const TONES = {
    // Hertz and seconds; a cry is high, long and uneven, the rest two soft tones.
    immediate: { shape: "square", loud: 0.25, each: 0.2, notes: [880, 660, 880, 660, 880, 660, 1046, 660] },
    high: { shape: "sine", loud: 0.3, each: 0.18, notes: [587, 784, 587] },
    person: { shape: "sine", loud: 0.25, each: 0.18, notes: [523, 659] },
    idle: { shape: "triangle", loud: 0.3, each: 0.25, notes: [440, 440, 330] },
  };
  const URGENCIES = ["immediate", "high", "person"];
  const { root, csrf } = bar.dataset;
  const ownTitle = document.title;
  const part = (name) => bar.querySelector(`[data-part="${name}"]`);

  let waiting = [];
  let heardAt = Date.now();
  let askedAt = 0;
  let isAsking = false;
  let isHinted = false; // something changed since we asked
  let endsAt = Infinity; // when the session ends if nobody does anything
  let isLast = false; // nothing can prolong it
  let isWarned = false;
  let touchedAt = Date.now();
  let isOver = false;
  let audio = null;
  let bell = null; // what shows notifications on phones
  const announced = new Set(read(sessionStorage, "thangdee-announced", "").split(" "));
  let rangAt = Number(read(sessionStorage, "thangdee-rang-at", 0));

  function read(store, name, otherwise) {
    try {
      return store.getItem(name) || otherwise;
    } catch {
      return otherwise; // a browser that keeps nothing
    }
  }

  function write(store, name, value) {
    try {
      store.setItem(name, value);
    } catch {
      // then it rings once more than needed
    }
  }

  // --- asking --------------------------------------------------------------------------------------------

  async function ask() {
    if (isAsking || isOver) return;
    isAsking = true;
    isHinted = false;
    askedAt = Date.now();
    try {
      const answer = await fetch(`${root}/alarms`, {
        headers: { "X-Passive": "1" },
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(8000),
      });
      if (answer.status === 401 || answer.type === "opaqueredirect") over();
      else if (answer.status === 200) hear(await answer.json());
    } catch {
      // not heard: see `show`
    } finally {
      isAsking = false;
    }
    show();
  }

  function hinted() {
    isHinted = true;
    if (Date.now() - askedAt >= HINTED_EVERY_MS) ask();
  }

  function hear(told) {
    heardAt = Date.now();
    endsAt = heardAt + told.left * 1000;
    isLast = told.last;
    waiting = told.waiting;
    const ringing = waiting.filter((one) => one.rings);
    const fresh = ringing.filter((one) => !announced.has(one.code));
    announced.clear();
    for (const one of ringing) announced.add(one.code);
    write(sessionStorage, "thangdee-announced", [...announced].join(" "));
    if (fresh.length) ring(URGENCIES.find((urgency) => fresh.some((one) => one.urgency === urgency)));
    for (const one of fresh) notify(one);
    sweep();
  }

  function tick() {
    if (isOver) return;
    const now = Date.now();
    if (isHinted || now - askedAt >= ASK_EVERY_MS || now >= endsAt) ask();
    const cries = waiting.some((one) => one.rings && one.urgency === "immediate");
    if (cries && now - rangAt >= CRY_AGAIN_MS) ring("immediate");
    show();
  }

  // --- sound ---------------------------------------------------------------------------------------------

  function mutedUntil() {
    const until = Number(read(localStorage, "thangdee-muted-until", 0));
    return until > Date.now() ? until : 0;
  }

  function ring(kind) {
    rangAt = Date.now();
    write(sessionStorage, "thangdee-rang-at", String(rangAt));
    if (mutedUntil()) return;
    play(TONES[kind]);
    if (kind === "immediate" && audio && navigator.vibrate) navigator.vibrate([400, 200, 400]);
  }

  function play({ shape, loud, each, notes }) {
    if (!audio || audio.state !== "running") return;
    notes.forEach((hertz, index) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const from = audio.currentTime + index * each;
      tone.type = shape;
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(loud, from);
      volume.gain.exponentialRampToValueAtTime(0.001, from + each);
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + each);
    });
  }

  // A browser lets a page sound only once it was touched, most also the page to which a touched one leads.
  function cameFromTouched() {
    const [way] = performance.getEntriesByType("navigation");
    const isOurs = document.referrer && new URL(document.referrer).origin === location.origin;
    return Boolean(isOurs && way && way.type === "navigate" && read(sessionStorage, "thangdee-touched", ""));
  }

  function wake() {
    audio = audio || new AudioContext();
    audio.onstatechange = show;
    if (audio.state !== "running") audio.resume().catch(() => {});
  }

  // --- over other windows --------------------------------------------------------------------------------

  const canNotify = "Notification" in window;

  async function hangBell() {
    if (!canNotify || Notification.permission !== "granted" || !navigator.serviceWorker) return;
    const registration = await navigator.serviceWorker.register(`${root}/static/alarm_bell.js`).catch(() => null);
    if (registration && !registration.active) await new Promise((done) => {
      const worker = registration.installing || registration.waiting;
      worker.addEventListener("statechange", () => worker.state === "activated" && done());
    });
    bell = registration;
  }

  async function notify(one) {
    if (!canNotify || Notification.permission !== "granted") return;
    const title = `${one.code} · ${urgencyOf(one)}`;
    const options = { tag: one.code, icon: `${root}/static/icon.svg`, silent: true };
    options.requireInteraction = one.urgency === "immediate";
    try {
      await (bell ? bell.showNotification(title, options) : new Notification(title, options));
    } catch {
      // a phone without the bell: it still sounds
    }
  }

  function urgencyOf(one) {
    return bar.dataset[`urgency${one.urgency[0].toUpperCase()}${one.urgency.slice(1)}`];
  }

  // What somebody took need not stand over other windows any more.
  async function sweep() {
    if (!bell) return;
    for (const shown of await bell.getNotifications()) if (!announced.has(shown.tag)) shown.close();
  }

  // --- the session ---------------------------------------------------------------------------------------

  async function here() {
    touchedAt = Date.now();
    const headers = { "X-CSRF-Token": csrf };
    const answer = await fetch(`${root}/here`, { method: "POST", headers, redirect: "manual" }).catch(() => null);
    if (answer && answer.status !== 204) over();
    else ask();
  }

  // Whoever types or taps is there, though the server hears nothing of it.
  function touched(event) {
    if (!event.isTrusted || isOver) return;
    write(sessionStorage, "thangdee-touched", "yes");
    wake();
    show();
    if (Date.now() - touchedAt > TOUCH_EVERY_MS) here();
  }

  function over() {
    if (isOver) return;
    isOver = true;
    if (!mutedUntil()) play(TONES.idle);
    // Nothing of anybody stays on the screen.
    document.body.replaceChildren(document.getElementById("alarm-ended").content.cloneNode(true));
    document.body.className = "no-alarms";
    document.title = `(!) ${ownTitle}`;
    document.getElementById("main").focus();
  }

  // --- what the bar says ---------------------------------------------------------------------------------

  function show() {
    if (isOver) return;
    const now = Date.now();
    const muted = mutedUntil();
    const isBlocked = !muted && (!audio || audio.state !== "running");
    const isAway = now - heardAt > AWAY_AFTER_MS;
    const isEnding = endsAt - now <= WARN_MS;
    bar.hidden = false;
    bar.classList.toggle("muted", Boolean(muted));
    say("sound", muted ? bar.dataset.muted.replace("CLOCK", clock(muted)) : isBlocked ? "" : bar.dataset.on);
    part("unblock").hidden = !isBlocked;
    part("mute").hidden = Boolean(muted) || isBlocked;
    part("unmute").hidden = !muted;
    part("ask").hidden = !canNotify || Notification.permission !== "default";
    part("denied").hidden = !canNotify || Notification.permission !== "denied";
    part("away").hidden = !isAway;
    part("here").hidden = isLast;
    say("idle-words", isLast ? bar.dataset.longest : bar.dataset.idle);
    part("idle").hidden = !isEnding;
    document.title = isAway || isEnding ? `(!) ${ownTitle}` : waiting.length ? `(${waiting.length}) ${ownTitle}` : ownTitle;
    if (isEnding && !isWarned && !muted) play(TONES.idle);
    isWarned = isEnding;
  }

  function say(name, words) {
    if (part(name).textContent !== words) part(name).textContent = words;
  }

  function clock(at) {
    const time = new Date(at);
    return [time.getHours(), time.getMinutes()].map((number) => String(number).padStart(2, "0")).join(":");
  }

  // --- hands ---------------------------------------------------------------------------------------------

  part("mute").addEventListener("click", () => {
    write(localStorage, "thangdee-muted-until", String(Date.now() + MUTE_MS));
    show();
  });
  part("unmute").addEventListener("click", () => {
    write(localStorage, "thangdee-muted-until", "0");
    show();
  });
  part("allow").addEventListener("click", async () => {
    await Notification.requestPermission();
    show();
    hangBell();
  });
  part("here").addEventListener("click", here);
  document.addEventListener("pointerup", touched, { passive: true });
  document.addEventListener("keydown", touched, { passive: true });
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  window.addEventListener("storage", show);
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  window.addEventListener("online", ask);
  bar.addEventListener("live", hinted); // live.js: something changed in the queue
  // Whatever of the page learns first that the session is over: it is heard, and not lost behind the sign-in page.
  bar.addEventListener("over", over);
  document.addEventListener("htmx:before:response", (event) => {
    if (event.detail.ctx.response.status !== 401) return;
    event.preventDefault();
    over();
  });

  try {
    new Worker(`${root}/static/alarm_clock.js`).onmessage = tick;
  } catch {
    setInterval(tick, 1000);
  }
  if (cameFromTouched()) wake();
  hangBell();
  ask();
})();
