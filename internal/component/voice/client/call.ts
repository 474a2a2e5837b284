import { ConnectionQuality, DisconnectReason, LogLevel, Room, RoomEvent, setLogLevel, Track } from "livekit-client";
import type { LocalParticipant, LocalTrackPublication, Participant, RemoteTrack, RemoteTrackPublication } from "livekit-client";
import type { VoiceRoom } from "../voice";
import { choose, type Sent } from "./choose";
import { Devices } from "./devices";
import { Network, type Quality } from "./network";
import { places } from "./places";
import { mostTiles, Tiles } from "./tiles";

/** Voice that stays clear within 64 kb/s with all that a packet adds; silence costs next to nothing. */
const voiceRate = 24_000;

/** The number of each source in what the server of rooms grants. */
const granted: Partial<Record<Track.Source, number>> = {
  [Track.Source.Camera]: 1,
  [Track.Source.Microphone]: 2,
  [Track.Source.ScreenShare]: 3,
  [Track.Source.ScreenShareAudio]: 4,
};

setLogLevel(LogLevel.silent); // what goes wrong is said on the page

const pauses = [500, 1000, 2000, 4000, 8000, 15_000];
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Being in a room, from entering it to leaving it. */
export class Call {
  readonly room = new Room({
    adaptiveStream: true,
    dynacast: true,
    publishDefaults: { audioPreset: { maxBitrate: voiceRate }, dtx: true, red: false, stopMicTrackOnMute: true },
  });
  private tiles: Tiles;
  private network: Network;
  private devices: Devices;
  private sounds = document.createElement("div");
  private names = new Map<string, string>();
  private asking = new Set<string>();
  private recent: string[] = [];
  private low = localStorage.getItem("voice-low") === "1";
  private byHand = localStorage.getItem("voice-by-hand") === "1";
  private automatic = false; // the low mode was not chosen: the line made it
  private over = false;
  private opened = false; // the microphone, for the floor one has now
  private closing = false; // by oneself
  private open = false; // the microphone, as one wants it: it opens again after a cut
  private drawing = 0;

  constructor(private host: VoiceRoom) {
    this.tiles = new Tiles(host, (who) => void this.mute(who));
    this.network = new Network(() => this.voices(), () => this.soon(), () => this.weak());
    this.devices = new Devices(host, this.room);
    this.sounds.hidden = true;
    host.append(this.sounds);
    this.listen();
    for (const [act, fn] of Object.entries(this.acts)) host.button(act).addEventListener("click", fn);
  }

  /** Enters; resolves with null, or with the sentence that says why not. */
  async enter(): Promise<string | null> {
    // What one may send may have changed since the token was made: then one of the next second is asked for.
    const refused = await this.connect().catch(() => wait(1100).then(() => this.connect()));
    if (refused !== null) return refused.sentence;
    this.host.note(this.host.word(this.host.stage.hall ? "inside_hall" : this.host.stage.gallery || this.mayOpen() ? "inside_open" : "inside"));
    this.changed();
    return null;
  }

  leave() {
    this.over = true;
    this.network.stop();
    this.devices.stop();
    clearTimeout(this.drawing);
    for (const [act, fn] of Object.entries(this.acts)) this.host.button(act).removeEventListener("click", fn);
    void this.room.disconnect();
    this.tiles.clear();
    this.sounds.remove();
  }

  /** Called when the server says something new of the room. */
  changed() {
    this.floor();
    this.soon();
  }

  /** Whether the microphone may be open now. */
  mayOpen(): boolean {
    return this.may(Track.Source.Microphone);
  }

  // --- the line

  private async connect(): Promise<{ sentence: string; forGood: boolean } | null> {
    const body = new URLSearchParams({ place: this.host.stage.place, ...(this.host.stage.hall ? { hall: "1" } : {}) });
    const answer = await fetch(`${this.host.dataset["path"]}/enter`, { method: "POST", headers: { Accept: "application/json" }, body });
    const said = (await answer.json()) as { error?: string; token?: string; identity?: string };
    if (!answer.ok || !said.token) return { sentence: said.error ?? "", forGood: answer.status === 403 || answer.status === 404 };
    this.host.stage.me = said.identity ?? "";
    await this.room.connect(new URL("/rooms", location.href).href, said.token, { autoSubscribe: false });
    if (this.over) void this.room.disconnect();
    return null;
  }

