// Writing: text, voice note, photo, place.

import * as api from "./api.js";
import { element } from "./bubbles.js";
import { Recorder } from "./recorder.js";

const PLACES = [
  ["Pakse", 15.1202, 105.7987],
  ["Savannakhet", 16.5703, 104.7622],
  ["Vientiane", 17.9667, 102.6],
  ["Bangkok", 13.7563, 100.5018],
  ["Nong Khai", 17.8783, 102.742],
];
const PHOTO_SIDE = 1280;
const $ = (id) => document.getElementById(id);

export class Composer {
  #phone;
  #tell;
  #editing = null;
  #recorder = new Recorder();

  /** `phone()` gives the id of the phone in view, `tell(text)` shows a short notice. */
  constructor(phone, tell) {
    this.#phone = phone;
    this.#tell = tell;
    this.#wireText();
    this.#wireVoice();
    this.#wireAttachments();
  }

  /** Put an own message into the field to change it. */
  edit(message) {
    this.#editing = message.message_id;
    $("words").value = message.text;
    $("editing").hidden = false;
    this.#fit();
    $("words").focus();
  }

  /** Forget what was begun, for another phone comes into view. */
  reset() {
    this.#editing = null;
    $("editing").hidden = true;
    $("words").value = "";
    this.#toggleAttachments(false);
    this.#fit();
  }

  #wireText() {
    $("composer").addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    $("words").addEventListener("input", () => this.#fit());
    $("words").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.#send(); }
    });
    $("stop-editing").addEventListener("click", () => this.reset());
    $("start").addEventListener("click", () => this.#do(api.start(this.#phone())));
  }

  #wireVoice() {
    $("record").addEventListener("click", () => this.#record());
    $("send-voice").addEventListener("click", () => this.#finish(true));
    $("cancel-voice").addEventListener("click", () => this.#finish(false));
    $("sample-voice").addEventListener("click", async () => {
      const sound = await (await fetch("/static/sample-voice.ogg")).blob();
      this.#do(api.voice(this.#phone(), sound, 2));
      this.#toggleAttachments(false);
    });
  }

  #wireAttachments() {
    $("attach").addEventListener("click", () => this.#toggleAttachments($("attachments").hidden));
    $("attachments").addEventListener("keydown", (event) => {
      if (event.key === "Escape") { this.#toggleAttachments(false); $("attach").focus(); }
    });
    $("photo").addEventListener("change", () => this.#photo());
    for (const [name, latitude, longitude] of PLACES) {
      const button = element("button", "chip", name);
      button.type = "button";
      button.addEventListener("click", () => this.#place(latitude, longitude));
      $("place-list").append(button);
    }
    $("own-place").addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = new FormData(event.target);
      this.#place(Number(fields.get("latitude")), Number(fields.get("longitude")));
    });
  }

  async #send() {
    const text = $("words").value.trim();
    if (!text) return;
    const editing = this.#editing;
    this.reset();
    const sending = editing ? api.change(this.#phone(), editing, text) : api.write(this.#phone(), text);
    if (!(await this.#do(sending))) { $("words").value = text; this.#fit(); }
    $("words").focus();
  }

  async #record() {
    if (!Recorder.works) return this.#tell("No microphone here: use the sample voice");
    try {
      await this.#recorder.start((seconds) => this.#showSeconds(seconds), () => this.#finish(true));
    } catch {
      return this.#tell("No microphone here: use the sample voice");
    }
    this.#showSeconds(0);
    this.#showRecording(true);
    $("send-voice").focus();
  }

  async #finish(send) {
    const recorded = await this.#recorder.stop();
    this.#showRecording(false);
    $("record").focus();
    if (send && recorded) this.#do(api.voice(this.#phone(), recorded.blob, recorded.seconds));
  }

  #showRecording(runs) {
    $("recording").hidden = !runs;
    $("composer").hidden = runs;
  }

  #showSeconds(seconds) {
    $("recorded").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  async #photo() {
    const file = $("photo").files[0];
    $("photo").value = "";
    if (!file) return;
    this.#toggleAttachments(false);
    try {
      this.#do(api.photo(this.#phone(), await asJpeg(file)));
    } catch {
      this.#tell("This picture cannot be read");
    }
  }

  #place(latitude, longitude) {
    this.#toggleAttachments(false);
    this.#do(api.place(this.#phone(), latitude, longitude));
  }

  #toggleAttachments(open) {
    $("attachments").hidden = !open;
    $("attach").setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("attaching", open); // the quick answers make room
  }

  #fit() {
    const words = $("words");
    const empty = !words.value.trim();
    $("send").hidden = empty;
    $("record").hidden = !empty;
    words.rows = Math.min(5, words.value.split("\n").length);
  }

  async #do(sending) {
    try {
      await sending;
      return true;
    } catch (error) {
      this.#tell(error.message);
      return false;
    }
  }
}

/** The picture as a JPEG of at most 1280 pixels a side without metadata, as Telegram's clients send it. */
async function asJpeg(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, PHOTO_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
}
