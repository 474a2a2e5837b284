// The counting rules, in the circle of the demonstration: ballots by mouse, by touch, by keyboard and
// without JavaScript, papers, lists, results.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";
import { tabTo } from "./reach.mjs";

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

const member = (i) => people.filter((p) => p.role === "Sociétaire")[i];
const role = (name) => people.find((p) => p.role === name);

/** Opens the circle's votes, and finds one by its title. */
async function open(persona, title, options = {}) {
  const context = await visit(browser, site.url, persona, options);
  const page = await context.newPage();
  const said = complaints(page);
  await page.goto("/a/cercle/vote");
  const card = page.locator("article.reso", { has: page.getByRole("heading", { name: title }) });
  const row = (name) => card.locator(".rank-row", { hasText: name });
  const ranks = () => card.locator(".rank-row").evaluateAll((rows) => rows.map((r) => `${r.querySelector("label").innerText.trim()} ${r.querySelector("select").value}`));
  const cast = async () => {
    await card.getByRole("button", { name: /mon vote/ }).click();
    return (await card.locator(".notice").first().innerText()).replace(/\s+/g, " ");
  };
  return { context, page, card, row, ranks, cast, said };
}

/** The middle of what a locator shows; the list is brought into view before. */
async function middle(locator) {
  const box = await locator.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const route = "Le trajet du vélo-bus";

test("rows are ranked by dragging them with the mouse", async () => {
  const { context, page, card, row, ranks, cast, said } = await open(member(1), route);
  await card.locator(".ranks").evaluate((list) => list.scrollIntoView({ block: "center" }));
  for (const name of ["Par le marché", "Par la gare"]) {
    const from = await middle(row(name).locator(".rank-handle"));
    const line = await middle(card.locator(".rank-line"));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x, (from.y + line.y) / 2, { steps: 4 });
    await page.mouse.move(from.x, line.y - 4, { steps: 4 });
    await page.mouse.up();
  }
  assert.deepEqual((await ranks()).slice(0, 2), ["Par le marché 1", "Par la gare 2"]);
  assert.match(await cast(), /1\. Par le marché, 2\. Par la gare/);
  assert.deepEqual(said(), []);
  await context.close();
});

