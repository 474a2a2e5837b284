// More people than a browser can show, a shared screen, a hall on one microphone, a weak line, and what those who lead may do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { devices, enter, press, received, room, says, sends, sound, tile, until } from "./call.mjs";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints } from "./pages.mjs";

const live = "/a/ag/live";
let site, browser, cast, chair, ana, ben, crowd, anaName;
const watched = [];

before(async () => {
  site = await house("demo");
  browser = await browse([...devices, "--autoplay-policy=no-user-gesture-required"]);
  cast = await personas(site.url);
  const members = cast.filter((p) => p.role === "Sociétaire");
  anaName = members[0].name;
  [chair, ana, ben] = await Promise.all([cast.find((p) => p.role.startsWith("Préside")), members[0], members[1]].map((p) => meet(p)));
  await chair.goto(live + "/chair");
  await chair.locator("#open").click();
  await chair.locator("#open").waitFor({ state: "detached" });
  for (const page of [ana, ben]) await page.goto(live);
  for (const page of [chair, ana, ben]) await enter(page);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function meet(persona) {
  const page = await (await visit(browser, site.url, persona)).newPage();
  watched.push(complaints(page));
  return page;
}

const lead = async (path, form) => assert.equal((await chair.request.post(path, { form, maxRedirects: 0 })).status(), 303);

/** Members of the register who sign in by a link sent to them; resolves with their requests. */
async function strangers(n) {
  const admin = await visit(browser, site.url, cast.find((p) => p.role === "Administratrice"));
  const read = async (path) => (await admin.request.get(path)).text();
  return Promise.all(Array.from({ length: n }, async (_, i) => {
    const { request } = await visit(browser, site.url);
    const to = `membre0${300 + i}@exemple.org`;
    await request.post("/sign-in/link", { form: { email: to } });
    let link = null;
    await until(`a mail to ${to}`, async () => {
      const mail = (await read(`/outbox?to=${to}`)).match(/href="(\/outbox\/\d+)">Votre lien/);
      return (link = mail && (await read(mail[1])).match(/\/sign-in\/link\/[\w-]+/));
    });
    const who = (await (await request.get(link[0])).text()).match(/name="who" value="([^"]*)"/)?.[1];
    assert.equal((await request.post(link[0], { form: who ? { who } : {}, maxRedirects: 0 })).status(), 303);
    return request;
  }));
}

/** Lets people into the room and turns their cameras on: as many calls in one page, with small pictures. */
async function cameras(page, requests) {
  const tokens = [];
  for (const r of requests) tokens.push((await (await r.post("/a/ag/voice/enter", { headers: { Accept: "application/json" } })).json()).token);
  await room(page).evaluate(async (element, tokens) => {
    const Room = element.call.room.constructor;
    window.crowd = [];
    for (const token of tokens) {
      const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
      const pen = canvas.getContext("2d");
      setInterval(() => { pen.fillStyle = `hsl(${performance.now() / 20} 80% 50%)`; pen.fillRect(0, 0, 160, 120); }, 250);
      const one = new Room();
      await one.connect(new URL("/rooms", location.href).href, token, { autoSubscribe: false });
      await one.localParticipant.publishTrack(canvas.captureStream(4).getVideoTracks()[0], { source: "camera", simulcast: false, videoEncoding: { maxBitrate: 60_000, maxFramerate: 4 } });
      window.crowd.push(one);
    }
  }, tokens);
}

async function again(page) {
  await press(page, "leave");
  await enter(page);
}

/** How many pictures the server sends to the page now, by the browser's own count. */
const streams = (page) => room(page).evaluate(async (element) => {
  const look = async () => {
    const bytes = new Map();
    const { subscriber, publisher } = element.call.room.engine.pcManager;
    for (const pc of [subscriber, publisher].filter(Boolean)) (await pc.getStats()).forEach((s) => s.type === "inbound-rtp" && s.kind === "video" && bytes.set(s.id, s.bytesReceived));
    return bytes;
  };
  const first = await look();
  await new Promise((done) => setTimeout(done, 1500));
  return [...await look()].filter(([id, n]) => n > (first.get(id) ?? 0)).length;
});

test("of ten cameras and more, eight are received, and who speaks is among them", { timeout: 90_000 }, async () => {
  await lead("/a/ag/voice/settings", { mode: "open", cameras: "on" });
  crowd = await meet(cast.find((p) => p.role.startsWith("Bureau")));
  await crowd.goto(live);
  await enter(crowd);
  await cameras(crowd, await strangers(10));
  await until("ten cameras are there", () => room(ana).evaluate((e) => [...e.call.room.remoteParticipants.values()].filter((p) => p.isCameraEnabled).length >= 10));
  await ana.setViewportSize({ width: 1280, height: 1600 });
  await room(ana).scrollIntoViewIfNeeded();
  await until("eight pictures move", async () => (await received(ana)).videos === 8);
  assert.equal(await streams(ana), 8);
  assert.ok(await room(ana).locator(".voice-tile").count() >= 12, "the others are named");
  // Ben's camera, who has the floor, takes the place of another.
  await lead("/a/ag/live/chair/give-to", { name: cast.filter((p) => p.role === "Sociétaire")[1].name });
  await says(ben, "Vous avez la parole");
  await press(ben, "camera");
  await until("who speaks is seen", () => room(ana).evaluate((e) => [...e.querySelectorAll(".voice-tile")].some((t) => /parole/i.test(t.querySelector("[data-role]").textContent) && t.querySelector("video")?.videoWidth > 0)));
  assert.equal(await streams(ana), 8);
  await sound(ana);
});

test("a line that loses a quarter of its packets keeps the voice alone, by itself", { timeout: 90_000 }, async () => {
  await until("Ben is heard", async () => (await received(ana)).packets > 50);
  // Chromium drops packets of the calls that begin on a line that it throttles.
  const line = await ana.context().newCDPSession(ana);
  await line.send("Network.enable");
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 5, downloadThroughput: 1_000_000, uploadThroughput: 1_000_000, packetLoss: 25, packetQueueLength: 50 });
  await again(ana);
  await room(ana).getByText("passage au mode économe").first().waitFor();
  await until("no picture comes", async () => (await received(ana)).videos === 0);
  await until("the server sends none", async () => (await streams(ana)) === 0);
  const before = (await received(ana)).packets;
  await until("the voice goes on", async () => (await received(ana)).packets > before + 50);
  await line.detach();
  await again(ana);
  await crowd.close();
  await lead("/a/ag/live/chair/end");
  await lead("/a/ag/voice/settings", { mode: "floor", cameras: "on" });
});

