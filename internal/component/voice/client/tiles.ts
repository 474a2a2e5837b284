import type { Participant, Track } from "livekit-client";
import type { VoiceRoom } from "../voice";

/** How many people a gallery shows. */
export const mostTiles = 24;

/** A place of the stage. */
export interface Place {
  key: string;
  role: string; // a word's key, "" for none
  who: string;
  name: string;
  empty: string; // what is said where nobody is
  note?: string;
  screen?: boolean;
  participant?: Participant | undefined;
  video: Track | null; // what is shown
  mine: boolean;
  speaks: boolean;
  voice: "open" | "closed" | "";
}

interface Tile {
  element: HTMLElement;
  video: HTMLVideoElement | null;
  shown: Track | null;
}

/** The stage: each place keeps its element, so that nothing moves under the reader. */
export class Tiles {
  private tiles = new Map<string, Tile>();
  private template: HTMLTemplateElement;

  constructor(
    private host: VoiceRoom,
    private mute: (who: string) => void,
  ) {
    this.template = host.querySelector("template")!;
  }

  draw(places: Place[]) {
    const list = this.host.piece("stage");
    const shown = places.slice(0, mostTiles);
    const wanted = new Set(shown.map((p) => p.key));
    for (const [key, tile] of this.tiles) {
      if (wanted.has(key)) continue;
      if (tile.video) tile.shown?.detach(tile.video);
      tile.element.remove();
      this.tiles.delete(key);
    }
    shown.forEach((place, i) => {
      let tile = this.tiles.get(place.key);
      if (!tile) {
        const element = (this.template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
        tile = { element, video: null, shown: null };
        this.tiles.set(place.key, tile);
        element.querySelector("[data-do=mute]")?.addEventListener("click", () => this.mute(element.dataset["who"] ?? ""));
      }
      if (list.children[i] !== tile.element) list.insertBefore(tile.element, list.children[i] ?? null);
      this.fill(tile, place);
    });
    list.classList.toggle("voice-gallery", this.host.stage.gallery);
    list.hidden = false;
  }

  /** Lets go of everything. */
  clear() {
    this.draw([]);
    this.host.piece("stage").hidden = true;
  }

  private fill(tile: Tile, place: Place) {
    const e = tile.element;
    const word = (key: string, args = {}) => this.host.word(key, args);
    e.dataset["who"] = place.who;
    e.dataset["place"] = place.key;
    e.classList.toggle("voice-speaking", place.speaks);
    e.classList.toggle("voice-screen", Boolean(place.screen));
    const name = place.name === "" ? place.empty : place.mine && !this.host.stage.hall ? word("you", { name: place.name }) : place.name;
    put(e, "[data-role]", place.role ? word(place.role) : "");
    put(e, "[data-name]", name);
    const doing = place.screen || place.name === "" ? "" : place.note ? place.note : place.speaks ? word("speaks") : place.voice ? word(place.voice) : "";
    put(e, "[data-doing]", doing);
    put(e, "[data-initials]", initials(place.name));
    const mute = e.querySelector<HTMLButtonElement>("[data-do=mute]");
    if (mute) {
      mute.hidden = !this.host.stage.lead || place.mine || place.voice !== "open" || Boolean(place.screen);
      mute.textContent = word("mute");
      mute.setAttribute("aria-label", word("mute_named", { name: place.name }));
    }
    this.show(tile, place);
  }

  private show(tile: Tile, place: Place) {
    if (tile.shown === place.video) return;
    if (tile.video) {
      tile.shown?.detach(tile.video);
      tile.video.remove();
      tile.video = null;
    }
    tile.shown = place.video;
    if (!place.video) return;
    const video = document.createElement("video");
    video.autoplay = video.muted = video.playsInline = true;
    video.className = place.mine && !place.screen ? "voice-mirror" : "";
    video.setAttribute("aria-hidden", "true"); // the name and what they do are beside it
    tile.element.querySelector(".voice-picture")?.append(video);
    tile.video = video;
    place.video.attach(video);
  }
}

function put(element: HTMLElement, selector: string, text: string) {
  const place = element.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}

/** The first letters of the first and the last name. */
function initials(name: string): string {
  const parts = name.split(/\s+/).filter(Boolean);
  const first = parts[0]?.[0] ?? "";
  return (first + (parts.length > 1 ? parts[parts.length - 1]![0] : "")).toUpperCase();
}
