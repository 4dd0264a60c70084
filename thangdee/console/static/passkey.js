// Forms with data-passkey: "make" or "show". The server's options go to the browser, its answer into the field
// "answer", and the form is sent as it is. Without passkeys in this browser the form says so.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const letters = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (credentials) => (credentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function readable(options) {
  const known = { ...options, challenge: bytes(options.challenge) };
  if (options.user) known.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) known.excludeCredentials = named(options.excludeCredentials);
  if (options.allowCredentials) known.allowCredentials = named(options.allowCredentials);
  return known;
}

function sendable(credential) {
  const response = { clientDataJSON: letters(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = letters(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: letters(credential.rawId), type: credential.type, response });
}

async function answered(form) {
  const csrf = form.elements.csrf?.value;
  const asked = await fetch(form.dataset.options, { method: "POST", headers: csrf ? { "X-CSRF-Token": csrf } : {} });
  if (asked.status === 409 && form.dataset.confirm) {
    location.assign(form.dataset.confirm);
    return null;
  }
  if (!asked.ok) throw new Error("no options");
  const publicKey = readable(await asked.json());
  const made = form.dataset.passkey === "make"
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  return sendable(made);
}

function say(form, which) {
  for (const one of form.querySelectorAll("[data-says]")) one.hidden = one.dataset.says !== which;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    say(form, "missing");
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say(form, null);
    try {
      const answer = await answered(form);
      if (answer) {
        form.elements.answer.value = answer;
        form.submit();
      }
    } catch {
      // Cancelled, too late, or no such passkey here: browsers do not tell which.
      say(form, "cancelled");
    } finally {
      button.disabled = false;
    }
  });
}
