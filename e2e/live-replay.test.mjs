// A session recorded with the agreement of those who speak, and seen again; microphones are made up.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";

const space = "/a/connectee";
let site, browser, cast, chair, ana, ben, anaName, benName;
const watched = [];

before(async () => {
  site = await house("demo");
  browser = await browse(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=document-user-activation-required"]);
  cast = await personas(site.url);
  const members = cast.filter((p) => p.role === "Sociétaire");
  [anaName, benName] = members.map((p) => p.name);
  [chair, ana, ben] = await Promise.all([cast.find((p) => p.role === "Préside l’assemblée"), ...members.slice(0, 2)].map(async (persona) => {
    const page = await (await visit(browser, site.url, persona)).newPage();
    watched.push(complaints(page));
    return page;
  }));
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const sound = async (page) => {
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], [], page.url());
  assert.deepEqual(watched.flatMap((said) => said()), []);
};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const room = (page) => page.locator("voice-room");
const voice = (page, text) => room(page).locator(".voice-note").filter({ hasText: text }).waitFor();

/** Gives the floor to somebody, by name. */
async function give(name) {
  await chair.locator("form[action$='give-to'] [name=name]").fill(name);
  await chair.locator("form[action$='give-to'] button").click();
  await chair.locator(".live-name").filter({ hasText: name }).waitFor();
}

test("everybody is told, and asked before their microphone opens", async () => {
  await chair.goto(space + "/live/chair");
  await ana.goto(space + "/live");
  await ben.goto(space + "/live");
  await chair.locator("#replay-start").click();
  for (const page of [chair, ana, ben]) await page.getByText("Cette séance est enregistrée.").first().waitFor();
  const hall = await (await visit(browser, site.url)).newPage();
  await hall.goto(space + "/live/screen");
  await hall.getByText("Cette séance est enregistrée.").waitFor();
  const plain = await (await visit(browser, site.url, undefined, { javaScriptEnabled: false })).newPage();
  await plain.goto(space + "/live");
  await plain.getByText("Cette séance est enregistrée.").waitFor();
  await sound(ana);
  for (const page of [ana, ben]) {
    await room(page).locator("[data-do=enter]:visible").click();
    await room(page).locator("[data-do=leave]:visible").waitFor();
  }
  await give(anaName);
  await ana.getByText("Vous avez la parole. Répondez").waitFor();
  assert.equal(await room(ana).locator("[data-do=microphone]:visible").count(), 0);
  await ana.locator("#replay-yes").click();
  await voice(ana, "Votre micro est ouvert");
  await ana.getByText(/Vous acceptez d.être enregistré/).waitFor();
});

test("who agrees is recorded; who refuses is heard and left out", async () => {
  await wait(2500);
  await chair.locator("stage-slides").getByRole("button", { name: "Page suivante" }).click();
  await wait(1500);
  await ben.locator("#replay-no").click();
  await give(benName);
  await voice(ben, "Votre micro est ouvert");
  await ana.getByText(/Cette prise de parole n.est pas enregistrée/).waitFor();
  await sound(ben);
  await give(anaName);
  await voice(ana, "Votre micro est ouvert");
  await wait(2500);
  await chair.locator("#end").click();
  await chair.locator("#replay-stop").click();
  await ana.getByText("Cette séance est enregistrée.").waitFor({ state: "detached" });
});

test("the bureau closes the session and publishes its replay", async () => {
  await chair.goto(space + "/live/chair");
  await chair.locator("form[action$='chair/close'] button").click();
  await chair.locator("#open").waitFor();
  assert.equal((await ana.goto(space + "/replay")).status(), 404);
  await chair.goto(space + "/recording");
  await chair.getByText(/2\sprises de parole sont enregistrées/).waitFor();
  watched.forEach((said) => said()); // a page that is not there yet
  await sound(chair);
  await chair.locator("#replay-publish").click();
  await chair.locator("#replay-withdraw").waitFor();
});

test("the replay plays what was said, with what was shown", async () => {
  await ana.goto(space + "/replay");
  const player = ana.locator("replay-player"), audio = player.locator("audio");
  await player.locator("[data-do=play]").waitFor();
  await sound(ana);
  const speech = ana.locator(".replay-talk", { hasText: anaName }).filter({ hasNotText: "non enregistrée" }).first();
  await speech.getByRole("button").click();
  await ana.waitForFunction(() => { const a = document.querySelector("replay-player audio"); return a.duration > 1 && a.currentTime > 0.3; });
  const first = await audio.evaluate((a) => a.currentTime);
  await wait(700);
  assert.ok((await audio.evaluate((a) => a.currentTime)) > first, "the voice goes on");
  await player.locator("[data-part=who]").filter({ hasText: anaName }).waitFor();
  await player.locator("[data-part=picture]").waitFor();
  const shown = await player.locator("[data-part=picture]").getAttribute("src");
  // The page was turned while she spoke: the picture follows the clock.
  const turn = await player.evaluate((e) => JSON.parse(e.dataset.timeline).Slides.at(-1));
  await ana.waitForFunction((src) => document.querySelector("replay-player [data-part=picture]").getAttribute("src") === src, turn.Src);
  assert.notEqual(turn.Src, shown);
  await ana.waitForFunction(() => document.querySelector("replay-player [data-part=picture]").naturalWidth > 0);
  await player.locator("[data-do=play]").click();
  const chapter = ana.locator(".replay-chapter h3").last();
  await chapter.getByRole("button").click();
  await player.locator("[data-part=item]").filter({ hasText: (await chapter.innerText()).replace(/^\S+\s+/, "") }).waitFor();
  await player.locator("[data-do=play]").click();
  await player.locator("[data-part=range]").focus();
  const before = await player.locator("[data-part=range]").inputValue();
  await ana.keyboard.press("ArrowRight");
  assert.ok(Number(await player.locator("[data-part=range]").inputValue()) >= Number(before) + 500, "the keyboard moves it");
  await player.locator("[data-do=next]").click();
  await sound(ana);
  assert.equal(await ana.locator(".replay-talk", { hasText: benName }).filter({ hasText: "non enregistrée" }).count(), 1);
});

test("without a script: the course in words, and a player per speech", async () => {
  const plain = await (await visit(browser, site.url, cast.find((p) => p.name === anaName), { javaScriptEnabled: false, viewport: { width: 360, height: 740 } })).newPage();
  await plain.goto(space + "/replay");
  const sounds = plain.locator("audio[controls]");
  assert.equal(await sounds.count(), 2);
  const answer = await plain.request.get(await sounds.first().getAttribute("src"));
  assert.equal(answer.headers()["content-type"], "audio/ogg");
  assert.equal(await plain.locator(".replay-box").isVisible(), false);
});