test("rows are ranked by dragging them with a finger, on a phone", async () => {
  const { context, page, card, row, ranks, cast } = await open(member(1), route, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const cdp = await context.newCDPSession(page);
  const touch = (type, ...touchPoints) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  // The ballot of the test before is there: its first row goes below the line, another comes first.
  const order = (await ranks()).map((r) => r.replace(/ \d*$/, ""));
  const last = order.at(-1);
  await card.locator(".ranks").evaluate((list) => list.scrollIntoView({ block: "center" }));
  const from = await middle(row(last).locator(".rank-handle"));
  const top = await row(order[0]).boundingBox();
  await touch("touchStart", from);
  for (let i = 1; i <= 6; i++) await touch("touchMove", { x: from.x, y: from.y + ((top.y + 3 - from.y) * i) / 6 });
  await touch("touchEnd");
  assert.equal((await ranks())[0], `${last} 1`);
  for (const box of await card.locator(".rank-row select, .rank-move, .rank-handle").evaluateAll((all) => all.map((e) => e.getBoundingClientRect().height))) {
    assert.ok(box >= 24, `something to touch is ${box} px high`);
  }
  assert.match(await cast(), new RegExp(`1\\. ${last}`));
  assert.deepEqual(await narrow(page), []);
  await context.close();
});

test("rows are ranked with the keyboard alone, and the focus stays on the row moved", async () => {
  const { context, page, card, ranks } = await open(member(2), route);
  const up = (at) => at.what.includes("Monter Par l’école");
  await tabTo(page, up, 200);
  await page.keyboard.press("Enter");
  assert.deepEqual((await ranks())[0], "Par l’école 1");
  assert.match(await card.locator("[role=status]").first().innerText(), /Par l’école\s: rang 1/);
  assert.ok(await page.evaluate(() => document.activeElement.getAttribute("aria-label") === "Monter Par l’école"));
  await tabTo(page, (at) => at.what.includes("Monter Par le canal"), 40);
  await page.keyboard.press("Space");
  assert.deepEqual((await ranks()).slice(0, 2), ["Par l’école 1", "Par le canal 2"]);
  await page.keyboard.press("Space");
  assert.deepEqual((await ranks()).slice(0, 2), ["Par le canal 1", "Par l’école 2"]);
  await tabTo(page, (at) => at.name === "Enregistrer mon vote", 40);
  await page.keyboard.press("Enter");
  await page.waitForURL(/saved=/);
  assert.match((await card.locator(".notice").first().innerText()).replace(/\s+/g, " "), /1\. Par le canal, 2\. Par l’école/);
  await context.close();
});

test("every rule's ballot works without JavaScript, and says what is wrong", async () => {
  const plain = { javaScriptEnabled: false };
  const ranked = await open(member(0), route, plain);
  assert.equal(await ranked.card.locator(".rank-handle, .rank-move").count(), 0);
  await ranked.card.getByRole("button", { name: "Enregistrer mon vote" }).click();
  assert.match(await ranked.card.innerText(), /Donnez au moins un rang, ou cochez le vote blanc/);
  await ranked.row("Par la gare").locator("select").selectOption("2");
  await ranked.row("Par le marché").locator("select").selectOption("1");
  await ranked.row("Par le canal").locator("select").selectOption("2");
  assert.match(await ranked.cast(), /1\. Par le marché, 2\. Par le canal = Par la gare/);
  await ranked.context.close();

  const graded = await open(member(0), "L’affiche de l’automne", plain);
  await graded.card.locator("tr", { hasText: "Le héron" }).getByRole("radio").first().check({ force: true });
  assert.match(await graded.cast(), /Le héron \(Très bien\)/);
  await graded.context.close();

  const dots = await open(member(0), "Partager le budget", plain);
  await dots.card.getByLabel("Outils partagés").fill("7");
  await dots.card.getByRole("button", { name: "Enregistrer mon vote" }).click();
  assert.match(await dots.card.innerText(), /Il reste 3 points à répartir/);
  assert.equal(await dots.card.getByLabel("Outils partagés").inputValue(), "7");
  await dots.card.getByLabel("Fête des voisins").fill("3");
  assert.match(await dots.cast(), /Outils partagés \(7\), Fête des voisins \(3\)/);
  await dots.context.close();

  const dates = await open(member(0), "Quelles dates", plain);
  await dates.card.getByLabel("Lundi 7").check();
  await dates.card.getByLabel("Samedi 12").check();
  assert.match(await dates.cast(), /Lundi 7, Samedi 12/);
  await dates.context.close();

  const fists = await open(member(0), "Ouvrir nos réunions", plain);
  await fists.card.getByLabel(/4\sdoigts/).check();
  assert.match(await fists.cast(), /4\sdoigts/);
  await fists.page.goto("/a/cercle/vote");
  await fists.card.locator("a[href$='/try']").click();
  assert.match(await fists.page.locator("main").innerText(), /rien n.est enregistré/i);
  await fists.context.close();
});

test("a list that does not alternate is refused with the place to mend, then taken", async () => {
  const context = await visit(browser, site.url, role("Préside l’assemblée"));
  const page = await context.newPage();
  await page.goto("/a/cercle/prepare/series/new");
  await page.locator("#title").fill("Le bureau");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.locator("section", { hasText: "Le bureau" }).getByRole("link", { name: "Ajouter une résolution" }).click();
  await page.locator("#title").fill("Élire le bureau");
  await page.locator("#text").fill("Deux sièges, par listes.");
  await page.locator("#rule").selectOption({ label: "Choix · Choix entre plusieurs options" }).catch(() => page.locator("#rule").selectOption("choice:choix"));
  await page.getByRole("button", { name: "Choisir la manière de compter" }).click();
  await page.locator("button[name=picked][value=sainte-lague]").click();
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], []);
  await page.locator("#seats").fill("2");
  await page.locator("#alternate").check();
  await page.locator("#options").fill("Rive gauche\n- Ida | F\n- Lou | F\nRive droite\n- Max | H\n- Zoé | F");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  assert.match(await page.locator("main").innerText(), /Liste Rive gauche\s: Lou suit Ida, du même genre/);
  await page.locator("#options").fill("Rive gauche\n- Ida | F\n- Luc | H\nRive droite\n- Max | H\n- Zoé | F");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  assert.match(await page.locator("main").innerText(), /Élire le bureau/);
  await context.close();
});

