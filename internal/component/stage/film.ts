// <stage-film> keeps a film where everybody's is: the server's clock says where that is, a player
// that is a little off runs a little faster or slower, one that is far off jumps.
import { listen } from "../../../web/session";

interface Place {
  film: string;
  playing: boolean;
  position: number; // milliseconds, at
  at: number; // of the server's clock
}

const near = 0.15; // seconds off that nobody hears
const far = 0.8; // seconds off from which the film jumps

class StageFilm extends HTMLElement {
  private place?: Place;
  private offset = 0; // of the server's clock from ours
  private stop = () => {};
  private timer = 0;
  private seeking = false;

  connectedCallback() {
    this.stop = listen(this, "stage-film", (data) => {
      const place = JSON.parse(data) as Place;
      if (place.film === this.dataset["film"]) this.follow(place);
    });
    this.addEventListener("click", this.clicked);
    this.addEventListener("input", this.moved);
    this.addEventListener("change", this.moved);
    this.begin();
    this.timer = window.setInterval(() => this.keepUp(), 500);
  }

  disconnectedCallback() {
    this.stop();
    clearInterval(this.timer);
  }

  private begin() {
    const video = this.video;
    if (!video) return;
    video.controls = false;
    video.addEventListener("error", () => this.line(this.piece("state-line")?.dataset["broken"] ?? ""));
    video.addEventListener("loadedmetadata", () => this.keepUp());
    this.piece("own")?.removeAttribute("hidden");
    this.place = this.said();
    void this.measure();
  }

  /** What the server says now. */
  update(next: HTMLElement) {
    const same = next.dataset["film"] === this.dataset["film"] && next.dataset["presents"] === this.dataset["presents"];
    for (const { name } of [...this.attributes]) this.removeAttribute(name);
    for (const { name, value } of [...next.attributes]) this.setAttribute(name, value);
    if (!same) {
      this.replaceChildren(...next.childNodes);
      this.begin();
    }
    this.follow(this.said());
  }

  private said(): Place {
    const { film = "", playing, position, at } = this.dataset;
    return { film, playing: playing === "true", position: Number(position), at: Number(at) };
  }

  private piece(name: string) {
    return this.querySelector<HTMLElement>(`[data-${name}]`);
  }

  private get video() {
    return this.querySelector<HTMLVideoElement>("[data-video]");
  }

  private line(text: string) {
    const place = this.piece("state-line");
    if (place && place.textContent !== text) place.textContent = text;
  }

  /** Compares our clock with the server's: the shortest of three round trips says it best. */
  private async measure() {
    let best = Infinity;
    for (let i = 0; i < 3; i++) {
      const sent = performance.now();
      const answer = await fetch(this.dataset["time"] ?? "", { headers: { Accept: "application/json" } }).catch(() => undefined);
      if (!answer?.ok) continue;
      const { now } = (await answer.json()) as { now: number };
      const took = performance.now() - sent;
      if (took >= best) continue;
      best = took;
      this.offset = now + took / 2 - Date.now();
    }
    this.keepUp();
  }

  private follow(place: Place) {
    this.place = place;
    this.keepUp();
  }

  /** Where the film is to be, in seconds. */
  private wanted() {
    if (!this.place) return 0;
    const since = this.place.playing ? Date.now() + this.offset - this.place.at : 0;
    const wanted = Math.max(0, (this.place.position + since) / 1000);
    const length = this.video?.duration ?? NaN;
    return Number.isFinite(length) ? Math.min(wanted, length) : wanted;
  }

  private keepUp() {
    const video = this.video;
    if (!video || !this.place || video.readyState < 1) return;
    const wanted = this.wanted();
    const off = wanted - video.currentTime;
    const over = Number.isFinite(video.duration) && wanted >= video.duration - 0.05;
    const runs = this.place.playing && !over;
    if (Math.abs(off) > (runs ? far : near)) video.currentTime = wanted;
    video.playbackRate = runs && Math.abs(off) > near && Math.abs(off) <= far ? (off > 0 ? 1.06 : 0.94) : 1;
    if (runs && video.paused) void this.play(video);
    if (!runs && !video.paused) video.pause();
    this.show(video);
  }

  /** A browser that lets no sound begin by itself plays without; one click lets it be heard. */
  private async play(video: HTMLVideoElement) {
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || video.muted) return;
      video.muted = true;
      const hear = this.piece("hear");
      if (hear) hear.hidden = false;
      await video.play().catch(() => {});
    }
  }

  private show(video: HTMLVideoElement) {
    const time = this.piece("time");
    const length = Number.isFinite(video.duration) ? ` / ${clock(video.duration)}` : "";
    if (time) time.textContent = clock(video.currentTime) + length;
    const button = this.piece("do");
    const word = this.place?.playing ? button?.dataset["pause"] : button?.dataset["play"];
    if (button && word && button.textContent !== word) button.textContent = word;
    const seek = this.querySelector<HTMLInputElement>("[data-seek]");
    if (seek && !this.seeking && Number.isFinite(video.duration)) {
      seek.max = String(Math.floor(video.duration * 10));
      seek.value = String(Math.round(video.currentTime * 10));
      seek.setAttribute("aria-valuetext", clock(video.currentTime));
    }
  }

  private async tell(act: string, position: number) {
    const body = new URLSearchParams({ film: this.dataset["film"] ?? "", do: act, position: String(Math.round(position * 1000)) });
    try {
      const answer = await fetch(`${this.dataset["send"]}/film`, { method: "POST", headers: { Accept: "application/json" }, body });
      this.line(answer.ok ? "" : (((await answer.json()) as { error?: string }).error ?? ""));
    } catch {
      this.line(this.dataset["failed"] ?? "");
    }
  }

  private clicked = (event: Event) => {
    const video = this.video;
    const at = event.target as Element;
    if (!video) return;
    if (at.closest("[data-hear]")) {
      video.muted = false;
      (at.closest("[data-hear]") as HTMLElement).hidden = true;
    }
    if (at.closest("[data-do]")) {
      const ended = Number.isFinite(video.duration) && video.currentTime >= video.duration - 0.1;
      void this.tell(this.place?.playing && !ended ? "pause" : "play", ended ? 0 : video.currentTime);
    }
  };

  private moved = (event: Event) => {
    const field = event.target as HTMLInputElement;
    const video = this.video;
    if (!video) return;
    if ("volume" in field.dataset) video.volume = Number(field.value) / 100;
    if ("subtitles" in field.dataset) for (const track of video.textTracks) track.mode = field.checked ? "showing" : "hidden";
    if (!("seek" in field.dataset)) return;
    this.seeking = event.type === "input";
    if (!this.seeking) void this.tell("seek", Number(field.value) / 10);
  };
}
customElements.define("stage-film", StageFilm);

function clock(seconds: number) {
  const s = Math.floor(seconds);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}
