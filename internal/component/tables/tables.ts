// <tables-place data-to data-auto>  takes the page where its person belongs: to their table, back to the
//   plenary. What is being typed is kept for when they come back to the page.
// <tables-clock data-left>          counts down to the return, then goes home (data-home).

const prefix = "draft:";

/** What is typed and was not sent, on pages that may be left by themselves. */
interface Draft { action: string; name: string; value: string }

const fields = () => [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("meeting-live form textarea[name], meeting-live form input[type=text][name]")];

const actionOf = (field: HTMLInputElement | HTMLTextAreaElement) => field.form?.getAttribute("action") ?? "";

function keepDrafts() {
  const drafts: Draft[] = fields().filter((f) => f.value !== f.defaultValue).map((f) => ({ action: actionOf(f), name: f.name, value: f.value }));
  if (drafts.length) sessionStorage.setItem(prefix + location.pathname, JSON.stringify(drafts));
  else sessionStorage.removeItem(prefix + location.pathname);
}

function takeDraftsUp() {
  const kept = sessionStorage.getItem(prefix + location.pathname);
  if (!kept) return;
  for (const draft of JSON.parse(kept) as Draft[]) {
    const field = fields().find((f) => f.name === draft.name && actionOf(f) === draft.action && f.value === f.defaultValue);
    if (!field) continue;
    field.value = draft.value;
    field.closest("details")?.setAttribute("open", "");
  }
}

/** Pages do not all leave in the same instant: milliseconds at most. */
const spread = 1500;

let leaving = false;

/** Leaves the page once, though it may be told to several times; one that could not leave may try again. */
function go(to: string) {
  if (leaving) return;
  leaving = true;
  setTimeout(() => (leaving = false), 5000);
  keepDrafts();
  location.assign(to);
}
addEventListener("pageshow", () => (leaving = false));

class TablesPlace extends HTMLElement {
  connectedCallback() {
    addEventListener("pagehide", keepDrafts);
    takeDraftsUp();
    this.showDraft();
    if (this.auto) this.leaveFor(this.dataset["to"]);
  }

  disconnectedCallback() {
    removeEventListener("pagehide", keepDrafts);
  }

  private get auto() {
    return this.hasAttribute("data-auto");
  }

  /** Takes what the server says now; who was taken somewhere and no longer belongs there leaves. */
  update(next: HTMLElement) {
    const moves = this.auto || next.hasAttribute("data-auto");
    for (const name of ["data-to", "data-auto", "data-table"]) {
      const value = next.getAttribute(name);
      if (value === null) this.removeAttribute(name);
      else this.setAttribute(name, value);
    }
    this.replaceChildren(...next.childNodes);
    this.showDraft();
    if (moves) this.leaveFor(this.dataset["to"]);
  }

  private leaveFor(to: string | undefined) {
    if (to && to !== location.pathname) go(to);
  }

  /** Whether something begun at the table waits to be finished there. */
  private showDraft() {
    const table = this.dataset["table"];
    const note = this.querySelector<HTMLElement>("[data-draft]");
    if (note) note.hidden = !table || table === location.pathname || sessionStorage.getItem(prefix + table) === null;
  }
}
customElements.define("tables-place", TablesPlace);

class TablesClock extends HTMLElement {
  private timer = 0;

  connectedCallback() {
    const end = performance.now() + Number(this.dataset["left"]);
    let before = Infinity;
    const show = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      const clock = this.querySelector("b");
      if (clock) clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      this.classList.toggle("tables-clock-soon", left <= 120);
      this.tell(before, left);
      before = left;
      if (left === 0) this.end();
    };
    show();
    this.timer = window.setInterval(show, 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  /** Says that a minute is left, then ten seconds: once each. */
  private tell(before: number, left: number) {
    const place = this.querySelector("[role=status]");
    if (!place || left === 0) return;
    if (before > 10 && left <= 10) place.textContent = this.dataset["soon"] ?? "";
    else if (before > 60 && left <= 60) place.textContent = this.dataset["minute"] ?? "";
  }

  private end() {
    clearInterval(this.timer);
    const home = this.dataset["home"];
    if (home && home !== location.pathname) this.timer = window.setTimeout(() => go(home), 300 + Math.random() * spread);
  }
}
customElements.define("tables-clock", TablesClock);
