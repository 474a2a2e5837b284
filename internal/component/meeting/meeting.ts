// <meeting-live> keeps the parts of a session's page true. Its stream says what has changed; the
// parts that show it are asked for again, all in one request, and take their old place:
//   .live-part[data-on]     what changes the part; data-every: seconds after which it is asked for anyway
//   [data-count=name]       a number that the stream itself brings
//   [data-say]              what a screen reader is told when it has changed
//   forms inside            are sent without leaving the page; what is refused is said beside the form
//   islands inside          hear the stream with listen() of web/session.ts; one that is a part's only
//                           element and has update(next) is handed what the server says, not replaced
// <speech-clock> counts on from the time it was given.

/** So that a thousand pages do not ask in the same instant: milliseconds per person present, and at most. */
const spreadEach = 2;
const spreadMost = 2500;

class MeetingLive extends HTMLElement {
  private source?: EventSource;
  private wanted = new Set<string>();
  private timer = 0;
  private regular: number[] = [];
  private sayings = new Map<string, string>();
  private hearers = new Map<string, Set<(data: string) => void>>();

  connectedCallback() {
    this.querySelectorAll("noscript").forEach((element) => element.remove());
    this.source = new EventSource(`${this.dataset["events"]}?after=${this.dataset["after"]}`);
    this.source.addEventListener("changed", (event) => this.want((part) => part.dataset["on"]?.split(" ").includes(event.data) ?? false));
    this.source.addEventListener("reload", () => this.want(() => true));
    this.source.addEventListener("counts", (event) => this.count(JSON.parse(event.data)));
    for (const [event, hearers] of this.hearers) this.hear(event, hearers);
    this.source.addEventListener("open", () => this.line(""));
    this.source.addEventListener("error", () => this.line(this.dataset["lost"] ?? ""));
    this.addEventListener("submit", this.send);
    for (const part of this.parts()) {
      const every = Number(part.dataset["every"]);
      if (every) this.regular.push(window.setInterval(() => document.hidden || this.want((p) => p === part || p.id === part.id), every * 1000));
    }
    this.querySelectorAll<HTMLElement>("[data-say]").forEach((element) => this.sayings.set(this.partOf(element), element.dataset["say"] ?? ""));
  }

  disconnectedCallback() {
    this.source?.close();
    clearTimeout(this.timer);
    this.regular.forEach((timer) => clearInterval(timer));
  }

  /** Has heard called with the data of each message of that event; see web/session.ts. */
  listen(event: string, heard: (data: string) => void): () => void {
    let hearers = this.hearers.get(event);
    if (!hearers) {
      this.hearers.set(event, (hearers = new Set()));
      this.hear(event, hearers);
    }
    hearers.add(heard);
    return () => hearers.delete(heard);
  }

  private hear(event: string, hearers: Set<(data: string) => void>) {
    this.source?.addEventListener(event, (message) => hearers.forEach((heard) => heard(message.data)));
  }

  private parts() {
    return [...this.querySelectorAll<HTMLElement>(".live-part")];
  }

  private partOf(element: Element) {
    return element.closest(".live-part")?.id ?? "";
  }

  private want(which: (part: HTMLElement) => boolean) {
    for (const part of this.parts()) if (which(part)) this.wanted.add(part.id);
    if (this.timer || this.wanted.size === 0) return;
    const present = Number(this.querySelector("[data-count=present]")?.textContent?.replace(/\D/g, "") ?? 0);
    this.timer = window.setTimeout(() => void this.refresh(), Math.random() * Math.min(present * spreadEach, spreadMost));
  }

  /** Asks for the parts that are wanted; what cannot be had is wanted again. */
  private async refresh() {
    const names = [...this.wanted];
    this.wanted.clear();
    try {
      const query = new URLSearchParams(names.map((name) => ["p", name]));
      const answer = await fetch(`${this.dataset["parts"]}?${query}`, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const name of names) this.replace(name, page.getElementById(name));
      this.timer = 0;
      if (this.wanted.size) this.want(() => false);
    } catch {
      names.forEach((name) => this.wanted.add(name));
      this.timer = window.setTimeout(() => void this.refresh(), 3000 + Math.random() * 3000);
    }
  }

