// <stage-slides> shows the page that the presenter shows, without asking the server for the panel
// again: the stream says which. Whoever leafs alone stays there until they follow again. The page
// that comes next is fetched beforehand. Who presents turns the pages, points and draws.
// <stage-clock> runs down, and says its end once.
import { listen } from "../../../web/session";

interface Stroke {
  id: string;
  points: string;
}

interface Page {
  page: number;
  width: number;
  height: number;
  headline: string;
  text: string;
  strokes: Stroke[];
}

const svg = "http://www.w3.org/2000/svg";
const pointerEvery = 250; // milliseconds
const spread = 2500; // milliseconds over which those who follow fetch the next page

class StageSlides extends HTMLElement {
  private pages = new Map<number, Promise<Page>>();
  private shown = 0; // what everybody sees
  private here = 0; // what this page shows
  private stop: (() => void)[] = [];
  private drawing: string[] = [];
  private pointed = 0;
  private point: [number, number] = [500, 500];
  private timer = 0;
  private ahead = 0;

  connectedCallback() {
    this.stop = [
      listen(this, "stage-page", (data) => this.turned(JSON.parse(data))),
      listen(this, "stage-stroke", (data) => this.stroke(JSON.parse(data))),
      listen(this, "stage-erased", (data) => this.erased(JSON.parse(data))),
      listen(this, "stage-pointer", (data) => this.showPointer(data)),
    ];
    this.addEventListener("click", this.clicked);
    this.addEventListener("submit", this.submit);
    this.addEventListener("keydown", this.key);
    this.addEventListener("change", this.tooled);
    for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave"] as const) this.addEventListener(type, this.draw, true);
    this.begin();
  }

  disconnectedCallback() {
    this.stop.forEach((stop) => stop());
    clearTimeout(this.timer);
    clearTimeout(this.ahead);
  }

  private begin() {
    this.shown = this.here = Number(this.dataset["page"]);
    this.pages.clear();
    this.piece<HTMLElement>("tools")?.removeAttribute("hidden");
    this.loadSoon(this.shown + 1);
  }

  /** The page that is likely next; a thousand pages do not ask for it in the same instant. */
  private loadSoon(page: number) {
    clearTimeout(this.ahead);
    this.ahead = window.setTimeout(() => void this.load(page)?.catch(() => {}), this.presents ? 0 : Math.random() * spread);
  }

  /** What the server says now: of the same slides only the page is taken. */
  update(next: HTMLElement) {
    if (next.dataset["deck"] === this.dataset["deck"] && next.dataset["presents"] === this.dataset["presents"]) {
      this.pages.clear();
      const followed = this.follows();
      this.shown = Number(next.dataset["page"]);
      void this.go(followed ? this.shown : this.here);
      return;
    }
    for (const { name } of [...this.attributes]) this.removeAttribute(name);
    for (const { name, value } of [...next.attributes]) this.setAttribute(name, value);
    this.replaceChildren(...next.childNodes);
    this.begin();
  }

  private piece<T extends Element>(name: string) {
    return this.querySelector<T>(`[data-${name}]`);
  }

  private get deck() {
    return this.dataset["deck"];
  }

  private get last() {
    return Number(this.dataset["pages"]);
  }

  private follows() {
    return this.here === this.shown;
  }

  private get presents() {
    return "presents" in this.dataset;
  }

  private word(name: string, page = this.here) {
    return (this.dataset[name] ?? "").replace("{page}", String(page)).replace("{pages}", String(this.last));
  }

