// Comforts for those who have JavaScript. Every page works without any of it.

document.documentElement.classList.add("has-js");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = button.querySelector("[data-copy-words]") ?? button;
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = "Copied";
  } catch {
    words.textContent = "Select the text to copy it";
  }
  setTimeout(() => { words.textContent = before; }, 2000);
});

// What is left of a text field, said under it.
for (const field of document.querySelectorAll("textarea[maxlength]")) {
  const counter = document.createElement("p");
  counter.className = "counter";
  counter.setAttribute("aria-live", "polite");
  const count = () => {
    const left = field.maxLength - field.value.length, missing = field.minLength - field.value.trim().length;
    if (missing > 0) counter.textContent = missing === 1 ? "1 more character needed" : `${missing} more characters needed`;
    else counter.textContent = left === 1 ? "1 character left" : `${left.toLocaleString("en")} characters left`;
  };
  field.after(counter);
  field.addEventListener("input", count);
  count();
}

// A form is sent once. Coming back with the browser's arrow makes it ready again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// A link to a confirmation page may open the dialog that holds the same form.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) { event.preventDefault(); dialog.showModal(); return; }
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
});

// A link may show its page's answer in place: the part that it names, in a dialog. If anything goes wrong it is a link.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-in-place]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.querySelector(link.dataset.inPlace);
    if (!answer.ok || answer.redirected || !part) throw new Error("not a page to show in place");
    const dialog = document.createElement("dialog");
    dialog.className = "dialog dialog--page";
    dialog.setAttribute("aria-label", link.textContent.trim());
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button--quiet button--small";
    close.dataset.close = "";
    close.textContent = "Close";
    dialog.append(close, document.adoptNode(part));
    dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
    document.body.append(dialog);
    dialog.showModal();
  } catch {
    location.assign(link.href);
  }
});

// Errors are read first.
document.querySelector(".summary[data-first]")?.focus();