test("a scrutineer enters papers one by one", async () => {
  const context = await visit(browser, site.url, role("Scrutateur·rice"));
  const page = await context.newPage();
  const said = complaints(page);
  await page.goto("/a/cercle");
  await page.getByRole("link", { name: /papier/i }).first().click();
  await page.getByLabel("Nom ou numéro de membre").fill("a");
  await page.getByRole("button", { name: "Chercher" }).click();
  await page.getByRole("button", { name: /A voté sur papier|Noter que/ }).last().click();
  await page.getByRole("link", { name: new RegExp(route) }).click();
  await page.locator("select").first().selectOption("1");
  await page.getByRole("button", { name: "Ajouter à mon compte" }).click();
  assert.match(await page.locator("main").innerText(), /Entré jusqu.ici\s: 1 sur 1/);
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page)), ...said()], []);
  await page.getByRole("button", { name: "Mon compte est complet" }).click();
  assert.match(await page.locator("main").innerText(), /Votre compte est complet/);
  await context.close();
});

test("the ballot is tried before voting, on a question about nothing", async () => {
  const context = await visit(browser, site.url, member(2), { viewport: { width: 320, height: 700 } });
  const page = await context.newPage();
  const said = complaints(page);
  await page.goto("/a/cercle/vote");
  await page.locator("article.reso", { has: page.getByRole("heading", { name: route }) }).locator("a[href$='/try']").click();
  await page.getByRole("button", { name: "Lire mon bulletin d’essai" }).click();
  assert.match(await page.locator("main").innerText(), /Donnez au moins un rang/);
  await page.getByLabel("Tarte aux poires", { exact: true }).selectOption("1");
  await page.getByLabel("Crêpes", { exact: true }).selectOption("2");
  await page.getByRole("button", { name: "Lire mon bulletin d’essai" }).click();
  assert.match(await page.locator("main").innerText(), /1\. Tarte aux poires, 2\. Crêpes/);
  const row = await page.locator(".rank-row").first().evaluate((r) => [...r.querySelectorAll("select, .rank-move")].map((e) => e.getBoundingClientRect().top + e.getBoundingClientRect().height / 2));
  assert.ok(Math.max(...row) - Math.min(...row) < 4, `the rank and what moves a row are on one line: ${row}`);
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page)), ...said().filter((line) => !line.includes("422"))], []);
  await page.goto("/a/cercle/vote");
  assert.equal(await page.locator("article.reso", { has: page.getByRole("heading", { name: route }) }).getByText("Tarte").count(), 0);
  await context.close();
});

/** The results as the chair sees them, and a resolution's card. */
async function results(title, options = {}) {
  const context = await visit(browser, site.url, role("Préside l’assemblée"), options);
  const page = await context.newPage();
  await page.goto("/a/cercle/results");
  return { context, page, card: page.locator("article.reso", { has: page.getByRole("heading", { name: title }) }) };
}

test("a tie is broken by the chair, who puts every option in order, without JavaScript", async () => {
  const { context, page, card } = await results("Le jour de la permanence", { javaScriptEnabled: false });
  assert.match(await card.innerText(), /À égalité\s: Lundi, Jeudi/);
  const rank = (name, n) => card.locator(".rank-row", { hasText: name }).locator("select").selectOption(n);
  await rank("Jeudi", "1");
  await rank("Lundi", "1");
  await rank("Samedi", "2");
  await card.getByRole("button", { name: "Départager" }).click();
  assert.match(await card.locator(".field-error, .error, [role=alert]").first().innerText(), /deux fois le rang.1.*Lundi.*Jeudi/u);
  assert.equal(await card.locator(".rank-row", { hasText: "Samedi" }).locator("select").inputValue(), "2");
  await page.goto("/a/cercle/results");
  await rank("Jeudi", "1");
  await rank("Lundi", "2");
  await rank("Samedi", "3");
  await card.getByRole("button", { name: "Départager" }).click();
  await page.goto("/a/cercle/results");
  assert.match(await card.innerText(), /Jeudi l.emporte/);
  assert.match(await card.innerText(), /présidence/);
  assert.equal(await card.getByRole("button", { name: "Départager" }).count(), 0);
  await context.close();
});

