import type { VoiceRoom } from "../voice";

/** How long one waits before asking for a sound that was cut. */
const again = 3000;

/** The plenary's sound, without entering the room: an audio element that any browser plays. */
export class Radio {
  private box: HTMLElement | null;
  private audio: HTMLAudioElement | null;
  private timer = 0;
  on = false;

  constructor(private host: VoiceRoom) {
    this.box = host.querySelector("[data-part=listen]");
    this.audio = this.box?.querySelector("audio") ?? null;
    this.audio?.addEventListener("error", () => this.cut());
    this.audio?.addEventListener("ended", () => this.cut());
    this.audio?.addEventListener("playing", () => this.on && host.note(host.word("listening")));
  }

  start() {
    if (!this.box || !this.audio) return;
    this.box.hidden = false;
    if (!this.audio.canPlayType('audio/ogg; codecs="opus"')) return this.host.note(this.host.word("listen_none"));
    this.on = true;
    this.ask();
  }

  stop() {
    this.on = false;
    clearTimeout(this.timer);
    this.audio?.removeAttribute("src");
    this.audio?.load();
    if (this.box) this.box.hidden = true;
  }

  private ask() {
    this.audio!.src = this.audio!.dataset["sound"]!;
    void this.audio!.play().catch(() => {}); // the browser wants a click: its own button is there
  }

  private cut() {
    if (!this.on) return;
    this.host.note(this.host.word("listen_again"));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.on && this.ask(), again);
  }
}
