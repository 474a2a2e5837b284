// <talk-chat> shows messages as they come: the stream brings each of them whole. Its rooms are links;
// they are opened in place. Forms are sent without leaving the page. A screen reader is told of new
// messages every few seconds, all together, so that it can be read beside them.
//   data-room data-with    the thread that is shown; data-me: the viewer; data-lead: they lead
// <talk-reactions> sends a reaction without asking for the page again: counts come by the stream.
import { listen } from "../../../web/session";

interface Message {
  id: string;
  room: string;
  author: string;
  party: string;
  name: string;
  to?: string;
  text: string;
  at: string;
  state: "shown" | "hidden" | "gone";
  reason?: string;
}

const kept = 200; // lines on the page; older ones are a page away
const pause = 5000;
const address = /https?:\/\/[^\s<>"«»]*[^\s<>"«».,;:!?')\]]/g;

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<string | undefined> {
  const action = submitter?.getAttribute("formaction") ?? form.action;
  const body = new URLSearchParams(new FormData(form, submitter) as unknown as Record<string, string>);
  const answer = await fetch(action, { method: "POST", headers: { Accept: "application/json" }, body });
  return answer.ok ? undefined : (((await answer.json()) as { error?: string }).error ?? "");
}

class TalkChat extends HTMLElement {
  private stop = () => {};
  private fresh: Message[] = [];
  private said = ""; // the message that was read out last, alone
  private timer = 0;

  connectedCallback() {
    this.toEnd();
    if (!this.closest("meeting-live")) return; // a page without a stream is asked for again
    this.stop = listen(this, "talk", (data) => this.hear(JSON.parse(data) as Message));
    this.addEventListener("submit", this.submitted);
    this.addEventListener("click", this.clicked);
    this.addEventListener("keydown", this.pressed);
  }

  disconnectedCallback() {
    this.stop();
    clearTimeout(this.timer);
    this.removeEventListener("submit", this.submitted);
    this.removeEventListener("click", this.clicked);
    this.removeEventListener("keydown", this.pressed);
  }

  /** What the server shows now: of the same thread it is taken over, another one is asked for. */
  update(next: HTMLElement) {
    if (next.dataset["room"] === this.dataset["room"] && next.dataset["with"] === this.dataset["with"]) this.adopt(next);
    else void this.open(this.querySelector<HTMLAnchorElement>("a[aria-current]")?.href ?? "");
  }

  private get list() {
    return this.querySelector<HTMLElement>(".chat-list");
  }

  private adopt(next: HTMLElement) {
    const field = this.querySelector<HTMLTextAreaElement>("[data-compose] textarea");
    const typed = field?.value ?? "";
    const focused = field !== null && field === document.activeElement;
    const open = [...this.querySelectorAll<HTMLDetailsElement>("details[open]")].map((details) => details.id);
    const same = next.dataset["room"] === this.dataset["room"] && next.dataset["with"] === this.dataset["with"];
    for (const name of ["room", "with"]) this.dataset[name] = next.dataset[name];
    const lines = same ? [...(this.list?.children ?? [])] : [];
    this.replaceChildren(...next.childNodes);
    const last = this.list?.lastElementChild?.id ?? "";
    this.list?.append(...lines.filter((line) => line.id > last)); // they came while the answer was on its way
    for (const id of open) this.querySelector(`#${CSS.escape(id || "-")}`)?.setAttribute("open", "");
    const again = this.querySelector<HTMLTextAreaElement>("[data-compose] textarea");
    if (again && same) again.value = typed;
    if (again && focused) again.focus({ preventScroll: true });
    this.toEnd();
  }

  private async open(href: string) {
    if (!href) return;
    const answer = await fetch(href, { headers: { Accept: "text/html" } });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector<HTMLElement>("talk-chat");
    if (!answer.ok || !next) return location.assign(href);
    this.adopt(next);
    this.querySelector<HTMLElement>("a[aria-current]")?.focus({ preventScroll: true });
  }

  private toEnd() {
    const list = this.list;
    if (list) list.scrollTop = list.scrollHeight;
  }

  /** The address of the thread that a message belongs to, as the viewer has it. */
  private shows(m: Message) {
    if (m.room !== this.dataset["room"]) return false;
    const other = this.dataset["with"] ?? "0";
    if (m.room === "lead") return other === "0" || m.party === other;
    return m.room === "all" || m.author === other || m.party === other;
  }

  private hear(m: Message) {
    if (!this.shows(m)) {
      if (m.state === "shown") this.mark(m);
      return;
    }
    const list = this.list;
    if (!list) return;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    const known = list.querySelector<HTMLElement>(`#m-${m.id}`);
    if (m.state !== "shown") this.unsay(m);
    if (m.state === "gone") known?.remove();
    else if (known) this.fill(known, m);
    else if (m.state === "shown") this.add(list, m);
    if (atEnd || m.author === this.dataset["me"]) this.toEnd();
  }

  private add(list: HTMLElement, m: Message) {
    const mine = m.author === this.dataset["me"];
    const template = this.querySelector<HTMLTemplateElement>(`template[data-line=${mine ? "mine" : "other"}]`);
    const line = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
    if (!line) return;
    line.id = `m-${m.id}`;
    // What the template says of nobody's message is made this one's.
    for (const element of line.querySelectorAll("[id], [for], [action], [formaction], [href]")) {
      for (const name of ["id", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(/-0(?=$|-)/, `-${m.id}`));
      }
      for (const name of ["action", "formaction"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace("/chat/0/", `/chat/${m.id}/`));
      }
      if (element.matches(".chat-private")) element.setAttribute("href", (element.getAttribute("href") ?? "").replace("with=-1", `with=${m.author}`));
      if (element.matches(".chat-answer")) element.setAttribute("href", (element.getAttribute("href") ?? "").replace(/&with=.*|$/, `&with=${m.party}`));
    }
    this.fill(line, m);
    list.append(line);
    while (list.childElementCount > kept) list.firstElementChild?.remove();
    this.querySelector("[data-empty]")?.remove();
    if (!mine) this.tell(m);
  }

  private fill(line: HTMLElement, m: Message) {
    const put = (place: string, text: string) => {
      const element = line.querySelector(place);
      if (element) element.textContent = text;
    };
    put(".chat-name", m.name);
    put(".chat-of", ` : ${m.name}`);
    put(".chat-to", m.room === "lead" && m.author !== m.party ? `→ ${m.to ?? ""}` : "");
    const at = new Date(m.at);
    put(".chat-at", new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: this.dataset["zone"] }).format(at));
    line.querySelector("time")?.setAttribute("datetime", m.at);
    const text = line.querySelector(".chat-text");
    if (!text) return;
    text.classList.toggle("soft", m.state === "hidden");
    if (m.state === "hidden") text.textContent = `${this.dataset["hidden"] ?? ""} ${m.reason ?? ""}`;
    else text.replaceChildren(...linked(m.text));
  }

  /** Says at the room's link that something new is there. */
  private mark(m: Message) {
    const me = this.dataset["me"];
    if (m.author === me) return;
    const end = m.room === "all" ? "/chat" : m.room === "lead" ? "room=lead" : `with=${m.author}`;
    const link = [...this.querySelectorAll<HTMLAnchorElement>(".tabs a")].find((a) => a.href.endsWith(end));
    if (link && !link.querySelector(".chat-new")) {
      const word = document.createElement("span");
      word.className = "chat-new";
      word.textContent = ` · ${this.dataset["new"] ?? ""}`;
      link.append(word);
    } else if (!link && m.room === "private") {
      this.tell(m);
      void this.open(this.querySelector<HTMLAnchorElement>("a[aria-current]")?.href ?? ""); // its room has a link then
    }
  }

  private tell(m: Message) {
    this.fresh.push(m);
    this.timer ||= window.setTimeout(() => {
      this.timer = 0;
      const [first] = this.fresh;
      const place = this.querySelector("[data-told]");
      this.said = this.fresh.length === 1 ? (first?.id ?? "") : "";
      if (place && first) {
        place.textContent = this.fresh.length === 1 ? `${first.name} : ${first.text}` : (this.dataset["many"] ?? "").replace("#", String(this.fresh.length));
      }
      this.fresh = [];
    }, this.fresh.length === 1 && !this.querySelector("[data-told]")?.textContent ? 500 : pause);
  }

  /** A message that is hidden or gone is not read out any more. */
  private unsay(m: Message) {
    this.fresh = this.fresh.filter((other) => other.id !== m.id);
    const place = this.querySelector("[data-told]");
    if (place && this.said === m.id) place.textContent = "";
  }

  private submitted = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    void this.send(event.target as HTMLFormElement, event.submitter);
  };

  private async send(form: HTMLFormElement, submitter: HTMLElement | null) {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const place = this.querySelector("[data-refused]");
    try {
      const refused = await send(form, submitter);
      if (place) place.textContent = refused ?? "";
      if (refused !== undefined) return;
      form.reset();
      form.closest("details")?.removeAttribute("open");
      const told = this.querySelector("[data-told]");
      if (told && !form.matches("[data-compose]")) told.textContent = this.dataset["sent"] ?? "";
    } catch {
      if (place) place.textContent = this.dataset["failed"] ?? "";
    } finally {
      form.ariaBusy = null;
    }
  }

  private clicked = (event: MouseEvent) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(".tabs a, a.chat-private, a.chat-answer");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void this.open(link.href);
  };

  /** Control and Enter send what is being written. */
  private pressed = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) (event.target as HTMLElement).closest("form")?.requestSubmit();
  };
}
customElements.define("talk-chat", TalkChat);

/** A text as nodes: its addresses can be followed, nothing else of it is more than text. */
function linked(text: string): Node[] {
  const out: Node[] = [];
  let at = 0;
  for (const found of text.matchAll(address)) {
    out.push(document.createTextNode(text.slice(at, found.index)));
    const link = document.createElement("a");
    link.href = found[0];
    link.rel = "noopener noreferrer nofollow ugc";
    link.target = "_blank";
    link.textContent = found[0];
    out.push(link);
    at = found.index + found[0].length;
  }
  out.push(document.createTextNode(text.slice(at)));
  return out;
}

class TalkReactions extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this.submitted);
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.submitted);
  }

  private submitted = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    void this.send(event.target as HTMLFormElement, event.submitter);
  };

  private async send(form: HTMLFormElement, submitter: HTMLElement | null) {
    const place = this.querySelector("[data-told]");
    try {
      const refused = await send(form, submitter);
      if (place) place.textContent = refused ?? this.dataset["sent"] ?? "";
    } catch {
      if (place) place.textContent = this.dataset["failed"] ?? "";
    }
  }
}
customElements.define("talk-reactions", TalkReactions);
