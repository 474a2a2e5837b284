// A connected assembly from end to end, as the cooperative that asked for this program holds its
// own: votes open beforehand, a lobby, an agenda, questions, a quiz, slides, a film, two groups, the
// vote closes, results are announced, minutes come out. One chair, one secretary, three members
// (one on a phone), a screen in the hall.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { card, fillMoment, pdfPages, vote } from "./assembly.mjs";
import { film } from "./film.mjs";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";

const space = "/a/rencontre", live = `${space}/live`;
const garden = "Ouvrir un jardin partagé";
let site, browser, cast;
const pages = {}, contexts = {}, watched = [];

before(async () => {
  site = await house("demo", ["--voice", "off"]);
  browser = await browse();
  cast = await personas(site.url);
  const members = cast.filter((p) => p.role === "Sociétaire");
  const role = (begin) => cast.find((p) => p.role.startsWith(begin));
  await meet("admin", role("Administ"));
  await meet("chair", role("Préside"));
  await meet("secretary", role("Bureau"));
  await meet("ana", members[0]);
  await meet("ben", members[1], { viewport: { width: 360, height: 740 } });
  await meet("chloe", members[2], { javaScriptEnabled: false });
  await meet("hall");
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function meet(who, persona, options) {
  contexts[who] = await visit(browser, site.url, persona, options);
  pages[who] = await contexts[who].newPage();
  pages[who].called = persona?.name;
  watched.push(complaints(pages[who]));
}

const begun = Date.now();
let broken = false;
const step = (name, act) => test(name, { timeout: 600_000 }, async (t) => {
  if (broken) return t.skip("an earlier step failed");
  broken = true;
  try {
    await act(pages);
  } catch (error) {
    for (const [who, page] of Object.entries(pages)) t.diagnostic(`${who} sees ${page.url()}: ${(await page.locator("body").innerText()).replaceAll("\n", " ").slice(0, 600)}`);
    for (const line of site.log.filter((line) => /"level":"(WARN|ERROR)"/.test(line)).slice(-5)) t.diagnostic(line);
    throw error;
  }
  assert.deepEqual(watched.flatMap((said) => said()), []);
  assert.deepEqual(site.log.filter((line) => /"level":"ERROR"/.test(line)), []);
  broken = false;
});
const sound = async (...list) => {
  for (const page of list) assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], [], page.url());
};

step("the assembly is called, its agenda and its vote prepared", async ({ admin, chair }) => {
  await admin.goto("/a/new");
  await admin.getByLabel("Assemblée générale annuelle").check({ force: true });
  await admin.getByLabel("Titre", { exact: true }).fill("Rencontre de printemps");
  await admin.getByLabel("Adresse de la page").fill("rencontre");
  await fillMoment(admin, "Jour et heure de l’assemblée", new Date(Date.now() + 7200_000));
  await admin.getByLabel("Lieu").fill("En ligne, et salle du port");
  await admin.getByLabel("Tout le monde").check({ force: true });
  await admin.getByLabel("Règles de départ").selectOption("Modèle collectif, règles simples");
  await admin.getByRole("button", { name: "Créer l’assemblée" }).click();
  await admin.getByRole("heading", { name: "Rencontre de printemps" }).waitFor();
  for (const [role, page] of [["Présidence", chair], ["Bureau", pages.secretary]]) {
    await admin.goto(`${space}/edit/roles`);
    await admin.getByLabel("Rôle", { exact: true }).selectOption({ label: role });
    await admin.getByLabel("À qui ?").fill(page.called);
    await admin.getByRole("button", { name: "Chercher" }).click();
    await admin.getByRole("button", { name: new RegExp(`Donner le rôle ${role} à ${page.called}`) }).first().click();
    await admin.getByRole("button", { name: new RegExp(`Retirer le rôle ${role} à ${page.called}`) }).first().waitFor();
  }
  await admin.goto(`${space}/roll`);
  await admin.getByRole("button", { name: "Arrêter la liste" }).click();
  await admin.getByText("personnes peuvent voter").waitFor();
  for (const [title, minutes] of [["L’année écoulée", 20], ["Le jardin partagé", 30]]) {
    await chair.goto(`${space}/agenda/new`);
    await chair.getByLabel("Titre").fill(title);
    await chair.getByLabel("Durée prévue, en minutes").fill(String(minutes));
    await chair.getByRole("button", { name: "Enregistrer" }).click();
    await chair.waitForLoadState();
  }
  await chair.goto(`${space}/prepare/vote`);
  await chair.getByRole("link", { name: "Préparer un vote" }).click();
  await dates(chair, 3600, 7200);
  await chair.getByRole("link", { name: "Ajouter une résolution" }).click();
  await chair.getByLabel("Titre").fill(garden);
  await chair.getByLabel("Texte soumis au vote").fill("L’assemblée ouvre un jardin partagé derrière l’atelier.");
  const rules = chair.getByLabel("Règle des statuts");
  await rules.selectOption({ label: (await rules.locator("option").allTextContents()).find((o) => /Décision ordinaire/.test(o)) });
  await chair.getByRole("button", { name: "Enregistrer" }).click();
  await chair.getByText(garden).first().waitFor();
  await sound(chair);
});

