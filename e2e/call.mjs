// What the tests of voice and video share: a page in a room, what it hears and sees.
import assert from "node:assert/strict";
import { judge, narrow } from "./pages.mjs";

/** Chromium's switches for a microphone, a camera and a screen that are made up. */
export const devices = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

export const room = (page) => page.locator("voice-room");
export const press = (page, act) => room(page).locator(`[data-do=${act}]:visible`).click();
export const says = (page, text) => room(page).locator(".voice-note").filter({ hasText: text }).waitFor();
export const tile = (page, place) => room(page).locator(`[data-place=${place}]`);

export async function enter(page) {
  await press(page, "enter");
  await room(page).locator("[data-do=leave]:visible").waitFor();
}

/** What of the voices has come so far, in packets; and how many pictures move. */
export const received = (page) => room(page).evaluate(async (element) => {
  let packets = 0;
  for (const p of element.call.room.remoteParticipants.values()) {
    for (const t of p.trackPublications.values()) {
      if (t.kind !== "audio" || !t.track) continue;
      (await t.track.getRTCStatsReport())?.forEach((s) => s.type === "inbound-rtp" && (packets += s.packetsReceived));
    }
  }
  return { packets, videos: [...element.querySelectorAll("video")].filter((v) => v.videoWidth > 0).length };
});

/** Waits until something that is asked again and again is so. */
export async function until(what, ask, ms = 40_000) {
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) if (await ask()) return;
  assert.fail(`not in time: ${what}`);
}

/** What somebody else's browser knows of what a person sends. */
export const sends = (page, who) => room(page).evaluate((element, name) => {
  const place = [...element.querySelectorAll(".voice-tile")].find((t) => t.innerText.includes(name));
  const p = element.call.room.remoteParticipants.get(place?.dataset.who ?? "");
  return p ? [...p.trackPublications.values()].map((t) => t.source).sort() : null;
}, who);

export const sound = async (page) => assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], [], page.url());
