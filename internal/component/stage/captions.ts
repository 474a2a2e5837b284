// <stage-captions> shows the lines written of what is said, in the language chosen, at the size chosen.
// <stage-transcript> is the page of those who type and correct them, and of those who read all of them.
import { listen } from "../../../web/session";

/** A line; one without a text was taken off. made: by a "person", a "machine", or a machine and "corrected". */
interface Caption {
  id: string;
  lang: string;
  text: string;
  made: string;
  who?: string;
}

const steps = 4;
const kept = (name: string) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // the browser keeps nothing: the page's own language and size then
  }
};
const keep = (name: string, value: string) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // as above
  }
};

/** A line as its page shows it; what the element's attributes say of machines and of correcting is in the page's language. */
function draw(caption: Caption, words: DOMStringMap): HTMLElement {
  const line = document.createElement("p");
  line.dataset["caption"] = caption.id;
  line.dataset["made"] = caption.made;
  const part = <K extends keyof HTMLElementTagNameMap>(tag: K, text: string) => {
    const element = document.createElement(tag);
    element.textContent = text;
    line.append(element, " ");
    return element;
  };
  if (caption.who) part("b", caption.who).dataset["who"] = "";
  part("span", caption.text).dataset["text"] = "";
  const mark = words[caption.made];
  if (mark) part("small", mark).lang = document.documentElement.lang;
  const mend = words["mend"], word = words["mendWord"];
  if (mend && word) {
    const link = part("a", word);
    link.href = `${mend}${caption.id}#stage-mend`;
    link.lang = document.documentElement.lang;
  }
  return line;
}

/** A line from before the first that is shown: a correction of what is shown no more. */
const older = (caption: Caption, first: string | undefined) => first !== undefined && BigInt(caption.id) < BigInt(first);

/** Adds a line, or puts it in the place of the one it corrects, and keeps the last ones. */
function put(place: Element | null, caption: Caption, words: DOMStringMap, most: number) {
  const known = place?.querySelector(`[data-caption="${caption.id}"]`);
  if (!place || !caption.text) return known?.remove();
  if (known) return known.replaceWith(draw(caption, words));
  if (older(caption, place.querySelector<HTMLElement>("[data-caption]")?.dataset["caption"])) return;
  place.append(draw(caption, words));
  while (place.childElementCount > most) place.firstElementChild?.remove();
}

/** The line that an element shows. */
const read = (line: HTMLElement, lang: string): Caption => ({
  id: line.dataset["caption"] ?? "",
  lang,
  text: line.querySelector("[data-text]")?.textContent ?? "",
  made: line.dataset["made"] ?? "",
  who: line.querySelector("[data-who]")?.textContent ?? "",
});

class StageCaptions extends HTMLElement {
  private stop = () => {};
  private lines = new Map<string, Caption[]>();

  connectedCallback() {
    this.stop = listen(this, "stage-caption", (data) => this.heard(JSON.parse(data)));
    this.addEventListener("change", this.chosen);
    this.addEventListener("click", this.sized);
    this.begin();
  }

  disconnectedCallback() {
    this.stop();
  }

  private begin() {
    const place = this.querySelector("[data-lines-here]");
    const here = [...(place?.querySelectorAll<HTMLElement>("[data-caption]") ?? [])].map((line) => read(line, this.dataset["lang"] ?? ""));
    this.lines.set(this.dataset["lang"] ?? "", here);
    this.querySelectorAll<HTMLElement>("[data-size]").forEach((button) => (button.hidden = false));
    const choice = this.querySelector<HTMLSelectElement>("[data-choose]");
    const wish = kept("captions");
    if (choice && wish && [...choice.options].some((option) => option.value === wish)) choice.value = wish;
    this.show();
    this.size(0);
  }

  /** The server's list of languages and lines, without losing what this page has heard. */
  update(next: HTMLElement) {
    for (const { name, value } of [...next.attributes]) this.setAttribute(name, value);
    this.replaceChildren(...next.childNodes);
    this.begin();
  }

  private get tongue() {
    return this.querySelector<HTMLSelectElement>("[data-choose]")?.value ?? this.dataset["lang"] ?? "";
  }

  private heard(caption: Caption) {
    const list = this.lines.get(caption.lang) ?? [];
    const at = list.findIndex((known) => known.id === caption.id);
    if (at >= 0) list.splice(at, 1, ...(caption.text ? [caption] : []));
    else if (caption.text && !older(caption, list[0]?.id)) list.push(caption);
    this.lines.set(caption.lang, list.slice(-Number(this.dataset["lines"])));
    if (caption.lang === this.tongue) this.show();
  }

  private show() {
    const place = this.querySelector<HTMLElement>("[data-lines-here]");
    if (!place) return;
    place.hidden = this.tongue === "off";
    place.lang = this.tongue === "off" ? "" : this.tongue;
    place.replaceChildren();
    place.append(...(this.lines.get(this.tongue) ?? []).map((caption) => draw(caption, this.dataset)));
  }

  private chosen = (event: Event) => {
    if (!(event.target as Element).closest("[data-choose]")) return;
    keep("captions", this.tongue);
    this.show();
  };

  private sized = (event: Event) => {
    const by = (event.target as Element).closest<HTMLElement>("[data-size]")?.dataset["size"];
    if (by) this.size(Number(by));
  };

  private size(by: number) {
    const at = Math.min(steps - 1, Math.max(0, Number(kept("captions-size") ?? 0) + by));
    if (by) keep("captions-size", String(at));
    this.querySelector<HTMLElement>("[data-lines-here]")?.setAttribute("data-step", String(at));
  }
}
customElements.define("stage-captions", StageCaptions);

class StageTranscript extends HTMLElement {
  private source?: EventSource;

  connectedCallback() {
    this.source = new EventSource(this.dataset["events"] ?? "");
    this.source.addEventListener("stage-caption", (event) => this.heard(JSON.parse(event.data)));
    this.addEventListener("submit", this.send);
    this.end();
  }

  disconnectedCallback() {
    this.source?.close();
  }

  private heard(caption: Caption) {
    if (caption.lang !== this.dataset["lang"]) return;
    this.querySelector("[data-none]")?.remove();
    put(this.querySelector("[data-lines-here]"), caption, this.dataset, 1000);
    this.end();
  }

  private end() {
    const place = this.querySelector("[data-lines-here]");
    if (place) place.scrollTop = place.scrollHeight;
  }

  /** Sends the line and is ready for the next; one that is refused comes back. */
  private send = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const field = form.querySelector<HTMLInputElement>("[name=text]");
    const refused = form.querySelector<HTMLElement>("[data-refused]");
    if (!field?.value.trim()) return;
    const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    const text = field.value;
    field.value = "";
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
      if (!answer.ok) throw new Error(((await answer.json()) as { error?: string }).error);
      if (refused) refused.textContent = "";
    } catch (error) {
      field.value = field.value ? `${text} ${field.value}` : text;
      if (refused) refused.textContent = (error instanceof Error && error.message) || (refused.dataset["failed"] ?? "");
    }
    field.focus();
  };
}
customElements.define("stage-transcript", StageTranscript);