  /** Comes back by itself after a cut, with a token of the moment, as long as it takes. */
  private async comeBack() {
    this.host.note(this.host.word("lost"));
    for (let n = 0; !this.over; n++) {
      await wait(pauses[Math.min(n, pauses.length - 1)]! * (0.75 + Math.random() / 2));
      if (this.over) return;
      try {
        const refused = await this.connect();
        if (refused?.forGood) return this.host.ended("failed", refused.sentence);
        if (refused === null) return this.back();
      } catch {
        // the line is still cut: the next time may do
      }
    }
  }

  private back() {
    this.opened = false;
    this.host.note(this.host.word("again"));
    this.changed();
    if (this.open && !this.opened && this.mayOpen() && !this.isOn(Track.Source.Microphone)) void this.openMicrophone("mic_open");
  }

  private listen() {
    const soon = () => this.soon();
    const r = this.room;
    for (const event of [RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.TrackPublished, RoomEvent.TrackUnpublished,
      RoomEvent.TrackUnmuted, RoomEvent.LocalTrackPublished, RoomEvent.TrackStreamStateChanged, RoomEvent.AudioPlaybackStatusChanged] as const) r.on(event, soon);
    r.on(RoomEvent.LocalTrackUnpublished, soon);
    r.on(RoomEvent.TrackMuted, (_, who) => this.muted(who));
    r.on(RoomEvent.TrackSubscribed, (track) => this.subscribed(track));
    r.on(RoomEvent.TrackUnsubscribed, (track) => this.unsubscribed(track));
    r.on(RoomEvent.ParticipantPermissionsChanged, (_, who) => who === r.localParticipant && this.permitted());
    r.on(RoomEvent.ActiveSpeakersChanged, (speakers) => this.spoke(speakers));
    r.on(RoomEvent.ConnectionQualityChanged, (quality, who) => who === r.localParticipant && this.line(quality));
    r.on(RoomEvent.Reconnecting, () => this.host.note(this.host.word("lost")));
    r.on(RoomEvent.SignalReconnecting, soon);
    r.on(RoomEvent.Reconnected, () => this.back());
    r.on(RoomEvent.Disconnected, (reason) => this.disconnected(reason));
  }

  private disconnected(reason?: DisconnectReason) {
    if (this.over) return;
    const why: Partial<Record<DisconnectReason, string>> = {
      [DisconnectReason.DUPLICATE_IDENTITY]: "elsewhere",
      [DisconnectReason.PARTICIPANT_REMOVED]: "removed",
      [DisconnectReason.ROOM_DELETED]: "over",
    };
    const word = reason !== undefined ? why[reason] : undefined;
    if (word) this.host.ended(word);
    else void this.comeBack();
  }

  private line(quality: ConnectionQuality) {
    if (quality !== ConnectionQuality.Unknown) this.network.quality = quality as string as Quality;
    this.soon();
  }

  // --- what one sends

  private get me(): LocalParticipant {
    return this.room.localParticipant;
  }

  private may(source: Track.Source): boolean {
    const p = this.me.permissions;
    return Boolean(p?.canPublish) && (p!.canPublishSources.length === 0 || p!.canPublishSources.includes(granted[source]!));
  }

  private isOn(source: Track.Source): boolean {
    const sent = this.me.getTrackPublication(source);
    return Boolean(sent && !sent.isMuted);
  }

  /** Takes back what may no longer be sent; opens the microphone of whoever has been given the floor. */
  private permitted() {
    const spoke = this.isOn(Track.Source.Microphone);
    for (const sent of [...this.me.trackPublications.values()] as LocalTrackPublication[]) {
      if (!this.may(sent.source) && sent.track) void this.me.unpublishTrack(sent.track, true);
    }
    if (!this.mayOpen()) this.open = false;
    if (spoke && !this.mayOpen()) this.host.note(this.host.word("mic_withdrawn"));
    this.floor();
    this.soon();
  }

  private floor() {
    const s = this.host.stage;
    const mine = Boolean(s.speaker?.id) && s.speaker!.id === s.me && !s.speaker!.written;
    if (!mine) this.opened = false;
    if (!mine || this.opened || !this.mayOpen()) return;
    this.opened = true;
    if (this.isOn(Track.Source.Microphone)) return;
    if (this.byHand) this.host.note(this.host.word("mic_may"));
    else void this.openMicrophone(s.hall ? "mic_open_hall" : "mic_open_floor");
  }

