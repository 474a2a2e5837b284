import type { RemoteTrack } from "livekit-client";

const every = 2000;
/** So many bad looks in a row, and the voice alone is left. */
const badLooks = 3;
const badLoss = 0.08;
const enough = 40; // packets in a look, to judge by

export type Quality = "excellent" | "good" | "poor" | "lost";

/**
 * Watches what arrives: the share of lost packets among the voices, and what the server of rooms
 * says of the line. Calls changed at every look, weak once when the line has been weak for some seconds.
 */
export class Network {
  quality: Quality = "good";
  loss = 0;
  private lost = 0;
  private received = 0;
  private bad = 0;
  private timer: number;

  constructor(
    private voices: () => RemoteTrack[],
    private changed: () => void,
    private weak: () => void,
  ) {
    this.timer = window.setInterval(() => void this.look(), every);
  }

  stop() {
    clearInterval(this.timer);
  }

  private async look() {
    let lost = 0;
    let received = 0;
    for (const track of this.voices()) {
      const report = await track.getRTCStatsReport();
      report?.forEach((stat: { type: string; packetsLost?: number; packetsReceived?: number }) => {
        if (stat.type !== "inbound-rtp") return;
        lost += stat.packetsLost ?? 0;
        received += stat.packetsReceived ?? 0;
      });
    }
    const newLost = lost - this.lost;
    const newReceived = received - this.received;
    [this.lost, this.received] = [lost, received];
    const measured = newLost >= 0 && newReceived >= 0 && newLost + newReceived >= enough;
    this.loss = measured ? newLost / (newLost + newReceived) : 0;
    this.bad = this.loss > badLoss || this.quality === "poor" || this.quality === "lost" ? this.bad + 1 : 0;
    if (this.bad === badLooks) this.weak();
    this.changed();
  }
}
