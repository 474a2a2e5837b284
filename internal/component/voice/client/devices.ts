import type { AudioCaptureOptions, Room, VideoCaptureOptions } from "livekit-client";
import { VideoPresets } from "livekit-client";
import type { VoiceRoom } from "../voice";

type Kind = "audioinput" | "videoinput" | "audiooutput";

/** Which devices are used: remembered by this browser, shared with the rehearsal. */
export const chosen = (kind: Kind) => localStorage.getItem("voice-" + kind) ?? "";
export const keep = (kind: Kind, id: string) => localStorage.setItem("voice-" + kind, id);

/** Fills a list of devices; browsers name them once one of them may be used. */
export async function fill(list: HTMLSelectElement, kind: Kind, word: (key: string, args?: Record<string, string | number>) => string) {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === kind && d.deviceId && d.deviceId !== "default");
  const options = devices.map((d, i) => new Option(d.label || word("device", { n: i + 1 }), d.deviceId));
  list.replaceChildren(new Option(word("default"), ""), ...options);
  list.value = devices.some((d) => d.deviceId === chosen(kind)) ? chosen(kind) : "";
}

/** The lists of devices in a room. */
export class Devices {
  private lists: HTMLSelectElement[];

  constructor(
    private host: VoiceRoom,
    private room: Room,
  ) {
    this.lists = [...host.querySelectorAll<HTMLSelectElement>("select[data-device]")];
    this.lists.forEach((list) => list.addEventListener("change", this.choose));
    navigator.mediaDevices.addEventListener("devicechange", this.list);
    void this.list();
  }

  stop() {
    this.lists.forEach((list) => list.removeEventListener("change", this.choose));
    navigator.mediaDevices.removeEventListener("devicechange", this.list);
  }

  list = async () => {
    for (const list of this.lists) await fill(list, list.dataset["device"] as Kind, (key, args) => this.host.word(key, args));
  };

  microphone(): AudioCaptureOptions {
    const id = chosen("audioinput");
    return { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(id ? { deviceId: { ideal: id } } : {}) };
  }

  camera(): VideoCaptureOptions {
    const id = chosen("videoinput");
    return { resolution: VideoPresets.h540.resolution, ...(id ? { deviceId: { ideal: id } } : {}) };
  }

  private choose = (event: Event) => {
    const list = event.target as HTMLSelectElement;
    const kind = list.dataset["device"] as Kind;
    keep(kind, list.value);
    void this.room.switchActiveDevice(kind, list.value || "default", false).catch(() => false); // the next time it is opened, it is the one chosen
  };
}