  private async openMicrophone(word: string) {
    try {
      await this.me.setMicrophoneEnabled(true, this.devices.microphone());
      this.open = true;
      this.host.note(this.host.word(word));
      void this.devices.list();
    } catch (error) {
      this.host.note(this.host.word(isMissing(error) ? "mic_none" : "mic_refused"));
    }
    this.soon();
  }

  private async closeMicrophone() {
    this.closing = true;
    this.open = false;
    await this.me.setMicrophoneEnabled(false);
    this.closing = false;
    this.host.note(this.host.word("mic_closed"));
    this.soon();
  }

  private async camera() {
    const on = !this.isOn(Track.Source.Camera);
    try {
      if (on) await this.me.setCameraEnabled(true, this.devices.camera());
      else await this.withdraw(Track.Source.Camera);
      void this.devices.list();
    } catch (error) {
      this.host.note(this.host.word(isMissing(error) ? "cam_none" : "cam_refused"));
    }
    this.soon();
  }

  private async screen() {
    try {
      await this.me.setScreenShareEnabled(!this.isOn(Track.Source.ScreenShare), { audio: true, contentHint: "detail" });
    } catch {
      this.host.note(this.host.word("screen_refused"));
    }
    this.soon();
  }

  private async withdraw(source: Track.Source) {
    const track = this.me.getTrackPublication(source)?.track;
    if (track) await this.me.unpublishTrack(track, true);
  }

  private muted(who: Participant) {
    if (who === this.me && !this.closing && this.mayOpen() && !this.isOn(Track.Source.Microphone) && this.me.getTrackPublication(Track.Source.Microphone)) {
      this.open = false;
      this.host.note(this.host.word("mic_muted"));
    }
    this.soon();
  }

  // --- what one receives

  /** The voices by which one's own line is judged: not of those whose own line loses them. */
  private voices(): RemoteTrack[] {
    const weak: ConnectionQuality[] = [ConnectionQuality.Poor, ConnectionQuality.Lost];
    return [...this.room.remoteParticipants.values()].filter((p) => !weak.includes(p.connectionQuality)).flatMap((p) => {
      const track = p.getTrackPublication(Track.Source.Microphone)?.track;
      return track ? [track as RemoteTrack] : [];
    });
  }

  private subscribed(track: RemoteTrack) {
    if (track.kind === Track.Kind.Audio) this.sounds.append(track.attach());
    this.soon();
  }

  private unsubscribed(track: RemoteTrack) {
    track.detach().forEach((element) => element.remove());
    this.soon();
  }

  private spoke(speakers: Participant[]) {
    const now = speakers.map((p) => p.identity);
    this.recent = [...now, ...this.recent.filter((id) => !now.includes(id))].slice(0, 20);
    this.soon();
  }

  /** Asks for what is to be heard and seen, and for nothing else. */
  private subscribe() {
    const kinds: Partial<Record<Track.Source, Sent["kind"]>> = { [Track.Source.Microphone]: "voice", [Track.Source.ScreenShareAudio]: "voice",
      [Track.Source.Camera]: "camera", [Track.Source.ScreenShare]: "screen" };
    const sent: Sent[] = [];
    const publications = new Map<string, RemoteTrackPublication>();
    for (const p of this.room.remoteParticipants.values()) {
      for (const t of p.trackPublications.values() as IterableIterator<RemoteTrackPublication>) {
        const kind = kinds[t.source];
        if (!kind) continue;
        sent.push({ sid: t.trackSid, who: p.identity, kind, on: !t.isMuted });
        publications.set(t.trackSid, t);
      }
    }
    const had = new Set([...publications.values()].filter((t) => t.isDesired).map((t) => t.trackSid));
    const s = this.host.stage;
    const front = [s.speaker?.id, this.chair()?.id, s.next?.id].filter((id): id is string => Boolean(id));
    const wanted = choose(sent, { low: this.low, gallery: s.gallery, front, recent: this.recent, had });
    for (const [sid, t] of publications) if (t.isDesired !== wanted.has(sid)) t.setSubscribed(wanted.has(sid));
  }

  /** Who leads and is in the room; the first that is named otherwise. */
  private chair() {
    const chairs = this.host.stage.chairs ?? [];
    return chairs.find((f) => f.id === this.host.stage.me || this.room.remoteParticipants.has(f.id)) ?? null;
  }

  private weak() {
    if (this.low) return;
    this.setLow(true);
    this.automatic = true;
    this.host.say(this.host.word("net_low_auto"));
  }
  private setLow(low: boolean) {
    this.low = low;
    this.automatic = false;
    if (low) {
      void this.withdraw(Track.Source.Camera);
      if (this.isOn(Track.Source.ScreenShare)) void this.me.setScreenShareEnabled(false);
    }
    this.soon();
  }