test("a tie is broken by lot, from a number drawn in public that the result tells", async () => {
  const { context, page, card } = await results("Qui parle pour le cercle");
  assert.match(await card.innerText(), /À égalité\s: Farida, Gaël, Hana/);
  assert.doesNotMatch(await card.innerText(), /retenu·e/);
  await card.getByLabel("Égalité : nombre tiré en public").fill("4-2-6");
  await card.getByRole("button", { name: "Départager" }).click();
  await page.goto("/a/cercle/results");
  assert.match(await card.innerText(), /4-2-6/);
  assert.match(await card.innerText(), /l.emporte parce qu/);
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], []);
  await context.close();
});

test("an option that does not meet its conditions is set aside in words, and the form asks for them", async () => {
  const { context, page, card } = await results("Refaire le local");
  assert.match(await card.innerText(), /Confier les travaux à une entreprise\s» est mis·e de côté faute de l.emporter sur «\sNe rien changer\s» à 3\scontre\s1\s: 36\svoix/);
  await page.goto("/a/cercle/prepare/series/new");
  await page.locator("#title").fill("Le local, encore");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.locator("section", { hasText: "Le local, encore" }).getByRole("link", { name: "Ajouter une résolution" }).click();
  await page.locator("#title").fill("Le toit");
  await page.locator("#text").fill("Que faire du toit ?");
  await page.locator("#rule").selectOption("choice:choix");
  await page.getByRole("button", { name: "Choisir la manière de compter" }).click();
  await page.locator("button[name=picked][value=schulze]").click();
  await page.locator("#options").fill("Réparer\nRefaire\nAttendre");
  await page.getByRole("button", { name: /Mettre la liste à jour/ }).click();
  await page.getByRole("group", { name: "Refaire", exact: true }).getByLabel(/Majorité/).fill("3");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  assert.match(await page.locator("#conditions").innerText(), /Dites quelle option ne change rien/);
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], []);
  await page.getByLabel("Option qui ne change rien").selectOption({ label: "Attendre" });
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("link", { name: /Le toit/ }).click();
  assert.equal(await page.getByRole("group", { name: "Refaire", exact: true }).getByLabel(/Majorité/).inputValue(), "3");
  await context.close();
});

test("the guide is used with the keyboard alone, from the rules to what each makes of the same ballots", async () => {
  const context = await visit(browser, site.url, null);
  const page = await context.newPage();
  await page.goto("/methods");
  await tabTo(page, (at) => at.name.includes("Essayer toutes les règles"), 30);
  await page.keyboard.press("Enter");
  await page.waitForURL(/methods\/try/);
  await tabTo(page, (at) => at.what.startsWith("<a") && at.name.includes("règles écossaises"), 80);
  await page.keyboard.press("Enter");
  await page.waitForURL(/method=stv-scotland/);
  assert.equal(await page.locator("#result h2").innerText(), "Vote unique transférable, règles écossaises");
  assert.match(await page.locator("#result").innerText(), /Il fallait/);
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], []);
  await context.close();
});

test("results have their pictures with the same figures in tables, in the light and in the dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const context = await visit(browser, site.url, member(1), { colorScheme });
    const page = await context.newPage();
    const said = complaints(page);
    await page.goto("/a/cercle/results");
    for (const picture of [".merit svg", ".duels svg", ".flow svg"]) assert.ok(await page.locator(picture).first().isVisible(), picture);
    for (const details of await page.locator("details").all()) await details.locator("summary").click();
    for (const caption of ["Mentions reçues", "Personnes élues"]) assert.ok((await page.locator("caption").allInnerTexts()).some((c) => c.includes(caption)), caption);
    assert.match(await page.locator("main").innerText(), /L’Écluse l.emporte parce que|l.emporte parce que/);
    assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page)), ...said()], []);
    await context.close();
  }
});
