// Draws messages and keyboards. Words of people and bots become text nodes only.

import { mediaUrl } from "./api.js";

const NS = "http://www.w3.org/2000/svg";

export function element(tag, className = "", text = null) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(NS, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** The language of a text by its letters, for fonts, hyphenation and screen readers. */
export function languageOf(text) {
  const lao = (text.match(/[\u0E81-\u0EDF]/g) ?? []).length;
  const thai = (text.match(/[\u0E01-\u0E5B]/g) ?? []).length;
  if (lao + thai === 0) return "en";
  return lao >= thai ? "lo" : "th";
}

/** A message; `acts` has press(button, message, element) and edit(message). */
export function drawMessage(phoneId, message, acts) {
  const whole = element("article", `message ${message.side}`);
  whole.dataset.id = message.message_id;
  const time = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  whole.setAttribute("aria-label", `${message.side === "bot" ? "Bot" : "You"}, ${time}`);
  whole.append(drawBubble(phoneId, message, time, acts));
  if (message.buttons.length) {
    whole.classList.add("buttoned");
    whole.append(drawRows(message.buttons, (button, tapped) => acts.press(button, message, tapped)));
  }
  return whole;
}

function drawBubble(phoneId, message, time, acts) {
  const bubble = element("div", "bubble");
  if (message.media) bubble.append(drawMedia(phoneId, message.media));
  if (message.place) bubble.append(drawPlace(message.place));
  if (message.text) {
    const words = element("p", "words", message.text);
    words.lang = languageOf(message.text);
    bubble.append(words);
  }
  bubble.append(drawMeta(message, time, acts));
  return bubble;
}

function drawMedia(phoneId, media) {
  const url = mediaUrl(phoneId, media.file_id);
  if (media.kind === "photo") {
    const image = element("img");
    image.src = url;
    image.alt = "Photo";
    return image;
  }
  if (media.kind === "voice") {
    const sound = element("audio");
    sound.controls = true;
    sound.preload = "metadata";
    sound.src = url;
    sound.setAttribute("aria-label", `Voice note, ${media.seconds ?? 0} seconds`);
    return sound;
  }
  const link = element("a", "spot", media.name ?? "File");
  link.href = url;
  link.download = media.name ?? "file";
  return link;
}

function drawPlace([latitude, longitude]) {
  const spot = element("p", "spot");
  spot.append(icon("place"), `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`);
  return spot;
}

function drawMeta(message, time, acts) {
  const meta = element("div", "meta");
  if (message.edited) meta.append(element("span", "", "edited"));
  meta.append(element("span", "", time));
  if (message.side === "person" && message.text && !message.media) {
    const edit = element("button");
    edit.type = "button";
    edit.setAttribute("aria-label", "Change this message");
    edit.append(icon("edit"));
    edit.addEventListener("click", () => acts.edit(message));
    meta.append(edit);
  }
  return meta;
}

/** Rows of buttons; `tap(button, element)`. A button with a link opens it in a new tab. */
export function drawRows(rows, tap) {
  const all = element("div", "rows");
  for (const row of rows) {
    const line = element("div", "row");
    line.append(...row.map((button) => drawButton(button, tap)));
    all.append(line);
  }
  return all;
}

function drawButton(button, tap) {
  const made = element(button.url ? "a" : "button", "tap", button.label);
  made.lang = languageOf(button.label);
  if (button.url) {
    if (/^(https?|tel|tg):/i.test(button.url)) made.href = button.url;
    made.target = "_blank";
    made.rel = "noopener noreferrer";
  } else {
    made.type = "button";
    made.addEventListener("click", () => tap(button, made));
  }
  return made;
}
