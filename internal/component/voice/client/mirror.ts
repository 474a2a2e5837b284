import { LogLevel, Room, RoomEvent, setLogLevel, Track, type RemoteTrack } from "livekit-client";

setLogLevel(LogLevel.silent); // what goes wrong is said on the page

const measureFor = 8000;

interface Found {
  trip: number; // ms, to the server and back
  loss: number; // thousandths
  jitter: number; // ms
  text: (words: Record<string, string>) => string;
}

/** Sends one's voice to the server and takes it back by a second line; resolves with what was measured. */
export async function measure(address: string, sound: MediaStream | null): Promise<Found> {
  const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const { speak, hear } = (await answer.json()) as { speak: string; hear: string };
  const url = new URL("/rooms", location.href).href;
  const out = new Room({ publishDefaults: { audioPreset: { maxBitrate: 24_000 }, dtx: false, red: false } });
  const back = new Room();
  const voice = document.createElement("audio");
  try {
    const arrives = new Promise<RemoteTrack>((done) => back.on(RoomEvent.TrackSubscribed, (track) => done(track)));
    await Promise.all([back.connect(url, hear), out.connect(url, speak)]);
    const track = sound?.getAudioTracks()[0]?.clone();
    if (track) await out.localParticipant.publishTrack(track, { source: Track.Source.Microphone });
    else await out.localParticipant.setMicrophoneEnabled(true);
    const heard = await within(arrives, 10_000);
    heard.attach(voice);
    await new Promise((done) => setTimeout(done, measureFor));
    return await read(heard);
  } finally {
    voice.remove();
    await Promise.all([out.disconnect(), back.disconnect()]);
  }
}

async function read(track: RemoteTrack): Promise<Found> {
  const report = await track.getRTCStatsReport();
  let lost = 0, received = 0, jitter = 0, trip = 0;
  report?.forEach((s: { type: string; packetsLost?: number; packetsReceived?: number; jitter?: number; nominated?: boolean; state?: string; currentRoundTripTime?: number }) => {
    if (s.type === "inbound-rtp") [lost, received, jitter] = [s.packetsLost ?? 0, s.packetsReceived ?? 0, s.jitter ?? 0];
    if (s.type === "candidate-pair" && s.currentRoundTripTime !== undefined && s.state === "succeeded") trip = Math.max(trip, s.currentRoundTripTime);
  });
  if (received === 0) throw new Error("nothing came back");
  const found = { trip: Math.round(trip * 1000), loss: Math.round((1000 * Math.max(0, lost)) / (lost + received)), jitter: Math.round(jitter * 1000) };
  const verdict = found.loss > 50 || found.trip > 600 || found.jitter > 100 ? "poor" : found.loss > 10 || found.trip > 250 || found.jitter > 40 ? "fair" : "good";
  const figure = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1 });
  const text = (words: Record<string, string>) =>
    (words[verdict] + " " + words["all"]).replace("{trip}", String(found.trip)).replace("{loss}", figure.format(found.loss / 10)).replace("{jitter}", String(found.jitter));
  return { ...found, text };
}

function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return Promise.race([promise, new Promise<T>((_, failed) => setTimeout(() => failed(new Error("too late")), ms))]);
}
