import { chosen, fill, keep } from "./devices";
import { Level } from "./level";

/** How loud a voice must be, of 10 tokens, and for how many looks, to be one. */
const loud = 3;
const looks = 5;
const recordFor = 4000;

/** What is tried in the rehearsal room, step by step; each result goes to the server. */
export class Rehearsal {
  private words: Record<string, string>;
  private sound: MediaStream | null = null;
  private picture: MediaStream | null = null;
  private level: Level | null = null;
  private heardFor = 0;
  private context: AudioContext | null = null;

  constructor(private host: HTMLElement) {
    this.words = JSON.parse(host.dataset["words"] ?? "{}") as Record<string, string>;
    for (const [act, fn] of Object.entries(this.acts)) this.button(act)?.addEventListener("click", () => void fn());
    for (const act of ["microphone", "camera", "no-camera", "network"]) this.show(act);
    host.querySelectorAll<HTMLSelectElement>("select[data-device]").forEach((list) =>
      list.addEventListener("change", () => {
        keep(list.dataset["device"] as "audioinput" | "videoinput", list.value);
        void (list.dataset["device"] === "audioinput" ? this.microphone() : this.camera());
      }),
    );
  }

  stop() {
    this.level?.stop();
    for (const stream of [this.sound, this.picture]) stream?.getTracks().forEach((track) => track.stop());
    void this.context?.close();
  }

  private acts: Record<string, () => unknown> = {
    microphone: () => this.microphone(),
    record: () => this.record().catch(() => this.result("hear", false, "not_heard")),
    heard: () => this.result("hear", true),
    "not-heard": () => this.result("hear", false, "not_heard"),
    camera: () => this.camera(),
    seen: () => this.result("camera", true),
    "no-camera": () => {
      this.picture?.getTracks().forEach((track) => track.stop());
      this.piece("picture").hidden = true;
      return this.result("camera", true, "", "without_camera");
    },
    network: () => this.network(),
  };

  // --- the steps

  private async microphone() {
    const id = chosen("audioinput");
    this.level?.stop();
    this.sound?.getTracks().forEach((track) => track.stop());
    try {
      this.sound = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(id ? { deviceId: { ideal: id } } : {}) } });
    } catch (error) {
      return this.result("microphone", false, trouble(error));
    }
    await this.list("audioinput");
    this.piece("microphones").hidden = this.piece("level").hidden = false;
    this.said("microphone", "speak");
    this.heardFor = 0;
    this.context ??= new AudioContext();
    await this.context.resume();
    this.level = new Level(this.context, this.sound, (n) => this.loudness(n));
  }

  /** Draws how loud the voice is, as so many tokens of ten. */
  private loudness(n: number) {
    const meter = this.piece("level").querySelector("svg");
    if (!meter) return;
    meter.setAttribute("aria-valuenow", String(n));
    [...meter.children].forEach((token, i) => token.setAttribute("class", i < n ? "token-on" : "token"));
    if (n >= loud && this.heardFor <= looks && ++this.heardFor === looks) {
      this.show("record");
      void this.result("microphone", true);
    }
  }

  /** Records a few seconds here, and plays them back: nothing leaves the device. */
  private async record() {
    if (!this.sound || !this.context) return;
    this.said("hear", "recording");
    const pieces: Blob[] = [];
    const recorder = new MediaRecorder(this.sound);
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    const ended = new Promise((done) => recorder.addEventListener("stop", done));
    recorder.start();
    await wait(recordFor);
    recorder.stop();
    await ended;
    this.said("hear", "playing");
    const source = this.context.createBufferSource();
    source.buffer = await this.context.decodeAudioData(await new Blob(pieces).arrayBuffer());
    source.connect(this.context.destination);
    const played = new Promise((done) => source.addEventListener("ended", done));
    source.start();
    await played;
    this.said("hear", "did_you_hear");
    this.show("heard");
    this.show("not-heard");
  }

  private async camera() {
    const id = chosen("videoinput");
    this.picture?.getTracks().forEach((track) => track.stop());
    try {
      this.picture = await navigator.mediaDevices.getUserMedia({ video: id ? { deviceId: { ideal: id } } : true });
    } catch (error) {
      return this.result("camera", false, trouble(error));
    }
    await this.list("videoinput");
    const video = document.createElement("video");
    video.autoplay = video.muted = video.playsInline = true;
    video.className = "voice-mirror";
    video.setAttribute("aria-label", this.words["preview"] ?? "");
    video.srcObject = this.picture;
    this.piece("picture").replaceChildren(video);
    this.piece("cameras").hidden = this.piece("picture").hidden = false;
    this.said("camera", "do_you_see");
    this.show("seen");
  }

  /** The voice goes to the server and comes back: what is lost on the way is measured. */
  private async network() {
    this.said("network", "measuring");
    try {
      const { measure } = await import("./mirror");
      const found = await measure(`${this.host.dataset["path"]}/mirror`, this.sound);
      await this.result("network", found.loss < 100 && found.trip < 1000, `${found.trip} ${found.loss} ${found.jitter}`, "", found.text(this.words));
    } catch {
      await this.result("network", false, "no_line");
    }
  }

  // --- what is said and kept

  private async result(step: string, passed: boolean, note = "", word = passed ? "ok_" + step : note, sentence = this.words[word] ?? "") {
    const body = new URLSearchParams({ step, passed: passed ? "1" : "0", note });
    const answer = await fetch(`${this.host.dataset["path"]}/step`, { method: "POST", headers: { Accept: "application/json" }, body }).catch(() => null);
    const card = this.card(step);
    const kept = Boolean(answer?.ok);
    card.querySelector("[data-said]")!.textContent = kept ? sentence : (this.words["not_kept"] ?? "");
    if (kept) card.querySelector(".tag")!.textContent = (passed ? "✓ " : "") + (this.words[passed ? "passed" : "failed"] ?? "");
  }

  private said(step: string, word: string) {
    this.card(step).querySelector("[data-said]")!.textContent = this.words[word] ?? "";
  }

  private card(step: string) {
    return this.host.querySelector<HTMLElement>(`[data-step=${step}]`)!;
  }

  private piece(name: string) {
    return this.host.querySelector<HTMLElement>(`[data-piece=${name}]`)!;
  }

  private button(act: string) {
    return this.host.querySelector<HTMLElement>(`[data-do=${act}]`);
  }

  private show(act: string) {
    const button = this.button(act);
    if (button) button.hidden = false;
  }

  private list(kind: "audioinput" | "videoinput") {
    const list = this.host.querySelector<HTMLSelectElement>(`select[data-device=${kind}]`)!;
    return fill(list, kind, (key, args) => (this.words[key] ?? key).replace("{n}", String(args?.["n"] ?? "")));
  }
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

function trouble(error: unknown): string {
  return error instanceof DOMException && (error.name === "NotFoundError" || error.name === "OverconstrainedError") ? "none" : "refused";
}
