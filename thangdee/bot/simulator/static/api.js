// Calls to the simulator's own server.

async function post(path, body, type = "application/json") {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": type }, body });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? "This did not work");
  return answer;
}

const phone = (id, act) => `/phones/${id}/${act}`;
const json = (path, value = {}) => post(path, JSON.stringify(value));

export const listPhones = async () => (await fetch("/phones")).json();
export const makePhone = (kind) => json("/phones", { kind });
export const start = (id) => json(phone(id, "start"));
export const write = (id, text) => json(phone(id, "text"), { text });
export const change = (id, messageId, text) => json(phone(id, `messages/${messageId}`), { text });
export const press = (id, button, messageId = null) => json(phone(id, "press"), { button, message_id: messageId });
export const place = (id, latitude, longitude) => json(phone(id, "location"), { latitude, longitude });
export const setBlocked = (id, blocked) => json(phone(id, blocked ? "block" : "unblock"));
export const voice = (id, blob, seconds) => post(`${phone(id, "voice")}?seconds=${seconds}`, blob, blob.type || "audio/ogg");
export const photo = (id, blob) => post(phone(id, "photo"), blob, "image/jpeg");
export const mediaUrl = (id, fileId) => phone(id, `media/${fileId}`);

/** Follow one phone from event `since` on; `tell(kind, data, number)`. The browser resumes with Last-Event-ID itself. */
export function follow(id, since, tell) {
  const source = new EventSource(`${phone(id, "events")}?since=${since}`);
  for (const kind of ["message", "gone", "keyboard", "blocked", "typing", "notice", "past"]) {
    source.addEventListener(kind, (event) => tell(kind, JSON.parse(event.data), Number(event.lastEventId)));
  }
  source.onerror = () => tell(source.readyState === EventSource.CLOSED ? "lost" : "waiting", {}, 0);
  source.onopen = () => tell("open", {}, 0);
  return source;
}

/** Follow the list of phones. */
export function followPhones(tell) {
  const source = new EventSource("/phones/events");
  source.addEventListener("phones", (event) => tell(JSON.parse(event.data)));
  return source;
}