  // --- what the buttons do

  private acts: Record<string, () => void> = {
    microphone: () => void (this.isOn(Track.Source.Microphone) ? this.closeMicrophone() : this.openMicrophone("mic_open")),
    camera: () => void this.camera(),
    screen: () => void this.screen(),
    sound: () => void this.room.startAudio(),
    leave: () => {
      this.host.ended("left");
      this.host.button("enter").focus();
    },
    low: () => {
      this.setLow(!this.low);
      localStorage.setItem("voice-low", this.low ? "1" : "0");
      this.host.say(this.host.word(this.low ? "net_low" : "net_full"));
    },
    "by-hand": () => {
      this.byHand = !this.byHand;
      localStorage.setItem("voice-by-hand", this.byHand ? "1" : "0");
      this.soon();
    },
  };

  private async mute(who: string) {
    await fetch(`${this.host.dataset["path"]}/mute`, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ person: who }) });
  }

  // --- what is shown

  /** Draws soon, once for all that happens in the same moment. */
  private soon() {
    if (this.over || this.drawing) return;
    this.drawing = window.setTimeout(() => {
      this.drawing = 0;
      if (!this.over) this.draw();
    }, 40);
  }

  private draw() {
    this.subscribe();
    const list = places(this.host, this.room, this.chair(), (id) => this.name(id));
    this.tiles.draw(list);
    const front = new Set(list.slice(0, mostTiles).map((p) => p.who));
    const also = this.room.activeSpeakers.filter((p) => !front.has(p.identity) && p !== this.me).map((p) => this.name(p.identity));
    const more = [also.length ? this.host.word("also", { names: also.join(", ") }) : "", list.length > mostTiles ? this.host.word("others", { n: list.length - mostTiles }) : ""];
    this.text("heard", more.filter(Boolean).join(" "));
    this.text("network", this.low ? this.host.word(this.automatic ? "net_low_auto" : "net_low") : this.host.word(`net_${this.network.quality}`));
    this.controls();
  }

  private text(part: string, text: string) {
    const element = this.host.piece(part);
    if (element.textContent !== text) element.textContent = text;
    element.hidden = part !== "heard" && text === "";
  }

  private controls() {
    const on = { microphone: this.isOn(Track.Source.Microphone), camera: this.isOn(Track.Source.Camera), screen: this.isOn(Track.Source.ScreenShare) };
    this.host.button("enter").hidden = true;
    this.host.button("leave").hidden = false;
    const label = (act: string, text: string, shown: boolean) => {
      const button = this.host.button(act);
      if (!shown && button === document.activeElement) this.host.button("leave").focus({ preventScroll: true });
      button.hidden = !shown;
      const place = button.querySelector("[data-label]");
      if (place && place.textContent !== text) place.textContent = text;
    };
    label("microphone", this.host.word(on.microphone ? "close_mic" : "open_mic"), this.mayOpen());
    label("camera", this.host.word(on.camera ? "close_cam" : "open_cam"), this.may(Track.Source.Camera) && !this.low);
    label("screen", this.host.word(on.screen ? "close_screen" : "open_screen"), this.may(Track.Source.ScreenShare) && !this.low && "getDisplayMedia" in navigator.mediaDevices);
    this.host.button("sound").hidden = this.room.canPlaybackAudio;
    this.host.button("low").setAttribute("aria-pressed", String(this.low));
    this.host.button("by-hand").setAttribute("aria-pressed", String(this.byHand));
    this.host.piece("more").hidden = false;
  }

  /** The name of somebody in the room; asked for when it is not known. */
  private name(id: string): string {
    const known = this.names.get(id);
    if (known !== undefined) return known;
    if (!this.asking.size) setTimeout(() => void this.askNames(), 100);
    this.asking.add(id);
    return this.host.word("somebody");
  }

  private async askNames() {
    const ids = [...this.asking].slice(0, 100);
    this.asking.clear();
    const query = new URLSearchParams(ids.map((id) => ["i", id]));
    const answer = await fetch(`${this.host.dataset["path"]}/names?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const names = (await answer.json()) as Record<string, string>;
    for (const id of ids) this.names.set(id, names[id] ?? this.host.word("somebody"));
    this.soon();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "NotFoundError" || error.name === "OverconstrainedError");
}
