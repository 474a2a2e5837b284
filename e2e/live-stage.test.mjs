// What an assembly looks at together: a presenter, two who follow, one who comes late.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { film } from "./film.mjs";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";

let site, browser, chair, lead, ana, ben;
const contexts = [];
const said = [];

async function person(persona, path, options) {
  const context = await visit(browser, site.url, persona, options);
  contexts.push(context);
  const page = await context.newPage();
  said.push(complaints(page));
  await page.goto(path);
  return page;
}

let members, presides;
before(async () => {
  site = await house("demo");
  browser = await browse();
  const people = await personas(site.url);
  members = people.filter((p) => p.role === "Sociétaire");
  presides = people.find((p) => p.role === "Préside l’assemblée");
  lead = await person(presides, "/a/connectee/live/chair");
  await lead.waitForSelector("stage-slides");
  chair = contexts[0];
  ana = await person(members[0], "/a/connectee/live");
  ben = await person(members[1], "/a/connectee/live", { viewport: { width: 390, height: 844 } });
});
after(async () => {
  for (const context of contexts) await context.close();
  await browser?.close();
  await site?.stop();
});

const shows = (page, n) => page.waitForFunction((n) => document.querySelector("stage-slides [data-picture]")?.alt.startsWith(`Page ${n} sur 4`) && document.querySelector("stage-slides [data-picture]").naturalWidth > 0, n);
const sound = async (page, lang = "fr") => assert.deepEqual([...(await judge(page, lang)), ...(await narrow(page))], []);

test("the presenter turns the pages for everybody, with the arrows", async () => {
  await shows(ana, 1);
  await lead.locator("stage-slides [data-frame]").focus();
  await lead.keyboard.press("ArrowRight");
  await Promise.all([lead, ana, ben].map((page) => shows(page, 2)));
  assert.equal(await ana.locator("stage-slides [data-text]").textContent().then((text) => text.includes("D’où vient l’argent")), true);
  assert.equal(await ana.locator("stage-slides [data-turn]").count(), 0, "who follows turns nobody's page");
  for (const page of [lead, ana, ben]) {
    assert.equal(await page.locator("stage-slides [data-state-line]").textContent(), "", "nothing went wrong");
    await sound(page);
  }
});

test("one leafs back alone, and follows again", async () => {
  await ana.getByRole("link", { name: "Page précédente" }).click();
  await shows(ana, 1);
  await lead.locator("stage-slides").getByRole("button", { name: "Page suivante" }).click();
  await Promise.all([lead, ben].map((page) => shows(page, 3)));
  await shows(ana, 1);
  await ana.getByText("Vous feuilletez de votre côté.").waitFor();
  await ana.getByRole("button", { name: "Suivre de nouveau la présentation" }).click();
  await shows(ana, 3);
  await lead.locator("stage-slides").getByRole("button", { name: "Page suivante" }).click();
  await shows(ana, 4);
});

test("who comes late is where the others are; the hall too; and without a script", async () => {
  const late = await person(members[2], "/a/connectee/live");
  await shows(late, 4);
  const hall = await person(undefined, "/a/connectee/live/screen");
  await shows(hall, 4);
  assert.equal(await hall.locator("button, a, input, select").count(), 0, "nothing to press");
  await sound(hall);
  const plain = await person(members[0], "/a/connectee/stage", { javaScriptEnabled: false });
  assert.match(await plain.locator("[data-picture]").getAttribute("alt"), /^Page 4 sur 4/);
  await plain.getByRole("link", { name: "Page précédente" }).click();
  assert.match(await plain.locator("[data-picture]").getAttribute("alt"), /^Page 3 sur 4/);
  await plain.getByRole("link", { name: "Suivre de nouveau la présentation" }).click();
  assert.match(await plain.locator("[data-picture]").getAttribute("alt"), /^Page 4 sur 4/);
  const led = await person(presides, "/a/connectee/stage", { javaScriptEnabled: false });
  await led.getByRole("button", { name: "Page précédente" }).click();
  await shows(late, 3);
});

test("a pointer and drawings are shown to all", async () => {
  await lead.locator("stage-slides").getByLabel("Pointer", { exact: true }).check();
  const picture = async () => {
    await lead.locator("stage-slides [data-frame]").evaluate((frame) => frame.scrollIntoView());
    return lead.locator("stage-slides [data-picture]").boundingBox();
  };
  const box = await picture();
  await lead.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const at = () => ben.evaluate(() => { const c = document.querySelector("[data-ink] circle"); const [, , w] = document.querySelector("[data-ink]").getAttribute("viewBox").split(" "); return c && Math.round((100 * c.getAttribute("cx")) / w); });
  await ben.waitForSelector("[data-ink] circle", { state: "attached" });
  assert.ok(Math.abs((await at()) - 50) <= 2);
  await lead.locator("stage-slides [data-frame]").focus();
  await lead.keyboard.press("Shift+ArrowRight");
  await ben.waitForFunction(() => Number(document.querySelector("[data-ink] circle").getAttribute("cx")) / document.querySelector("[data-ink]").viewBox.baseVal.width > 0.51);
  await lead.locator("stage-slides").getByLabel("Dessiner", { exact: true }).check();
  await ben.waitForSelector("[data-ink] circle", { state: "detached" });
  const now = await picture();
  await lead.mouse.move(now.x + 40, now.y + 40);
  await lead.mouse.down();
  await lead.mouse.move(now.x + 120, now.y + 90, { steps: 6 });
  await lead.mouse.up();
  await Promise.all([lead, ana, ben].map((page) => page.waitForSelector("[data-ink] polyline[data-stroke]", { state: "attached" })));
  await lead.locator("stage-slides").getByLabel("Rien", { exact: true }).check();
  await lead.locator("stage-slides [data-frame]").focus();
  await lead.keyboard.press("ArrowRight");
  await shows(ana, 4);
  assert.equal(await ana.locator("[data-ink] polyline").count(), 0, "drawings are of their page");
  await lead.keyboard.press("ArrowLeft");
  await shows(ana, 3);
  assert.equal(await ana.locator("[data-ink] polyline").count(), 1, "and are kept");
  await lead.getByRole("button", { name: "Effacer les dessins de la page" }).click();
  await Promise.all([lead, ana, ben].map((page) => page.waitForSelector("[data-ink] polyline", { state: "detached" })));
});

