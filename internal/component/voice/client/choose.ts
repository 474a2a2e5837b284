// What of all that is sent in a room a browser asks for: every voice, a shared screen, and at most
// eight videos in all.

export const mostVideos = 8;
const mostVoices = 16;

/** Something that somebody sends. */
export interface Sent {
  sid: string;
  who: string;
  kind: "voice" | "camera" | "screen";
  on: boolean; // not muted
}

export interface Wish {
  low: boolean; // no picture at all
  gallery: boolean; // everybody's camera, or only those in front
  front: string[]; // who is seen first, in this order
  recent: string[]; // who spoke, the last first
  had: ReadonlySet<string>; // what is received already: it does not change without need
}

export function choose(all: Sent[], wish: Wish): Set<string> {
  const rank = (s: Sent) => {
    const front = wish.front.indexOf(s.who);
    if (front >= 0) return front;
    const recent = wish.recent.indexOf(s.who);
    if (recent >= 0 && recent < mostVideos / 2) return 100 + recent;
    return wish.had.has(s.sid) ? 200 : 300;
  };
  const sorted = all.map((s, i) => ({ s, rank: rank(s), i })).sort((a, b) => a.rank - b.rank || a.i - b.i).map((x) => x.s);
  const voices = sorted.filter((s) => s.kind === "voice").slice(0, mostVoices);
  if (wish.low) return new Set(voices.map((s) => s.sid));
  const screen = sorted.filter((s) => s.kind === "screen" && s.on).slice(0, 1);
  const cameras = sorted.filter((s) => s.kind === "camera" && s.on && (wish.gallery || wish.front.includes(s.who)));
  return new Set([...voices, ...screen, ...cameras.slice(0, mostVideos - screen.length)].map((s) => s.sid));
}