test("a screen is shared by who presents or speaks, large, on the hall's wall too, and ends with the floor", { timeout: 90_000 }, async () => {
  await press(chair, "microphone");
  const hall = await (chair.context()).newPage();
  watched.push(complaints(hall));
  await hall.goto(live + "/screen");
  await says(hall, "Branchez cette salle");
  await enter(hall);
  await says(hall, "La salle est branchée");
  assert.equal(await room(chair).evaluate((e) => e.call?.room.state), "connected", "the chair's own page stays in the room");

  assert.equal(await room(ben).locator("[data-do=screen]:visible").count(), 0);
  await lead("/a/ag/stage/presenter", { name: cast.filter((p) => p.role === "Sociétaire")[1].name });
  await press(ben, "screen");
  for (const page of [chair, hall]) {
    await room(page).scrollIntoViewIfNeeded();
    await tile(page, "screen").locator("video").waitFor();
    await until("the screen is seen", () => tile(page, "screen").locator("video").evaluate((v) => v.videoWidth > 0));
  }
  const [shown, wide] = [await tile(hall, "screen").locator("video").boundingBox(), hall.viewportSize()];
  assert.ok(shown.width > wide.width * 0.8, `${shown.width} of ${wide.width}`);
  await sound(hall);
  await lead("/a/ag/stage/presenter", { name: "" });
  await until("the slides taken back, the screen is too", async () => !(await room(chair).evaluate((e) => [...e.call.room.remoteParticipants.values()].some((p) => p.isScreenShareEnabled))));

  await lead("/a/ag/live/chair/give-to", { name: anaName });
  await says(ana, "Vous avez la parole");
  await room(ana).locator("summary").first().click();
  if ((await room(ana).locator("[data-do=low]").getAttribute("aria-pressed")) === "true") await press(ana, "low");
  await press(ana, "screen");
  await tile(hall, "screen").locator("video").waitFor();
  await lead("/a/ag/live/chair/end");
  await tile(hall, "screen").waitFor({ state: "detached" });

  // Somebody in the hall, whom the chair names, is heard by the hall's microphone.
  await lead("/a/ag/live/chair/give-to", { name: "Une voix du fond" });
  await says(hall, "La parole est à la salle");
  await tile(ben, "speaker").getByText("Une voix du fond").waitFor();
  await until("the hall's microphone is sent", async () => (await sends(ben, "Une voix du fond"))?.includes("microphone"));
  await sound(hall);
  await lead("/a/ag/live/chair/end");
  await until("and closed", async () => !(await room(hall).evaluate((e) => e.call.room.localParticipant.isMicrophoneEnabled)));
  await hall.close();
});

