// <voice-room> is a room in which people hear and see each other. It is never replaced while one is
// in it: the page hands it what the server says now (update). What carries voice and video is fetched
// when one enters, so that the page stays light.
import type { Call } from "./client/call";
import { Radio } from "./client/radio";

/** Somebody on the stage; id is "" for who has never entered. */
export interface Face {
  id: string;
  name: string;
  written?: boolean;
}

/** What the server says of the room (data-state). */
export interface Stage {
  place: string;
  up: boolean;
  off?: boolean; // there is no voice here, ever
  enter: boolean;
  listen: boolean;
  banned: boolean;
  away: boolean;
  lead: boolean;
  part: boolean;
  hall?: boolean;
  gallery: boolean;
  cameras: boolean;
  locked: boolean;
  me: string;
  chairs: Face[] | null;
  speaker: Face | null;
  next: Face | null;
}

export class VoiceRoom extends HTMLElement {
  stage = {} as Stage;
  private words: Record<string, string> = {};
  private call: Call | null = null;
  private radio: Radio | null = null;
  private entering = false;
  private wasDown = false;

  connectedCallback() {
    this.words = JSON.parse(this.dataset["words"] ?? "{}") as Record<string, string>;
    this.stage = JSON.parse(this.dataset["state"] ?? "{}") as Stage;
    this.wasDown = !this.stage.up;
    this.querySelectorAll("noscript").forEach((element) => element.remove());
    this.button("enter").addEventListener("click", this.enter);
    this.button("listen").addEventListener("click", this.listen);
    this.radio = new Radio(this);
    this.rest();
  }

  disconnectedCallback() {
    this.call?.leave();
    this.call = null;
    this.radio?.stop();
    this.button("enter").removeEventListener("click", this.enter);
    this.button("listen").removeEventListener("click", this.listen);
  }

  /** Called by the page with what the server says now. */
  update(next: HTMLElement) {
    const text = next.dataset["state"] ?? "{}";
    if (text === this.dataset["state"]) return;
    this.dataset["state"] = text;
    this.stage = JSON.parse(text) as Stage;
    if (this.call && (this.stage.away || this.stage.banned)) this.ended(this.stage.away ? "away" : "banned");
    else if (this.call) this.call.changed();
    else this.rest();
  }

  /** What a word says, with its arguments. */
  word(key: string, args: Record<string, string | number> = {}): string {
    return (this.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(args[name] ?? ""));
  }

  piece(name: string): HTMLElement {
    return this.querySelector<HTMLElement>(`[data-part=${name}]`)!;
  }

  button(act: string): HTMLButtonElement {
    return this.querySelector<HTMLButtonElement>(`[data-do=${act}]`)!;
  }

  /** The one sentence that says how things stand; screen readers are told when it changes. */
  note(text: string) {
    const place = this.piece("note");
    if (place.textContent !== text) place.textContent = text;
  }

  /** Told to screen readers alone. */
  say(text: string) {
    this.piece("said").textContent = text;
  }

  /** Called when the call is over for good; key is the word that says why. */
  ended(key: string, sentence?: string) {
    this.call?.leave();
    this.call = null;
    this.rest();
    this.note(sentence ?? this.word(key));
  }

  /** The room as it looks from outside. */
  private rest() {
    const s = this.stage;
    const back = this.wasDown && s.up;
    this.wasDown = !s.up;
    for (const name of ["stage", "heard", "network", "more"]) this.piece(name).hidden = true;
    this.querySelectorAll<HTMLElement>(".voice-acts [data-do]").forEach((element) => (element.hidden = true));
    const may = s.enter && s.up && !s.banned && !s.away;
    if (!may || !s.listen) this.radio?.stop();
    this.button("enter").hidden = !may;
    this.button("listen").hidden = !may || !s.listen || Boolean(s.hall) || Boolean(this.radio?.on);
    if (this.radio?.on) return;
    this.note(this.word(s.off ? "off" : !s.up ? "down" : s.banned ? "banned" : s.away ? "away" : !s.enter ? "sign_in" : back ? "back" : s.hall ? "ready_hall" : s.gallery ? "ready_open" : s.part ? "ready_part" : "ready"));
  }

  private enter = () => {
    if (!this.entering) void this.begin();
  };

  private listen = () => {
    this.button("listen").hidden = true;
    this.radio?.start();
    this.querySelector("audio")?.focus();
  };

  private async begin() {
    this.entering = true;
    this.radio?.stop();
    const had = this.contains(document.activeElement);
    this.note(this.word("entering"));
    try {
      const { Call } = await import("./client/call");
      const call = new Call(this);
      this.call = call;
      const refused = await call.enter();
      if (refused !== null) this.ended("failed", refused || undefined);
      else if (had && !this.contains(document.activeElement)) this.button(call.mayOpen() ? "microphone" : "leave").focus();
    } catch {
      this.ended(this.stage.listen ? "listen_instead" : "failed");
    } finally {
      this.entering = false;
    }
  }
}
customElements.define("voice-room", VoiceRoom);
