// Small groups, as those live them: formed by the chair, joined by themselves, left together.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";

const space = "/a/connectee";
let site, browser, people;
before(async () => {
  site = await house("demo");
  browser = await browse();
  people = await personas(site.url);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** What is wrong with the page shown, where it may be looked at. */
async function sound(page, said) {
  const at = new URL(page.url()).pathname;
  return [...(await judge(page, "fr")), ...(await narrow(page)), ...said()].map((text) => `${at}: ${text}`);
}

test("seven people, three tables, and back", async () => {
  const members = people.filter((p) => p.role === "Sociétaire");
  const [first, second, third] = members;
  const chair = await visit(browser, site.url, people.find((p) => p.role.startsWith("Préside")));
  const ana = await visit(browser, site.url, first, { viewport: { width: 390, height: 844 } });
  const others = [];
  for (const p of [second, third, people.find((p) => p.role.startsWith("Scrut"))]) others.push(await visit(browser, site.url, p));

  const page = await ana.newPage(), lead = await chair.newPage();
  const said = complaints(page), ledSaid = complaints(lead);
  const problems = [];
  await page.goto(space + "/live");

  // Seven people of a list: four whom one can be, those who speak and wait, and the secretary, who would
  // stay in plenary if nobody put her at a table.
  const names = await page.locator("#floor .live-name, #floor .live-queue b").allTextContents();
  const list = [first, second, third, people.find((p) => p.role.startsWith("Scrut"))].map((p) => p.name)
    .concat(names.map((n) => n.trim()).slice(0, 2), people.find((p) => p.role.startsWith("Bureau")).name + " ; 1");
  assert.equal(new Set(list).size, 7, list.join(", "));
  await lead.goto(space + "/tables");
  problems.push(...(await sound(lead, ledSaid)));
  await lead.getByLabel("Les personnes d’une liste").check({ force: true });
  await lead.getByText("Coller une liste").click();
  await lead.getByLabel("Liste", { exact: true }).fill(list.join("\n") + "\nPersonne du Tout");
  await lead.getByLabel("Taille ou nombre").selectOption("count");
  await lead.getByLabel("Combien").fill("3");
  await lead.getByLabel("Question posée à toutes les tables").fill("Que garder, que changer ?");
  await lead.getByLabel("attend en plénière").check({ force: true });
  await lead.getByRole("button", { name: "Préparer les tables" }).click();
  await lead.locator("error-summary").getByText("Personne du Tout").waitFor();
  problems.push(...(await sound(lead, ledSaid)));
  await lead.getByLabel("Liste", { exact: true }).fill(list.join("\n"));
  await lead.getByRole("button", { name: "Préparer les tables" }).click();
  await lead.getByRole("heading", { name: "7 personnes, 3 tables" }).waitFor();
  problems.push(...(await sound(lead, ledSaid)));

  // Nobody has moved; at the opening the page goes to its table by itself, and comes back there when loaded again.
  assert.equal(new URL(page.url()).pathname, space + "/live");
  await lead.getByRole("button", { name: "Ouvrir les tables" }).click();
  await page.waitForURL(/\/tables\/\d$/);
  const mine = new URL(page.url()).pathname;
  await page.getByText("Que garder, que changer ?").waitFor();
  await page.reload();
  assert.equal(new URL(page.url()).pathname, mine);
  await page.goto(space + "/live");
  await page.waitForURL("**" + mine);
  problems.push(...(await sound(page, said)));

  // The plenary is open to whoever wants it.
  await page.getByRole("button", { name: "Aller en plénière" }).click();
  await page.waitForURL("**" + space + "/live");
  await page.getByRole("button", { name: /^Revenir à la table/ }).click();
  await page.waitForURL("**" + mine);

  // Help is called, seen at once on the chair's page, and answered.
  await lead.goto(space + "/live/chair");
  await page.getByRole("button", { name: "Appeler à l’aide" }).click();
  await lead.getByRole("heading", { name: "1 table appelle à l’aide" }).waitFor();
  problems.push(...(await sound(lead, ledSaid)));
  await lead.getByRole("button", { name: /^J’y vais/ }).click();
  await page.locator("#tables-head .notice-title", { hasText: /arrive$/ }).waitFor();
  await lead.getByRole("link", { name: /^Aller à la table/ }).click();
  await lead.getByRole("button", { name: "Rendre visite à cette table" }).click();
  await page.locator("#tables-people .tag", { hasText: "est en visite" }).waitFor();
  problems.push(...(await sound(lead, ledSaid)));

  // The floor, with the keyboard; a card, on the page without loading it again.
  await page.getByRole("button", { name: "Je veux bien animer" }).click();
  await page.getByText(/^vous · anime$/).waitFor();
  await page.getByRole("button", { name: "Demander la parole" }).press("Enter");
  await page.getByRole("button", { name: "Personne suivante" }).press("Enter");
  await page.getByRole("button", { name: "J’ai terminé" }).waitFor();
  await page.locator("#new-card textarea").fill("Garder les dix minutes de parole libre");
  await page.getByRole("button", { name: "Ajouter la carte" }).click();
  await page.locator(".tables-card", { hasText: "dix minutes" }).waitFor();
  assert.equal(await page.locator("#new-card textarea").inputValue(), "");
  problems.push(...(await sound(page, said)));

  // The others write by hand: each at the table where the program has put them.
  for (const context of others) {
    const text = await (await context.request.get(space + "/live")).text();
    const at = text.match(/data-to="([^"]+\/tables\/\d)"/)[1];
    const answer = await context.request.post(at + "/cards", { form: { text: `Une idée de ${at}` }, maxRedirects: 0 });
    assert.equal(answer.status(), 303);
  }
  await lead.goto(space + "/tables/console");
  await lead.getByText("1 personne n’a pas encore parlé").or(lead.getByText("personnes n’ont pas encore parlé")).first().waitFor();
  problems.push(...(await sound(lead, ledSaid)));
  await lead.getByLabel("Message", { exact: true }).fill("Pensez à votre synthèse");
  await lead.getByRole("button", { name: "Envoyer à toutes les tables" }).click();
  await page.locator(".live-message", { hasText: "Pensez à votre synthèse" }).waitFor();

  // Everybody back: the page goes by itself, and what was not sent waits to be finished.
  await page.locator("#new-card textarea").fill("Phrase commencée");
  assert.equal((await chair.request.post(space + "/tables/back", { form: { seconds: "3", from: "console" }, maxRedirects: 0 })).status(), 303);
  await page.locator("tables-clock b").waitFor();
  await page.waitForURL("**" + space + "/live");
  await page.getByRole("heading", { name: "Ce que les tables ont écrit" }).waitFor();
  await page.locator("#tables-harvest .tables-card", { hasText: "dix minutes" }).waitFor();
  problems.push(...(await sound(page, said)));
  await page.getByRole("link", { name: /^Finir à la table/ }).click();
  assert.equal(await page.locator("#new-card textarea").inputValue(), "Phrase commencée");
  await page.getByRole("button", { name: "Ajouter la carte" }).click();
  await page.locator(".tables-card", { hasText: "Phrase commencée" }).waitFor();

  // In plenary: the chair shows a card to all.
  const hall = await chair.newPage();
  await hall.goto(space + "/live/screen");
  await lead.goto(space + "/live/chair");
  const card = lead.locator(".tables-card", { hasText: "dix minutes" });
  const fold = lead.locator(".tables-fold", { has: card });
  if (!(await fold.evaluate((d) => d.open))) await fold.locator("summary").click();
  await card.getByRole("button", { name: "Montrer à tout le monde" }).click();
  await hall.getByRole("heading", { name: /^La table \d propose$/ }).waitFor();
  await hall.locator(".screen-tables .tables-text", { hasText: "dix minutes de parole libre" }).waitFor();
  await card.getByRole("button", { name: "Mettre au procès-verbal" }).click();
  await card.locator(".tag", { hasText: "Au procès-verbal" }).waitFor();
  problems.push(...(await sound(lead, ledSaid)), ...(await judge(hall, "fr")));
  await lead.goto(space + "/tables/harvest");
  problems.push(...(await sound(lead, ledSaid)));
  assert.deepEqual(problems, []);
});
