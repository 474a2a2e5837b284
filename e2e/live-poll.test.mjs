// A question put to the room: improvised, answered, counted as people answer, closed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";

let site, browser, lead, ana, ben, screen;
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

before(async () => {
  site = await house("demo");
  browser = await browse();
  const people = await personas(site.url);
  const members = people.filter((p) => p.role === "Sociétaire");
  const presides = people.find((p) => p.role === "Préside l’assemblée");
  const opening = await visit(browser, site.url, presides);
  await opening.request.post("/a/ag/live/chair/open", { headers: { Accept: "application/json" } });
  await opening.close();
  lead = await person(presides, "/a/ag/live/chair");
  ana = await person(members[0], "/a/ag/live");
  ben = await person(members[1], "/a/ag/live", { viewport: { width: 390, height: 844 } });
  screen = await person(undefined, "/a/ag/live/screen");
});
after(async () => {
  for (const context of contexts) await context.close();
  await browser?.close();
  await site?.stop();
});

const sound = async (page) => assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], []);
const ask = (form) => contexts[0].request.post("/a/ag/polls/new", { form: { ...form, then: "start" }, headers: { Accept: "application/json" } });
const bar = (page, key, width) => page.locator(`[data-bar="${key}"][width="${width}"]`).first().waitFor({ state: "attached" });
const asked = (page, question) => page.locator("section.poll", { hasText: question });

test("a question is improvised, and the bars grow as people answer", async () => {
  await lead.getByText("Improviser une question").click();
  await lead.getByLabel("La question", { exact: true }).fill("On continue ?");
  await lead.getByLabel("Les réponses proposées").fill("Oui\nNon");
  await lead.locator("#poll-named-1").check({ force: true });
  assert.equal(await lead.getByLabel("Nombre de valeurs").isVisible(), false, "only the fields of the kind that is chosen are shown");
  await lead.getByRole("button", { name: "Ouvrir maintenant" }).click();
  for (const page of [ana, ben, screen]) await page.getByRole("heading", { name: "On continue ?" }).waitFor();
  await sound(ana);
  await ana.getByRole("radio", { name: "Oui" }).check({ force: true });
  await asked(ana, "On continue ?").getByRole("button", { name: "Répondre" }).click();
  await ana.getByText("Vous avez répondu : Oui").waitFor();
  for (const page of [ana, ben, screen]) await bar(page, "1", "100%");
  let parts = 0;
  ana.on("request", (request) => { if (request.url().includes("/live/parts") && request.url().includes("poll")) parts++; });
  await ben.getByRole("radio", { name: "Oui" }).focus();
  await ben.keyboard.press("ArrowDown");
  await asked(ben, "On continue ?").getByRole("button", { name: "Répondre" }).press("Enter");
  await ben.getByText("Vous avez répondu : Non").waitFor();
  for (const page of [ana, screen]) await bar(page, "1", "50%");
  await ana.locator("[data-share='2']", { hasText: "50" }).waitFor();
  assert.equal(parts, 0, "the numbers came by themselves");
  for (const page of [lead, ben, screen]) await sound(page);
  await lead.getByRole("button", { name: /^Clore : On continue/ }).click();
  await asked(ana, "On continue ?").getByText("Terminé").waitFor();
  await lead.getByRole("button", { name: /^Retirer les résultats/ }).click();
  await asked(ana, "On continue ?").waitFor({ state: "detached" });
});

test("words become a cloud on the screen", async () => {
  await ask({ question: "Un mot ?", kind: "words", words: "2" });
  await ana.getByLabel("Mot 1").fill("Partage");
  await asked(ana, "Un mot ?").getByRole("button", { name: "Répondre" }).click();
  await ana.getByText("Votre réponse est comptée").waitFor();
  await screen.locator(".poll-cloud text", { hasText: "partage" }).waitFor();
  for (const page of [ana, screen, lead]) await sound(page);
});

test("a ranking is given with the buttons, and counted with its reasons", async () => {
  await ask({ question: "Quel lieu ?", kind: "ranking", options: "Rennes\nLyon\nNantes", method: "schulze" });
  const part = asked(ben, "Quel lieu ?");
  await part.getByRole("button", { name: "Monter Nantes" }).click();
  await part.getByRole("button", { name: "Répondre" }).click();
  await part.getByText("Comment ce classement est calculé").first().click();
  await part.getByText("Nantes est préféré·e à Rennes : 1 contre 0.").waitFor();
  await sound(ben);
});

test("a quiz closes by itself and says what was right", async () => {
  await ask({ question: "En quelle année ?", kind: "single", options: "2007\n* 2018", held: "on", seconds: "6", explanation: "La coopérative est née en 2018." });
  const part = asked(ana, "En quelle année ?");
  await part.locator("poll-clock").waitFor();
  await part.getByRole("radio", { name: "2007" }).check({ force: true });
  await part.getByRole("button", { name: "Répondre" }).click();
  await part.getByText("Les résultats seront montrés à la fin").waitFor();
  assert.equal(await screen.getByText("bonne réponse").count(), 0);
  for (const page of [ana, ben, screen]) await page.locator(".poll-explanation", { hasText: "née en 2018" }).waitFor();
  await sound(ana);
  assert.deepEqual(said.flatMap((complain) => complain()), []);
});
