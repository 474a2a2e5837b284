// Voice and video of the live session, with several browsers whose microphones and cameras are made up.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { devices, enter, press, received, room, says, sends, sound, tile, until } from "./call.mjs";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints } from "./pages.mjs";

const live = "/a/ag/live";
let site, browser, cast;
const pages = {}, watched = [];

before(async () => {
  site = await house("demo");
  browser = await browse(devices);
  cast = await personas(site.url);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

let broken = false;
const step = (name, act) => test(name, { timeout: 120_000 }, async (t) => {
  if (broken) return t.skip("an earlier step failed");
  broken = true;
  try {
    await act(t);
  } catch (error) {
    for (const [who, page] of Object.entries(pages)) t.diagnostic(`${who} sees ${(await page.locator("voice-room, main").first().innerText()).replaceAll("\n", " ").slice(0, 500)}`);
    throw error;
  }
  assert.deepEqual(watched.flatMap((said) => said()), []);
  broken = false;
});

async function meet(who, role, options) {
  const context = await visit(browser, site.url, cast.filter((p) => p.role === role)[options?.nth ?? 0], options);
  pages[who] = await context.newPage();
  watched.push(complaints(pages[who]));
  return pages[who];
}

let ana, ben, chair, anaName;

step("people enter with one click; the page was light until then; those who lead are heard and seen", async () => {
  chair = await meet("chair", "Préside l’assemblée");
  ana = await meet("ana", "Sociétaire");
  ben = await meet("ben", "Sociétaire", { nth: 1, viewport: { width: 360, height: 740 } });
  anaName = cast.filter((p) => p.role === "Sociétaire")[0].name;
  await chair.goto(live + "/chair");
  await chair.locator("#open").click();
  await chair.locator("#open").waitFor({ state: "detached" });
  for (const page of [ana, ben]) {
    const asked = [];
    page.on("request", (r) => asked.push(r.url()));
    await page.goto(live);
    await says(page, "Un clic pour écouter");
    assert.deepEqual(asked.filter((u) => /call-|\/rooms/.test(u)), []);
    await sound(page);
  }
  for (const page of [chair, ana, ben]) await enter(page);
  await says(ana, "Vous écoutez");
  await press(chair, "microphone");
  await says(chair, "Votre micro est ouvert");
  await press(chair, "camera");
  for (const page of [ana, ben]) {
    await room(page).scrollIntoViewIfNeeded(); // what is not looked at is not sent
    await until("the chair is heard", async () => (await received(page)).packets > 20);
    await until("the chair is seen", async () => (await received(page)).videos === 1);
  }
  await tile(ana, "chair").getByText(/parle|micro ouvert/).waitFor();
  for (const page of [chair, ana, ben]) await sound(page);
});

step("who has not the floor cannot send, whatever the browser does", async () => {
  const refused = await room(ana).evaluate(async (element) => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return element.call.room.localParticipant.publishTrack(stream.getAudioTracks()[0], { source: "microphone" }).then(() => "", (e) => String(e));
  });
  assert.notEqual(refused, "");
  assert.equal(await room(ana).locator("[data-do=microphone]:visible").count(), 0);
});

step("the floor opens the microphone, and its end closes it", async () => {
  await ana.locator("#ask").click();
  await chair.getByRole("button", { name: `Donner la parole à ${anaName}` }).first().waitFor();
  await tile(ben, "next").getByText(anaName).waitFor();
  await chair.locator("#next").click();
  await says(ana, "Vous avez la parole. Votre micro est ouvert");
  await until("the microphone is sent", async () => (await sends(ben, anaName))?.includes("microphone"));
  await press(ana, "camera");
  await room(ben).scrollIntoViewIfNeeded();
  await until("who speaks is seen", async () => (await received(ben)).videos === 2);
  await sound(ana);
  await tile(chair, "speaker").getByRole("button", { name: /Couper le micro/ }).click();
  await says(ana, "Votre micro a été coupé");
  await press(ana, "microphone");
  await says(ana, "Votre micro est ouvert");
  await chair.locator("#end").click();
  await says(ana, "Votre micro est fermé");
  await until("nothing is sent any more", async () => room(chair).evaluate((e) => [...e.call.room.remoteParticipants.values()].every((p) => p.trackPublications.size === 0)));
});

step("the voice alone stays within 64 kb/s", async () => {
  await room(ben).locator("summary").click();
  await press(ben, "low");
  await room(ben).getByText("la voix seule, sans image").first().waitFor();
  await until("no picture comes", async () => (await received(ben)).videos === 0);
  await room(ben).locator("summary").click();
  const bytes = () => room(ben).evaluate(async (element) => {
    let n = 0;
    const engine = element.call.room.engine.pcManager;
    for (const pc of [engine.subscriber, engine.publisher].filter(Boolean)) (await pc.getStats()).forEach((s) => s.type === "candidate-pair" && s.nominated && (n += s.bytesReceived));
    return n;
  });
  await new Promise((done) => setTimeout(done, 1000));
  const begun = Date.now(), first = await bytes();
  await new Promise((done) => setTimeout(done, 6000));
  const rate = (8 * (await bytes() - first)) / (Date.now() - begun);
  assert.ok(rate > 3 && rate < 64, `${rate.toFixed(1)} kb/s`);
  console.log(`# voice alone: ${rate.toFixed(1)} kb/s`);
});

step("a line cut for ten seconds comes back by itself", async () => {
  const cut = room(ana).evaluate((element) => new Promise((done) => element.call.room.on("connectionStateChanged", (s) => s !== "connected" && done(s))));
  await ana.context().setOffline(true);
  await room(ana).evaluate((element) => void element.call.room.simulateScenario("disconnect-signal-on-resume"));
  await cut;
  await new Promise((done) => setTimeout(done, 10_000));
  await ana.context().setOffline(false);
  await until("the line is back", () => room(ana).evaluate((element) => element.call?.room.state === "connected"), 40_000);
  const before = (await received(ana)).packets;
  await until("the chair is heard again", async () => { const now = (await received(ana)).packets; return now > 0 && now !== before; });
  watched.forEach((said) => said()); // what a browser says of a cut line
});

step("the server of rooms ends and starts again: everybody is back without a click", async () => {
  process.kill(roomProcess(), "SIGKILL");
  await says(ana, "reprend d’elle-même");
  for (const page of [ana, ben, chair]) await until("the line is back", () => room(page).evaluate((element) => element.call?.room.state === "connected"), 40_000);
  watched.forEach((said) => said());
});

/** The process of voice and video is the only child of the program. */
function roomProcess() {
  const pid = readdirSync("/proc").find((n) => /^\d+$/.test(n) && parentOf(n) === site.pid);
  assert.ok(pid, "the program has no child");
  return Number(pid);
}

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ")[1]);
  } catch {
    return 0; // it has ended
  }
}

