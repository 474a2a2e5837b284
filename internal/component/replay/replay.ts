// <replay-player> plays a session again. Its clock drives everything: while a voice sounds it is that
// of the sound, otherwise it runs by itself.

interface Line {
  At: number;
  Text: string;
}
interface Sound {
  Src: string;
  At: number;
  Lasts: number;
}
interface Talk {
  At: number;
  Took: number;
  Name: string;
  Sounds: Sound[] | null;
}
interface Slide {
  At: number;
  Src: string;
  Alt: string;
  Title: string;
  Text: string;
}
interface Course {
  Lasts: number;
  Talks: Talk[] | null;
  Slides: Slide[] | null;
  Chapters: Line[] | null;
  Events: Line[] | null;
  Captions: Record<string, Line[]>;
}

const captionStays = 7000;
const eventStays = 8000;

/** The last of a list that has begun. */
function last<T extends { At: number }>(list: T[] | null | undefined, at: number): T | undefined {
  return list?.filter((one) => one.At <= at).at(-1);
}

/** 1:05, or 1:02:05. */
function clock(ms: number): string {
  const s = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

class ReplayPlayer extends HTMLElement {
  private course!: Course;
  private at = 0;
  private playing = false;
  private ticked = 0;
  private timer = 0;
  private sounding: Sound | undefined;
  private failed = new Set<string>();

  connectedCallback() {
    this.course = JSON.parse(this.dataset["timeline"] ?? "{}") as Course;
    this.piece("box").hidden = false;
    this.piece("box").addEventListener("click", this.pressed);
    this.piece("range").addEventListener("input", this.slid);
    this.piece("speed").addEventListener("change", this.sped);
    this.querySelector("[data-part=tongue]")?.addEventListener("change", () => this.draw());
    this.sound.addEventListener("error", this.silent);
    for (const time of document.querySelectorAll<HTMLElement>(".replay-time[data-at]")) this.link(time);
    const asked = /^#t=(\d+)$/.exec(location.hash);
    this.move(asked ? Number(asked[1]) * 1000 : 0);
  }

  disconnectedCallback() {
    this.pause();
  }

  private piece<E extends HTMLElement = HTMLElement>(name: string): E {
    return this.querySelector<E>(`[data-part=${name}]`)!;
  }

  private get sound() {
    return this.piece<HTMLAudioElement>("sound");
  }

  private get speed() {
    return Number(this.piece<HTMLSelectElement>("speed").value);
  }

  /** Makes of a time in the page a button that leads to it. */
  private link(time: HTMLElement) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = time.className;
    button.textContent = time.textContent;
    button.setAttribute("aria-label", (this.dataset["go"] ?? "").replace("{at}", time.textContent ?? ""));
    button.addEventListener("click", () => {
      this.move(Number(time.dataset["at"]));
      this.play();
      this.scrollIntoView({ block: "nearest" });
    });
    time.replaceWith(button);
  }

  private pressed = (event: Event) => {
    const act = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset["do"];
    if (act === "play") this.playing ? this.pause() : this.play();
    else if (act) this.leap(act === "next" ? 1 : -1);
  };

  /** To the speech before this one, or after it. */
  private leap(by: 1 | -1) {
    const talks = this.course.Talks ?? [];
    const to = by > 0 ? talks.find((t) => t.At > this.at) : talks.filter((t) => t.At < this.at - 2000).at(-1);
    if (to) this.move(to.At);
    else if (by < 0) this.move(0);
  }

  private slid = () => this.move(Number(this.piece<HTMLInputElement>("range").value));
  private sped = () => (this.sound.playbackRate = this.speed);

  private move(to: number) {
    this.at = Math.max(0, Math.min(to, this.course.Lasts));
    this.sounding = undefined;
    this.sound.pause();
    this.follow();
    this.draw();
  }

  private play() {
    if (this.at >= this.course.Lasts) this.at = 0;
    this.playing = true;
    this.ticked = performance.now();
    window.clearInterval(this.timer);
    this.timer = window.setInterval(() => this.tick(), 200);
    this.sounding = undefined;
    this.follow();
    this.draw();
  }

  private pause() {
    this.playing = false;
    window.clearInterval(this.timer);
    this.sound.pause();
    if (this.isConnected) this.draw();
  }

  private tick() {
    const now = performance.now();
    const heard = this.sounding && !this.sound.paused && !this.sound.ended && this.sound.readyState > 1;
    if (heard) this.at = this.sounding!.At + this.sound.currentTime * 1000;
    else if (!this.sounding || this.sound.ended || this.failed.has(this.sounding.Src)) this.at += (now - this.ticked) * this.speed;
    this.ticked = now;
    if (this.at >= this.course.Lasts) {
      this.at = this.course.Lasts;
      this.pause();
      return;
    }
    this.follow();
    this.draw();
  }

  /** Sounds what was recorded of this moment, from its place. */
  private follow() {
    const sounds = (this.course.Talks ?? []).flatMap((t) => t.Sounds ?? []);
    const wanted = sounds.find((s) => s.At <= this.at && this.at < s.At + s.Lasts && !this.failed.has(s.Src));
    if (wanted === this.sounding) return;
    this.sounding = wanted;
    if (!wanted) {
      this.sound.pause();
      return;
    }
    if (this.sound.getAttribute("src") !== wanted.Src) this.sound.src = wanted.Src;
    this.sound.currentTime = (this.at - wanted.At) / 1000;
    this.sound.playbackRate = this.speed;
    if (this.playing) this.sound.play().catch(() => {}); // moved on meanwhile, or silent() says why
  }

  private silent = () => {
    if (!this.sounding) return;
    this.failed.add(this.sounding.Src);
    this.sounding = undefined;
    this.piece("said").textContent = this.dataset["failed"] ?? "";
  };

  private draw() {
    const { at } = this;
    this.text("now", clock(at));
    const range = this.piece<HTMLInputElement>("range");
    range.value = String(at);
    const talk = last(this.course.Talks, at);
    const speaks = talk && at < talk.At + talk.Took ? talk : undefined;
    const item = last(this.course.Chapters, at)?.Text ?? "";
    range.setAttribute("aria-valuetext", [clock(at), speaks?.Name, item].filter(Boolean).join(", "));
    this.text("who", speaks ? speaks.Name + (speaks.Sounds?.length ? "" : ` (${this.dataset["unrecorded"]})`) : (this.dataset["nobody"] ?? ""));
    this.text("item", item);
    const event = last(this.course.Events, at);
    this.text("event", event && at < event.At + eventStays ? event.Text : "");
    const tongue = this.querySelector<HTMLSelectElement>("[data-part=tongue]")?.value ?? "";
    const line = last(this.course.Captions[tongue], at);
    this.text("caption", line && at < line.At + captionStays ? line.Text : "");
    this.slide(last(this.course.Slides, at));
    const button = this.querySelector<HTMLElement>("[data-do=play]")!;
    const label = this.dataset[this.playing ? "pause" : "play"] ?? "";
    if (button.textContent !== label) button.textContent = label;
  }

  private text(part: string, text: string) {
    const place = this.piece(part);
    if (place.textContent !== text) place.textContent = text;
  }

  private slide(slide: Slide | undefined) {
    const picture = this.piece<HTMLImageElement>("picture");
    const src = slide?.Src ?? "";
    picture.hidden = !src;
    if (src && picture.getAttribute("src") !== src) {
      picture.src = src;
      picture.alt = slide!.Alt;
    }
    this.piece("blank").hidden = Boolean(src);
    this.text("blank", slide?.Title ?? "");
    this.piece("words").hidden = !slide?.Text;
    this.text("text", slide?.Text ?? "");
  }
}

customElements.define("replay-player", ReplayPlayer);