/** Sets when the vote opens and closes, in seconds from now; who voted what is published. */
async function dates(page, opens, closes) {
  const now = Date.now();
  await fillMoment(page, "Ouverture", new Date(now + opens * 1000));
  await fillMoment(page, "Clôture", new Date(now + closes * 1000));
  await page.getByLabel("Publier qui a voté quoi, après la clôture").check({ force: true });
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { name: "Préparer le vote" }).waitFor();
}

step("the vote opens before the session; two members vote", async ({ chair, ana, chloe }) => {
  await chair.goto(`${space}/prepare/vote`);
  await chair.getByRole("link", { name: "Dates et réglages" }).click();
  await dates(chair, 3, Math.max(60, 2.5 * (Date.now() - begun) / 1000));
  await ana.goto(`${space}/vote`);
  await ana.waitForFunction(() => document.querySelector("article form") || (setTimeout(() => location.reload(), 500), false), null, { polling: 1000 });
  await vote(ana, garden, [/^Pour/]);
  await chloe.goto(`${space}/vote`);
  await vote(chloe, garden, [/^Contre/]);
});

step("people wait in the lobby, with and without a script, and the session opens for all", async ({ chair, ana, ben, chloe, hall }) => {
  for (const page of [ana, ben, chloe]) await page.goto(live);
  await hall.goto(`${live}/screen`);
  await ana.getByText("Cette page s’animera à son ouverture").waitFor();
  await sound(ana, ben, hall);
  await chair.goto(`${live}/chair`);
  await chair.getByRole("button", { name: "Ouvrir la séance" }).click();
  await ana.getByRole("button", { name: "Je suis présent·e" }).first().click();
  await ben.getByRole("button", { name: "Je suis présent·e" }).first().click();
  await ana.getByText("Vous êtes compté·e parmi les présent·es.").first().waitFor();
  await ben.getByText("Vous êtes compté·e parmi les présent·es.").first().waitFor();
  await chloe.reload();
  await chloe.getByRole("button", { name: "Je suis présent·e" }).first().click();
  await chloe.getByText("Vous êtes compté·e parmi les présent·es.").first().waitFor();
  await sound(chair, ana, ben, hall);
});

step("the agenda is followed; one speaks, one who has no microphone is read out", async ({ chair, ana, chloe, hall }) => {
  await chair.getByRole("button", { name: "Passer à : L’année écoulée" }).click();
  for (const page of [ana, hall]) await page.getByText("L’année écoulée").first().waitFor();
  await ana.getByRole("button", { name: "Demander la parole" }).click();
  await chair.getByRole("button", { name: `Donner la parole à ${ana.called}` }).first().click();
  await ana.getByRole("button", { name: "J’ai terminé" }).waitFor();
  await chloe.reload();
  await chloe.getByText("Sans micro : écrire mon intervention").click();
  await chloe.getByLabel("Mon intervention").fill("Merci à celles et ceux qui tiennent l’atelier le samedi.");
  await chloe.getByRole("button", { name: "Demander la parole" }).click();
  await ana.getByRole("button", { name: "J’ai terminé" }).click();
  await chair.getByRole("button", { name: `Donner la parole à ${chloe.called}` }).first().click();
  await hall.getByText("Merci à celles et ceux").first().waitFor();
  await sound(chair, ana, hall);
  await chair.getByRole("button", { name: "Arrêter la parole" }).click();
});