step("who is removed is out, and may come back; who is banned stays out", async () => {
  await chair.goto("/a/ag/voice");
  await sound(chair);
  const out = async (act) => {
    await chair.goto("/a/ag/voice");
    const line = chair.locator(".voice-people li", { hasText: anaName });
    await line.locator("summary").click();
    await line.getByRole("button", { name: act }).click();
    await chair.waitForLoadState();
  };
  await out(/Retirer de la salle/);
  await says(ana, "vous ont retiré");
  await new Promise((done) => setTimeout(done, 1200)); // a token of the second in which one was removed is refused
  await enter(ana);
  await out(/Exclure de la salle/);
  await room(ana).locator("[data-do=leave]:visible").waitFor({ state: "detached" }).catch(() => {});
  await until("who is banned is told so", async () => /plus entrer|exclu/.test(await room(ana).innerText()));
  await chair.getByRole("button", { name: /Réadmettre/ }).click();
  await until("who is readmitted may enter", async () => (await room(ana).locator("[data-do=enter]:visible").count()) === 1, 40_000);
});

step("the rehearsal: microphone, sound, camera, network, floor and vote", async () => {
  await ben.goto("/a/ag/rehearsal");
  await sound(ben);
  const done = (s) => ben.locator(`[data-step=${s}] .tag`, { hasText: "Fait" }).waitFor();
  const act = (s) => ben.locator(`voice-rehearsal [data-do=${s}]`).click();
  await act("microphone");
  await done("microphone");
  await act("record");
  await act("heard");
  await done("hear");
  await act("camera");
  await act("seen");
  await done("camera");
  await act("network");
  await ben.locator("[data-step=network]").getByText(/Aller-retour\s:\s\d+\sms/u).waitFor({ timeout: 30_000 });
  await done("network");
  await sound(ben);
  await ben.locator("#try-hand").click();
  await done("hand");
  await ben.getByLabel("Du thé").check();
  await ben.locator("#try-vote").click();
  await ben.getByText("Vous êtes prêt·e").waitFor();
  await chair.goto("/a/ag/rehearsal/people?state=ready");
  await chair.getByText("1 personne", { exact: true }).waitFor();
  await sound(chair);
});

test("without voice the page says so, and the queue works", { timeout: 60_000 }, async () => {
  const other = await house("demo", ["--voice", "off"]);
  try {
    const people = await personas(other.url);
    const [lead, member] = await Promise.all(["Préside l’assemblée", "Sociétaire"].map(async (role) => (await visit(browser, other.url, people.find((p) => p.role === role))).newPage()));
    await lead.goto(live + "/chair");
    await lead.locator("#open").click();
    await lead.locator("#open").waitFor({ state: "detached" });
    await member.goto(live);
    await says(member, /Ce site n.a ni voix ni image/);
    assert.equal(await room(member).locator("button:visible").count(), 0);
    await member.locator("#ask").click();
    await member.locator("#withdraw").waitFor();
    await sound(member);
  } finally {
    await other.stop();
  }
});
