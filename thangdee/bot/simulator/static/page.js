// The page: phones as tabs, the chat of the phone in view, the staff region.

import * as api from "./api.js";
import { drawMessage, drawRows, element } from "./bubbles.js";
import { Composer } from "./composer.js";

const $ = (id) => document.getElementById(id);
const TYPING_MS = 5000;
const NOTICE_MS = 4000;

let current = null; // id of the phone in view
let stream = null;
let phones = [];
const seen = new Map(); // last event that was in view, per phone
let typingTimer = null;
let noticeTimer = null;
let atEnd = true; // the newest message is in view, and stays so

const composer = new Composer(() => current, notice);

function notice(text) {
  $("toast").textContent = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { $("toast").textContent = ""; }, NOTICE_MS);
}

function show(phoneId) {
  if (phoneId === current) return;
  current = phoneId;
  stream?.close();
  composer.reset();
  $("log").replaceChildren();
  atEnd = true;
  drawKeyboard([]);
  setTyping(false);
  history.replaceState(null, "", `#${phoneId}`);
  const phone = phones.find((one) => one.id === phoneId);
  setBlocked(Boolean(phone?.blocked));
  offerStart();
  drawTabs();
  stream = api.follow(phoneId, 0, (kind, data, number) => phoneId === current && hear(kind, data, number));
}

function hear(kind, data, number) {
  if (number) seen.set(current, number);
  if (kind === "message") putMessage(data);
  else if (kind === "gone") findMessage(data.message_id)?.remove();
  else if (kind === "keyboard") drawKeyboard(data.rows);
  else if (kind === "blocked") setBlocked(data.blocked);
  else if (kind === "typing") setTyping(true);
  else if (kind === "notice") answered(data.text);
  else if (kind === "waiting") $("state").textContent = "connecting…";
  else if (kind === "open") setTyping(false);
  else if (kind === "lost") setTimeout(findPhones, 1000);
  offerStart();
}

const findMessage = (id) => $("log").querySelector(`[data-id="${Number(id)}"]`);

function putMessage(message) {
  const log = $("log");
  const drawn = drawMessage(current, message, { press, edit: (one) => composer.edit(one) });
  const old = findMessage(message.message_id);
  if (old) old.replaceWith(drawn);
  else log.insertBefore(drawn, [...log.children].find((one) => Number(one.dataset.id) > message.message_id) ?? null);
  if (message.side === "bot") setTyping(false);
  if (message.side === "person") atEnd = true;
  keepEnd();
  drawn.querySelector("img")?.addEventListener("load", keepEnd);
}

function keepEnd() {
  if (atEnd) $("log").scrollTop = $("log").scrollHeight;
}

function noteScroll() {
  const log = $("log");
  atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
}

async function press(button, message, tapped) {
  tapped.setAttribute("aria-busy", "true");
  setTimeout(() => tapped.removeAttribute("aria-busy"), 3000);
  try {
    await api.press(current, button.data ?? button.label, message.message_id);
  } catch (error) {
    notice(error.message);
  }
}

function answered(text) {
  document.querySelectorAll("[aria-busy]").forEach((one) => one.removeAttribute("aria-busy"));
  if (text) notice(text);
}

function drawKeyboard(rows) {
  $("keyboard").hidden = rows.length === 0;
  $("keyboard").replaceChildren(...drawRows(rows, tapKey).children);
  keepEnd();
}

async function tapKey(button) {
  if (button.asks === "location") return $("attach").click();
  if (button.asks === "contact") return notice("Numbers are not shared in this trial");
  try {
    await api.write(current, button.label);
  } catch (error) {
    notice(error.message);
  }
}

function setTyping(typing) {
  clearTimeout(typingTimer);
  $("state").textContent = typing ? "typing…" : "bot";
  if (typing) typingTimer = setTimeout(() => setTyping(false), TYPING_MS);
}

function setBlocked(blocked) {
  $("block").setAttribute("aria-pressed", String(blocked));
  $("block").textContent = blocked ? "Unblock" : "Block";
}

function offerStart() {
  const empty = $("log").childElementCount === 0;
  $("start").hidden = !empty;
  $("welcome").hidden = !empty;
  $("composer").hidden = empty || !$("recording").hidden;
}

function drawTabs() {
  const focused = document.activeElement?.closest?.('[role="tab"]')?.dataset.id;
  $("tabs").replaceChildren(...phones.map(drawTab));
  $(`tab-${current}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (focused) $("tabs").querySelector(`[data-id="${focused}"]`)?.focus();
}

function drawTab(phone) {
  const tab = element("button", "tab", phone.label);
  tab.type = "button";
  tab.id = `tab-${phone.id}`;
  tab.dataset.id = phone.id;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", "chat");
  tab.setAttribute("aria-selected", String(phone.id === current));
  tab.tabIndex = phone.id === current ? 0 : -1;
  tab.addEventListener("click", () => show(phone.id));
  if (phone.id === current) $("chat").setAttribute("aria-labelledby", tab.id);
  if (phone.id !== current && phone.last_event > (seen.get(phone.id) ?? 0)) {
    const dot = element("span", "unread");
    dot.append(element("span", "quiet", "new messages"));
    tab.append(dot);
  }
  return tab;
}

function moveTab(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = phones.findIndex((one) => one.id === current);
  show(phones[(at + step + phones.length) % phones.length].id);
  $(`tab-${current}`).focus();
}

async function addPhone(kind) {
  const made = await api.makePhone(kind);
  if (!phones.some((one) => one.id === made.id)) phones.push(made);
  show(made.id);
}

async function findPhones() {
  try {
    phones = await api.listPhones();
  } catch {
    return setTimeout(findPhones, 2000);
  }
  const first = phones.find((one) => one.kind !== "group"); // a group of a receiver is there from the start
  if (!first) return addPhone("migrant");
  for (const phone of phones) seen.set(phone.id, phone.last_event);
  const wished = location.hash.slice(1);
  current = null;
  show(phones.some((one) => one.id === wished) ? wished : first.id);
}

function setView(view) {
  document.body.dataset.view = view;
  for (const button of $("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === view));
}

function showStaff() {
  const url = document.body.dataset.staffUrl;
  if (!url) { $("no-staff").hidden = false; return; }
  const frame = element("iframe");
  frame.title = "What staff see";
  frame.src = url;
  $("staff").append(frame);
}

$("tabs").addEventListener("keydown", moveTab);
$("block").addEventListener("click", () => api.setBlocked(current, $("block").getAttribute("aria-pressed") !== "true"));
document.querySelectorAll("[data-new]").forEach((one) => one.addEventListener("click", () => addPhone(one.dataset.new)));
$("views").addEventListener("click", (event) => event.target.dataset.view && setView(event.target.dataset.view));
$("log").addEventListener("scroll", noteScroll);
new ResizeObserver(keepEnd).observe($("log"));
showStaff();
await findPhones();
api.followPhones((list) => { phones = list; drawTabs(); });