step("a question is asked, supported, answered", async ({ chair, ana, ben }) => {
  await ben.getByText("Poser une question", { exact: true }).click();
  await ben.getByLabel("Votre question").fill("Qui arrose l’été ?");
  await ben.getByRole("button", { name: "Poser la question" }).click();
  await ana.getByRole("button", { name: "Soutenir : Qui arrose l’été ?" }).click();
  await chair.locator(".ask", { hasText: "Qui arrose" }).locator("summary").click();
  await chair.getByRole("button", { name: "Répondu en séance : Qui arrose l’été ?" }).click();
  await ana.getByRole("button", { name: /Qui arrose l’été/ }).waitFor({ state: "detached" });
});

step("slides are shown, then a film, in step", async ({ secretary, chair, ana, ben, hall }) => {
  await secretary.setContent("<style>h1{break-after:page}</style><h1>Le jardin</h1><h1>Ce qu’il coûte</h1>");
  const deck = await secretary.pdf({ width: "16cm", height: "9cm" });
  const told = await contexts.secretary.request.post(`${space}/stage/decks`, { multipart: { title: "Le jardin en deux pages", file: { name: "jardin.pdf", mimeType: "application/pdf", buffer: deck } } });
  assert.equal(told.status(), 200, await told.text());
  await secretary.goto(`${space}/stage/prepare`);
  await secretary.getByRole("button", { name: "Montrer à tout le monde : Le jardin en deux pages" }).click();
  const shows = (page, n) => page.waitForFunction((n) => { const p = document.querySelector("stage-slides [data-picture]"); return p?.alt.startsWith(`Page ${n} sur 2`) && p.naturalWidth > 0; }, n);
  await Promise.all([chair, ana, ben, hall].map((page) => shows(page, 1)));
  await secretary.goto(live);
  await secretary.locator("stage-slides").getByRole("button", { name: "Page suivante" }).click();
  await Promise.all([chair, ana, ben, hall].map((page) => shows(page, 2)));
  assert.match(await ana.locator("stage-slides [data-text]").textContent(), /Ce qu’il coûte/);
  await sound(ana, ben, hall);
  const sent = await contexts.secretary.request.post(`${space}/stage/films`, { multipart: { film_title: "Un an de jardins", film: { name: "jardins.webm", mimeType: "video/webm", buffer: await film(secretary, 20) } } });
  assert.equal(sent.status(), 200);
  await secretary.goto(`${live}/chair`);
  await secretary.getByRole("button", { name: "Montrer à tout le monde : Un an de jardins" }).click();
  await Promise.all([secretary, ana, ben].map((page) => page.waitForFunction(() => document.querySelector("stage-film video")?.readyState >= 1)));
  await secretary.getByRole("button", { name: "Lire pour tout le monde" }).click();
  await Promise.all([ana, ben, hall].map((page) => page.waitForFunction(() => document.querySelector("stage-film video")?.currentTime > 0.5)));
  await secretary.getByRole("button", { name: "Mettre en pause pour tout le monde" }).click();
  await secretary.getByRole("button", { name: "Ne plus rien montrer" }).click();
  await ana.locator("stage-film").waitFor({ state: "detached" });
});

step("a quiz is answered, and says what was right", async ({ chair, ana, ben, hall }) => {
  await chair.getByText("Improviser une question").click();
  await chair.getByLabel("La question", { exact: true }).fill("Combien d’heures par semaine pour le jardin ?");
  await chair.getByLabel("Les réponses proposées").fill("Deux\n* Six");
  await chair.getByLabel("Joindre les résultats au procès-verbal").check({ force: true });
  await chair.getByRole("button", { name: "Ouvrir maintenant" }).click();
  const quiz = (page) => page.locator("section.poll", { hasText: "Combien d’heures" });
  for (const [page, answer] of [[ana, "Six"], [ben, "Deux"]]) {
    await quiz(page).getByRole("radio", { name: answer }).check({ force: true });
    await quiz(page).getByRole("button", { name: "Répondre" }).click();
    await quiz(page).getByText("Votre réponse est comptée").waitFor();
  }
  await chair.getByRole("button", { name: /^Clore : Combien/ }).click();
  await quiz(hall).getByText("bonne réponse").first().waitFor();
  await sound(chair, ana, ben, hall);
  await chair.getByRole("button", { name: /^Retirer les résultats/ }).click();
});