  /** A page's text and drawings, and its picture on its way. */
  private load(page: number): Promise<Page> | undefined {
    if (page < 1 || page > this.last) return undefined;
    let known = this.pages.get(page);
    if (!known) {
      known = fetch(`${this.dataset["base"]}/${page}`, { headers: { Accept: "application/json" } }).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json() as Promise<Page>;
      });
      this.pages.set(page, known);
      known.catch(() => this.pages.delete(page));
      const picture = new Image();
      const from = this.piece<HTMLImageElement>("picture");
      if (from) picture.sizes = from.sizes;
      picture.srcset = this.pictures(page);
    }
    return known;
  }

  private pictures(page: number) {
    const base = `${this.dataset["base"]}/${page}`;
    const slow = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
    const light = slow?.saveData || /2g/.test(slow?.effectiveType ?? "");
    return light ? `${base}/small 640w` : `${base}/small 640w, ${base}/large 1280w`;
  }

  private async go(page: number) {
    if (page < 1 || page > this.last) return;
    this.here = page;
    this.showState();
    try {
      const data = await this.load(page);
      if (data && this.here === page) this.show(data);
      this.loadSoon(page + 1);
    } catch {
      const line = this.piece("state-line");
      if (line) line.textContent = this.dataset["wordFailed"] ?? "";
    }
  }

  private show(page: Page) {
    const picture = this.piece<HTMLImageElement>("picture");
    const name = this.word("wordPlace", page.page) + (page.headline ? ` : ${page.headline}` : "");
    if (picture) {
      picture.width = page.width;
      picture.height = page.height;
      picture.alt = name;
      picture.srcset = this.pictures(page.page);
      picture.src = `${this.dataset["base"]}/${page.page}/large`;
    }
    const text = this.piece("text");
    if (text) text.textContent = page.text || (this.dataset["wordNoText"] ?? "");
    const place = this.piece("place");
    if (place) place.textContent = this.word("wordPlace", page.page);
    const said = this.piece("page-said");
    if (said) said.textContent = name;
    const ink = this.piece<SVGElement>("ink");
    ink?.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
    ink?.replaceChildren(...page.strokes.map((stroke) => this.line(stroke.points, stroke.id, page)));
  }

  /** Buttons and words that depend on which page is here and which is shown. */
  private showState() {
    for (const [name, page] of [["previous", this.here - 1], ["next", this.here + 1]] as const) {
      const link = this.querySelector<HTMLAnchorElement>(`[data-leaf=${name}]`);
      if (link) link.hidden = page < 1 || page > this.last;
      const button = this.querySelector<HTMLButtonElement>(`[data-turn=${name}] button`);
      const field = this.querySelector<HTMLInputElement>(`[data-turn=${name}] [name=page]`);
      if (button) button.disabled = page < 1 || page > this.last;
      if (field) field.value = String(page);
    }
    const follow = this.piece<HTMLElement>("follow");
    if (follow) {
      if (this.follows() && document.activeElement === follow) this.piece<HTMLElement>("frame")?.focus({ preventScroll: true });
      follow.hidden = this.follows();
    }
    const line = this.piece("state-line");
    if (line) line.textContent = this.follows() ? "" : (this.dataset["wordAlone"] ?? "");
  }

  private turned(to: { deck: string; page: number }) {
    if (to.deck !== this.deck) return;
    const followed = this.follows();
    this.shown = to.page;
    if (followed) void this.go(to.page);
    else {
      this.showState();
      this.loadSoon(to.page);
    }
  }

  /** The presenter turns the page for everybody, a follower for themselves. */
  private leaf(page: number) {
    if (page < 1 || page > this.last || page === this.here) return;
    if (this.presents) {
      this.shown = page;
      void this.send("page", { page: String(page) });
    }
    void this.go(page);
  }

  private async send(act: string, fields: Record<string, string>) {
    try {
      const body = new URLSearchParams({ deck: this.deck ?? "", page: String(this.here), ...fields });
      const answer = await fetch(`${this.dataset["send"]}/${act}`, { method: "POST", headers: { Accept: "application/json" }, body });
      if (!answer.ok) throw new Error(((await answer.json()) as { error?: string }).error);
    } catch (error) {
      const line = this.piece("state-line");
      if (line && act !== "pointer") line.textContent = (error instanceof Error && error.message) || (this.dataset["wordFailed"] ?? "");
    }
  }

  private clicked = (event: Event) => {
    const at = event.target as Element;
    const leaf = at.closest<HTMLElement>("[data-leaf]")?.dataset["leaf"];
    if (leaf && this.closest("meeting-live")) {
      event.preventDefault();
      this.leaf(this.here + (leaf === "next" ? 1 : -1));
    }
    if (at.closest("[data-follow]")) void this.go(this.shown);
    if (at.closest("[data-erase]")) void this.send("erase", {});
  };

  private submit = (event: SubmitEvent) => {
    const turn = (event.target as HTMLElement).dataset["turn"];
    if (!turn || !this.closest("meeting-live")) return;
    event.preventDefault();
    event.stopPropagation();
    this.leaf(this.here + (turn === "next" ? 1 : -1));
  };

  private key = (event: KeyboardEvent) => {
    if (event.target !== this.piece("frame") || event.ctrlKey || event.altKey || event.metaKey) return;
    const [dx, dy] = ({ ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] } as Record<string, [number, number]>)[event.key] ?? [0, 0];
    if (event.shiftKey && this.tool() === "pointer" && (dx || dy)) {
      this.point = [clamp(this.point[0] + dx), clamp(this.point[1] + dy)];
      this.tell(this.point.join(","));
      event.preventDefault();
      return;
    }
    const to = { ArrowRight: this.here + 1, PageDown: this.here + 1, ArrowLeft: this.here - 1, PageUp: this.here - 1, Home: 1, End: this.last }[event.key];
    if (to === undefined || event.shiftKey) return;
    event.preventDefault();
    this.leaf(to);
  };

  private tool() {
    return this.querySelector<HTMLInputElement>("[name=stage-tool]:checked")?.value ?? "none";
  }

  private tooled = () => {
    this.piece("frame")?.classList.toggle("stage-drawing", this.tool() !== "none");
    if (this.tool() !== "pointer") this.tell("");
  };

  private draw = (event: PointerEvent) => {
    const frame = this.piece<HTMLElement>("frame");
    const tool = this.tool();
    if (!frame || tool === "none" || !frame.contains(event.target as Node)) return;
    const box = this.piece<HTMLElement>("picture")?.getBoundingClientRect();
    if (!box) return;
    this.point = [clamp(((event.clientX - box.left) / box.width) * 1000), clamp(((event.clientY - box.top) / box.height) * 1000)];
    const point = this.point.join(",");
    if (tool === "pointer") {
      this.tell(event.type === "pointerleave" && event.target === frame ? "" : point);
      return;
    }
    if (event.type === "pointerdown") {
      event.preventDefault();
      frame.focus({ preventScroll: true });
      frame.setPointerCapture(event.pointerId);
      this.drawing = [point];
    } else if (this.drawing.length && event.type === "pointermove") {
      if (tool === "line") this.drawing.splice(1);
      if (this.drawing.length < 499) this.drawing.push(point);
      this.sketch();
    } else if (this.drawing.length && event.type === "pointerup") {
      const points = this.drawing.length > 1 ? this.drawing : [point, point];
      this.drawing = [];
      void this.send("stroke", { points: points.join(" ") });
    } else if (event.type === "pointercancel") {
      this.drawing = [];
      this.sketch();
    }
  };

  /** The line being drawn, before everybody has it. */
  private async sketch() {
    const ink = this.piece<SVGElement>("ink");
    const page = await this.load(this.here);
    ink?.querySelector("[data-sketch]")?.remove();
    if (!ink || !page || !this.drawing.length) return;
    const line = this.line(this.drawing.join(" "), "", page);
    line.setAttribute("data-sketch", "");
    ink.append(line);
  }

  private line(points: string, id: string, page: Page) {
    const line = document.createElementNS(svg, "polyline");
    const scaled = points.split(" ").map((point) => {
      const [x, y] = point.split(",").map(Number);
      return `${Math.round(((x ?? 0) * page.width) / 1000)},${Math.round(((y ?? 0) * page.height) / 1000)}`;
    });
    line.setAttribute("points", scaled.join(" "));
    if (id) line.setAttribute("data-stroke", id);
    return line;
  }

  private async stroke(s: Stroke & { deck: string; page: number }) {
    if (s.deck !== this.deck) return;
    const page = this.pages.has(s.page) || s.page === this.here ? await this.load(s.page)?.catch(() => undefined) : undefined;
    if (!page) return;
    if (!page.strokes.some((known) => known.id === s.id)) page.strokes.push(s);
    if (this.here !== s.page) return;
    const ink = this.piece<SVGElement>("ink");
    ink?.querySelector("[data-sketch]")?.remove();
    if (ink && !ink.querySelector(`[data-stroke="${s.id}"]`)) ink.append(this.line(s.points, s.id, page));
  }

  private erased(e: { deck: string; page: number }) {
    if (e.deck !== this.deck) return;
    this.pages.delete(e.page);
    if (this.here === e.page) this.piece("ink")?.replaceChildren();
  }

  /** Tells everybody where the pointer is, a few times a second, the last place at the end. */
  private tell(point: string) {
    this.showPointer(point);
    clearTimeout(this.timer);
    const wait = point ? Math.max(0, pointerEvery - (performance.now() - this.pointed)) : 0;
    this.timer = window.setTimeout(() => {
      this.pointed = performance.now();
      void this.send("pointer", { at: point });
    }, wait);
  }

  private showPointer(point: string) {
    const ink = this.piece<SVGElement>("ink");
    let dot = ink?.querySelector("circle");
    if (!ink || !point || !this.follows()) {
      dot?.remove();
      return;
    }
    const [, , width = 0, height = 0] = (ink.getAttribute("viewBox") ?? "").split(" ").map(Number);
    const [x = 0, y = 0] = point.split(",").map(Number);
    if (!dot) {
      dot = document.createElementNS(svg, "circle");
      ink.append(dot);
    }
    dot.setAttribute("r", String(Math.round(width / 90)));
    dot.setAttribute("cx", String((x * width) / 1000));
    dot.setAttribute("cy", String((y * height) / 1000));
  }
}
customElements.define("stage-slides", StageSlides);

function clamp(n: number) {
  return Math.round(Math.min(1000, Math.max(0, n)));
}

class StageClock extends HTMLElement {
  private timer = 0;

  connectedCallback() {
    const ends = performance.now() + Number(this.dataset["left"]);
    const show = () => {
      const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
      const clock = this.querySelector("[data-clock]");
      if (clock) clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      this.classList.toggle("stage-clock-over", left === 0);
      if (left > 0) return;
      clearInterval(this.timer);
      this.say(this.dataset["over"] ?? "");
    };
    this.say(this.textContent?.replace(/\s+/g, " ").trim() ?? "");
    this.timer = window.setInterval(show, 500);
    show();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  private say(text: string) {
    const place = this.querySelector("[data-clock-said]");
    if (place) place.textContent = text;
  }
}
customElements.define("stage-clock", StageClock);