test("the assembly is heard without entering it, with a script and without", { timeout: 90_000 }, async () => {
  const plays = (page) => page.locator("audio[src]").first().evaluate(async (audio) => {
    const context = new AudioContext(), meter = context.createAnalyser(), values = new Float32Array(2048);
    context.createMediaElementSource(audio).connect(meter);
    for (const end = Date.now() + 25_000; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
      meter.getFloatTimeDomainData(values);
      if (audio.currentTime > 1 && Math.max(...values) > 0.01) return true;
    }
    return `at ${audio.currentTime}, ${audio.error?.message}, ${Math.max(...values)}`;
  });
  if (!(await room(chair).evaluate((e) => e.call.room.localParticipant.isMicrophoneEnabled))) await press(chair, "microphone");
  const ear = await meet(cast.find((p) => p.role.startsWith("Scrut")));
  await ear.goto(live);
  await press(ear, "listen");
  assert.equal(await plays(ear), true); // the chair's microphone is open, and beeps
  await says(ear, "Vous écoutez sans entrer");
  await sound(ear);
  const plain = await (await visit(browser, site.url, cast.find((p) => p.role.startsWith("Scrut")), { javaScriptEnabled: false })).newPage();
  await plain.goto(live);
  await plain.getByText("Personne n’a la parole").or(plain.getByText("Personne n'a la parole")).first().waitFor();
  await ear.goto(await plain.getByRole("link", { name: "Écouter dans un autre onglet" }).getAttribute("href"));
  await sound(ear);
  await ear.locator("audio").evaluate((audio) => audio.play());
  assert.equal(await plays(ear), true);
});

test("every microphone is closed at once; a locked room keeps who is in it", { timeout: 90_000 }, async () => {
  await lead("/a/ag/voice/settings", { mode: "open", cameras: "on" });
  for (const page of [ana, ben]) {
    await press(page, "microphone");
    await says(page, "Votre micro est ouvert");
  }
  await chair.goto("/a/ag/voice");
  await chair.locator("#voice-mute-all").click();
  for (const page of [ana, ben]) await says(page, "Votre micro a été coupé");
  await lead("/a/ag/voice/settings", { mode: "floor", cameras: "on", locked: "on" });
  await ben.reload();
  await enter(ben);
  const late = await meet(cast.filter((p) => p.role === "Sociétaire")[2]);
  await late.goto(live);
  await press(late, "enter");
  await says(late, "La salle de voix est fermée");
  await sound(late);
  // A token made before the floor changed is refused (401): the page asks for another.
  assert.deepEqual(watched.flatMap((said) => said()).filter((text) => !/status of 40[13]|rooms\/rtc/u.test(text)), []);
});