step("two groups meet, and bring back what they wrote", async ({ chair, ana, ben }) => {
  await chair.getByRole("button", { name: "Passer à : Le jardin partagé" }).click();
  await chair.goto(`${space}/tables`);
  await chair.getByLabel("Taille ou nombre").selectOption("count");
  await chair.getByLabel("Combien").fill("2");
  await chair.getByRole("button", { name: "Préparer les tables" }).click();
  await chair.getByRole("heading", { name: /2 tables/ }).waitFor();
  await chair.getByRole("button", { name: "Ouvrir les tables" }).click();
  await Promise.all([ana, ben].map((page) => page.waitForURL(/\/tables\/\d$/)));
  for (const [page, words] of [[ana, "Commencer petit : trois bacs"], [ben, "Un planning d’arrosage"]]) {
    await page.locator("#new-card textarea").fill(words);
    await page.getByRole("button", { name: "Ajouter la carte" }).click();
    await page.locator(".tables-card", { hasText: words }).waitFor();
  }
  await sound(ana, ben);
  assert.equal((await contexts.chair.request.post(`${space}/tables/back`, { form: { seconds: "3", from: "console" }, maxRedirects: 0 })).status(), 303);
  await Promise.all([ana, ben].map((page) => page.waitForURL("**" + live)));
  for (const words of ["trois bacs", "arrosage"]) await ana.locator("#tables-harvest .tables-card", { hasText: words }).waitFor({ state: "attached" });
  await chair.goto(`${live}/chair`);
  await chair.getByRole("button", { name: "Tout mettre au procès-verbal" }).click();
});

step("the last members vote during the session; the vote closes by itself and the result is announced", async ({ chair, ana, ben, hall }) => {
  const phone = await contexts.ben.newPage();
  await phone.goto(`${space}/vote`);
  await vote(phone, garden, [/^Pour/]);
  await sound(phone);
  await phone.close();
  await ana.goto(`${space}/results`);
  await ana.waitForFunction(() => document.body.innerText.includes("Pourquoi «") || (setTimeout(() => location.reload(), 1000), false), null, { polling: 1500, timeout: 200_000 });
  await sound(ana);
  const said = (await card(ana, garden).innerText()).match(/Adoptée|Rejetée/)[0];
  await chair.getByLabel("Message", { exact: true }).fill(`Résultat du vote sur le jardin : ${said}.`);
  await chair.getByRole("button", { name: "Afficher" }).click();
  for (const page of [ben, hall]) await page.getByText("Résultat du vote sur le jardin").first().waitFor();
});

step("the session closes; the minutes say all of it", async ({ chair, secretary, ana, chloe }) => {
  await chair.getByRole("button", { name: "Clore la séance" }).click();
  await chair.getByRole("button", { name: "Reprendre la séance" }).waitFor();
  await chair.goto(`${space}/attendance/sign`);
  await chair.getByRole("button", { name: "Certifier exacte et signer" }).click();
  await chair.waitForURL(/\/attendance$/);
  await secretary.goto(`${space}/minutes`);
  await secretary.getByRole("button", { name: "Rédiger depuis le journal" }).click();
  await secretary.getByRole("link", { name: "Compléter le texte" }).click();
  await sound(secretary);
  for (const text of await secretary.locator("textarea").all()) await text.fill((await text.inputValue()).replaceAll("[à compléter]", "18 h 30"));
  await secretary.getByLabel("Résumé des débats").fill("Le jardin commencera par trois bacs.");
  await secretary.getByRole("button", { name: "Enregistrer" }).click();
  await secretary.getByRole("button", { name: "Soumettre au bureau" }).click();
  await chair.goto(`${space}/minutes`);
  await chair.getByRole("button", { name: "Approuver ce procès-verbal" }).click();
  await chair.waitForLoadState();
  await ana.goto(`${space}/minutes`);
  await ana.getByText("Le procès-verbal ne change plus.").waitFor();
  const [file] = await Promise.all([ana.waitForEvent("download"), ana.getByRole("link", { name: "Procès-verbal (PDF)" }).click()]);
  const text = (await pdfPages(await file.path())).join("\n").replaceAll(/[\u00a0\u202f]/g, " ").replaceAll(/\s+/g, " ");
  const all = [garden, "L’année écoulée", "Le jardin partagé", ana.called, chloe.called, "Qui arrose l’été", "Combien d’heures par semaine", "trois bacs", "planning d’arrosage"];
  assert.deepEqual(all.filter((words) => !text.includes(words)), [], text);
});