  /** Puts the part's new content in its place, keeping the focus, what is unfolded and what is being typed. */
  private replace(name: string, next: HTMLElement | null) {
    const part = this.querySelector<HTMLElement>(`#${name}`);
    if (!part || !next) return;
    next.querySelectorAll("noscript").forEach((element) => element.remove());
    const state = (element: HTMLElement) => element.querySelector<HTMLElement>("[data-state]")?.dataset["state"];
    if (part.innerHTML === next.innerHTML || (!keepTyped(part, next) && state(part) === state(next))) return;
    const island = part.firstElementChild as (Element & { update?: (next: Element) => void }) | null;
    const same = next.firstElementChild;
    if (island?.update && part.childElementCount === 1 && same?.localName === island.localName) {
      island.update(same);
      this.say(part);
      return;
    }
    const focus = part.contains(document.activeElement) ? document.activeElement?.id : "";
    const open = [...part.querySelectorAll<HTMLDetailsElement>("details[open]")].map((details) => details.id);
    part.replaceChildren(...next.childNodes);
    for (const id of open) part.querySelector<HTMLDetailsElement>(`#${CSS.escape(id || "-")}`)?.setAttribute("open", "");
    if (focus) (document.getElementById(focus) ?? part.querySelector<HTMLElement>("button, a, input") ?? document.getElementById("content"))?.focus({ preventScroll: true });
    this.say(part);
  }

  private say(part: HTMLElement) {
    const text = part.querySelector<HTMLElement>("[data-say]")?.dataset["say"];
    if (text === undefined || this.sayings.get(part.id) === text) return;
    this.sayings.set(part.id, text);
    const place = this.querySelector("[data-said]");
    if (place) place.textContent = text;
  }

  private count(counts: Record<string, number>) {
    const format = new Intl.NumberFormat(document.documentElement.lang);
    for (const [name, n] of Object.entries(counts)) {
      this.querySelectorAll(`[data-count="${name}"]`).forEach((element) => (element.textContent = format.format(n)));
    }
  }

  private line(text: string) {
    const place = this.querySelector("[data-line]");
    if (place) place.textContent = text;
  }

  private send = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    if (form.ariaBusy !== "true") void this.post(form, event.submitter);
  };

  private async post(form: HTMLFormElement, submitter: HTMLElement | null) {
    form.ariaBusy = "true";
    const part = form.closest(".live-part");
    try {
      const fields = new FormData(form, submitter);
      const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields as unknown as Record<string, string>);
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
      if (!answer.ok) {
        this.refuse(form, ((await answer.json()) as { error?: string }).error ?? "");
        return;
      }
      this.refuse(form, "");
      form.reset();
      if (/\/live\/chair\/(open|close)$/.test(form.action)) location.reload(); // the page itself has other parts then
      clearTimeout(this.timer); // one's own act shows at once
      this.parts().forEach((p) => (p === part || p.dataset["on"]?.includes("floor")) && this.wanted.add(p.id));
      await this.refresh();
    } catch {
      this.refuse(form, this.dataset["failed"] ?? "");
    } finally {
      form.ariaBusy = null;
    }
  }

  private refuse(form: HTMLFormElement, text: string) {
    form.querySelector(".live-refused")?.remove();
    if (!text) return;
    const said = document.createElement("p");
    said.className = "live-refused field-error";
    said.setAttribute("role", "alert");
    said.textContent = text;
    form.append(said);
  }
}
customElements.define("meeting-live", MeetingLive);

/** Whether a form holds something other than what the server wrote in it. */
function isTyped(form: HTMLElement): boolean {
  return [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>("input, textarea, select")].some((field) => {
    if (field instanceof HTMLSelectElement) return [...field.options].some((option) => option.selected !== option.defaultSelected && field.querySelector("[selected]"));
    return field.type === "radio" || field.type === "checkbox" ? (field as HTMLInputElement).checked !== (field as HTMLInputElement).defaultChecked : field.value !== field.defaultValue;
  });
}

/**
 * Moves the forms that somebody is filling in into the part's new content, in the place of the form
 * with the same id. False when one of them has no place there: then the part is left as it is.
 */
function keepTyped(part: HTMLElement, next: HTMLElement): boolean {
  const typed = [...part.querySelectorAll("form")].filter(isTyped);
  const places = typed.map((form) => (form.id ? next.querySelector(`form#${CSS.escape(form.id)}`) : null));
  if (places.some((place) => !place)) return false;
  typed.forEach((form, i) => places[i]?.replaceWith(form));
  return true;
}

class SpeechClock extends HTMLElement {
  private timer = 0;

  connectedCallback() {
    const begun = performance.now() - Number(this.dataset["spoken"]);
    const show = () => this.show(performance.now() - begun);
    show();
    this.timer = window.setInterval(show, 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  private show(spoken: number) {
    const seconds = Math.floor(spoken / 1000);
    const limit = Number(this.dataset["limit"]);
    const left = limit - spoken;
    const clock = this.querySelector("b");
    if (clock) clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const word = !limit || left > 30_000 ? "" : left > 0 ? this.dataset["soon"] : this.dataset["over"];
    const place = this.querySelector(".live-over");
    if (place && place.textContent !== word) place.textContent = word ?? "";
    this.classList.toggle("live-clock-over", Boolean(limit) && left <= 0);
  }
}
customElements.define("speech-clock", SpeechClock);
