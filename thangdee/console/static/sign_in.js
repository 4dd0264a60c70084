// Shows a long passphrase while it is being typed, if one asks for it.
const words = document.getElementById("passphrase");
const show = document.getElementById("show");

show.hidden = false;
show.addEventListener("click", () => {
  const isShown = words.type === "password";
  words.type = isShown ? "text" : "password";
  show.setAttribute("aria-pressed", String(isShown));
  words.focus();
});
words.form.addEventListener("submit", () => {
  words.type = "password";
});