test("a clock runs down for everybody", async () => {
  await lead.getByText("Lancer un compte à rebours").click();
  await lead.locator("#stage-minutes").fill("5");
  await lead.locator("#stage-text").fill("Pause, reprise dans");
  await lead.locator("#stage-lead").getByRole("button", { name: "Lancer", exact: true }).click();
  await ana.getByText("Pause, reprise dans").first().waitFor();
  await ana.waitForFunction(() => /^4:5\d$/.test(document.querySelector("[data-clock]")?.textContent));
  await sound(ana);
  await lead.getByRole("button", { name: "Arrêter le compte à rebours" }).click();
  await ana.waitForSelector("stage-clock", { state: "detached" });
});

test("a film runs in step for all, also for who comes late", async () => {
  const bytes = await film(lead, 20);
  const answer = await chair.request.post("/a/connectee/stage/films", { multipart: { film_title: "Un an de trajets", film: { name: "trajets.webm", mimeType: "video/webm", buffer: bytes } } });
  assert.equal(answer.status(), 200);
  await lead.getByRole("button", { name: "Montrer à tout le monde : Un an de trajets" }).click();
  await Promise.all([lead, ana, ben].map((page) => page.waitForFunction(() => document.querySelector("stage-film video")?.readyState >= 1)));
  await sound(ana);
  await sound(lead);
  await lead.getByRole("button", { name: "Lire pour tout le monde" }).click();
  const runs = (page) => page.waitForFunction(() => { const v = document.querySelector("stage-film video"); return v && !v.paused && v.currentTime > 0.3; });
  await Promise.all([lead, ana, ben].map(runs));
  const late = await person(members[2], "/a/connectee/live");
  await runs(late);
  await late.waitForFunction(() => document.querySelector("stage-film video").currentTime > 1);
  const times = async () => Promise.all([lead, ana, ben, late].map((page) => page.evaluate(() => Date.now() / 1000 - document.querySelector("stage-film video").currentTime)));
  let spread = Infinity;
  for (let i = 0; i < 20 && spread > 1; i++) {
    const list = await times();
    spread = Math.max(...list) - Math.min(...list);
    if (spread > 1) await late.waitForTimeout(300);
  }
  assert.ok(spread <= 1, `${spread} s apart`);
  await lead.getByRole("button", { name: "Mettre en pause pour tout le monde" }).click();
  await Promise.all([lead, ana, ben, late].map((page) => page.waitForFunction(() => document.querySelector("stage-film video").paused)));
  await lead.locator("[data-seek]").fill("120");
  await Promise.all([lead, ana, ben, late].map((page) => page.waitForFunction(() => Math.abs(document.querySelector("stage-film video").currentTime - 12) < 0.3)));
});

test("what is said is typed, and shown to all", async () => {
  const prepare = await chair.newPage();
  await prepare.goto("/a/connectee/stage/prepare");
  await sound(prepare);
  await prepare.getByLabel("Qui tape").fill(presides.name);
  await prepare.getByRole("button", { name: "Nommer cette personne" }).click();
  await prepare.goto("/a/connectee/captions");
  await prepare.getByLabel("Ce qui se dit").fill("Bonjour à toutes et à tous.");
  await prepare.keyboard.press("Enter");
  await Promise.all([lead, ana, ben].map((page) => page.locator("stage-captions").getByText("Bonjour à toutes et à tous.").waitFor()));
  assert.equal(await prepare.getByLabel("Ce qui se dit").inputValue(), "");
  for (const line of ["Un.", "Deux.", "Trois."]) {
    await prepare.getByLabel("Ce qui se dit").fill(line);
    await prepare.keyboard.press("Enter");
  }
  await ana.locator("stage-captions").getByText("Trois.").waitFor();
  assert.equal(await ana.locator("stage-captions [data-caption]").count(), 3, "the last lines");
  await sound(ana);
  await sound(prepare);
  await ana.locator("stage-captions").getByRole("button", { name: "Plus grand" }).click();
  assert.equal(await ana.locator("stage-captions [data-lines-here]").getAttribute("data-step"), "1");
  await ana.locator("#stage-caption-lang").selectOption("off");
  assert.equal(await ana.locator("stage-captions [data-lines-here]").isVisible(), false);
});

test("a resolution's text is put before everybody", async () => {
  await lead.locator("#stage-resolutions > summary").click();
  await lead.getByRole("button", { name: "Montrer à tout le monde : Ouvrir chaque conseil par dix minutes de parole libre" }).click();
  await ana.locator("#stage-now").getByText("L’assemblée demande").first().waitFor();
  assert.match(await ana.locator("#stage-now del").first().textContent(), /cinq/);
  assert.match(await ana.locator("#stage-now ins").first().textContent(), /dix/);
  await sound(ana);
  await lead.getByRole("button", { name: "Ne plus rien montrer" }).click();
  await ana.waitForFunction(() => document.querySelector("#stage-now").childElementCount === 0);
  assert.deepEqual(said.flatMap((list) => list()), []);
  assert.deepEqual(site.log.filter((line) => line.includes('"level":"ERROR"')), []);
});
