// Forms work without script; this makes them safer and steadier.
//   every form            is sent once, even when its button is pressed twice
//   data-keep-scroll      comes back to the same place of the page after the answer
//   data-most             a file of more bytes is refused before it is sent, with the words of data-too-large
//   data-warn-unsaved     asks before leaving when something typed was not sent

/** An answer that is a file leaves the page as it is: its form is given back after this long. */
const patience = 5000;
const sending = new WeakSet<HTMLFormElement>();
const unsaved = new Set<HTMLFormElement>();
const scrollKey = "scroll:" + location.pathname;

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method === "dialog" || form.target === "_blank") return;
  if (sending.has(form)) {
    event.preventDefault();
    return;
  }
  sending.add(form);
  unsaved.delete(form);
  form.setAttribute("aria-busy", "true");
  const button = event.submitter;
  // Not "disabled": a disabled button is left out of what is sent, and loses the focus.
  button?.setAttribute("aria-disabled", "true");
  if (form.hasAttribute("data-keep-scroll")) sessionStorage.setItem(scrollKey, String(scrollY));
  setTimeout(() => giveBack(form), patience);
});

function giveBack(form: HTMLFormElement) {
  if (!sending.delete(form)) return;
  form.removeAttribute("aria-busy");
  form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}

// A page taken back from the browser's cache is alive again: so are its forms.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) giveBack(form);
});

const kept = sessionStorage.getItem(scrollKey);
if (kept !== null) {
  sessionStorage.removeItem(scrollKey);
  // A page that has errors to show, or a place to go to, shows them instead.
  if (!location.hash && !document.querySelector("error-summary")) scrollTo({ top: Number(kept), behavior: "instant" });
}

document.addEventListener("input", (event) => {
  const form = (event.target as HTMLInputElement).form;
  if (form?.hasAttribute("data-warn-unsaved")) unsaved.add(form);
});

document.addEventListener("change", (event) => {
  const field = event.target as HTMLInputElement;
  if (!field.dataset.most) return;
  const large = [...(field.files ?? [])].some((file) => file.size > Number(field.dataset.most));
  field.setCustomValidity(large ? (field.dataset.tooLarge ?? "") : "");
  field.reportValidity();
});

addEventListener("beforeunload", (event) => {
  for (const form of unsaved) {
    if (form.isConnected) event.preventDefault();
  }
});

/** Takes the focus when the page opens, so that what is wrong is read first. */
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    this.focus();
  }
}
customElements.define("error-summary", ErrorSummary);
