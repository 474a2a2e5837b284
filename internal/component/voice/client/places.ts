import { Track, type Participant, type Room, type TrackPublication } from "livekit-client";
import type { VoiceRoom } from "../voice";
import type { Place } from "./tiles";

/**
 * The places of the stage: a shared screen first; then who has the floor, who leads and who comes
 * next, or everybody in a small group. Each keeps its place whoever is in it. A hall sees a shared
 * screen alone.
 */
export function places(host: VoiceRoom, room: Room, chair: { id: string; name: string } | null, name: (id: string) => string): Place[] {
  const s = host.stage;
  const everybody: Participant[] = [room.localParticipant, ...room.remoteParticipants.values()];
  const find = (id: string) => everybody.find((p) => p.identity === id);
  const person = (key: string, role: string, who: string, called: string, empty: string): Place => {
    const p = who ? find(who) : undefined;
    return { key, role, who, name: called, empty, participant: p, mine: p === room.localParticipant, speaks: Boolean(p?.isSpeaking),
      voice: p ? (isOn(p.getTrackPublication(Track.Source.Microphone)) ? "open" : "closed") : "", video: p ? shown(p, Track.Source.Camera) : null,
      ...(called && !p ? { note: host.word("not_inside") } : {}) };
  };
  const list: Place[] = [];
  const sharing = everybody.find((p) => shown(p, Track.Source.ScreenShare));
  if (sharing) {
    const mine = sharing === room.localParticipant;
    list.push({ key: "screen", role: "role_screen", who: sharing.identity, name: name(sharing.identity), empty: "", screen: true, mine, speaks: false, voice: "", video: shown(sharing, Track.Source.ScreenShare) });
  }
  if (s.hall && sharing) return list;
  if (s.gallery) {
    const rest = everybody.sort((a, b) => (a.joinedAt?.getTime() ?? 0) - (b.joinedAt?.getTime() ?? 0) || a.identity.localeCompare(b.identity));
    const role = (id: string) => (id && id === s.speaker?.id ? "role_speaker" : id && id === chair?.id ? "role_chair" : id && id === s.next?.id ? "role_next" : "");
    return [...list, ...rest.map((p) => person(p.identity, role(p.identity), p.identity, name(p.identity), ""))];
  }
  const speaker = person("speaker", "role_speaker", s.speaker?.id ?? "", s.speaker?.name ?? "", host.word("nobody_speaker"));
  if (s.speaker?.written) speaker.note = host.word("written");
  list.push(speaker);
  const leads = person("chair", "role_chair", chair?.id ?? "", chair?.name ?? "", host.word("nobody_chair"));
  list.push(chair?.id && chair.id === s.speaker?.id ? { ...leads, video: null } : leads); // seen once: as the speaker
  if (!s.hall) list.push(person("next", "role_next", s.next?.id ?? "", s.next?.name ?? "", host.word("nobody_next")));
  return list;
}

function isOn(t: TrackPublication | undefined): boolean {
  return Boolean(t && !t.isMuted);
}

function shown(p: Participant, source: Track.Source): Track | null {
  const t = p.getTrackPublication(source);
  return isOn(t) ? (t!.track ?? null) : null;
}
