// A citizens' assembly drawn by lot, on an empty instance with a real mail server: an organiser, a
// volunteer and a stranger, from the call for volunteers to the seats that were left free and the
// day when nobody is known any more. Without a network, the drand round is one that was published in 2023.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { fillMoment, local, pdfPages } from "./assembly.mjs";
import { browse, house, root, run, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";
import { post } from "./post.mjs";

let box, site, browser, papers;
const pages = {}, watched = [];
const days = (n) => new Date(Date.now() + n * 86_400_000);

before(async () => {
  papers = mkdtempSync(join(tmpdir(), "isegoria-draw-"));
  box = await post();
  site = await house("serve", ["--mail-host", "localhost", "--mail-port", String(box.port), "--mail-tls", "none", "--mail-from", "tirage@exemple.org", "--voice", "off"]);
  browser = await browse();
  for (const who of ["organiser", "volunteer", "stranger"]) {
    pages[who] = await (await visit(browser, site.url)).newPage();
    watched.push(complaints(pages[who]));
  }
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await box?.stop();
  rmSync(papers, { recursive: true, force: true });
});

/** A step needs those before it: when one fails, the rest is skipped. */
let broken = false;
const step = (name, act) => test(name, { timeout: 180_000 }, async (t) => {
  if (broken) return t.skip("an earlier step failed");
  broken = true;
  try {
    await act(pages);
  } catch (error) {
    for (const [who, page] of Object.entries(pages)) t.diagnostic(`${who} sees ${page.url()}: ${(await page.locator("body").innerText()).replaceAll("\n", " ").slice(0, 700)}`);
    throw error;
  }
  assert.deepEqual(watched.flatMap((said) => said()), []);
  assert.deepEqual(site.log.filter((line) => /"level":"(WARN|ERROR)"/.test(line)), []);
  broken = false;
});

/** The page as it stands is sound, and says nothing of anybody where it is public. */
async function sound(page, secrets = []) {
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], [], page.url());
  const text = await page.content();
  for (const word of secrets) assert.ok(!text.includes(word), `${page.url()} says ${word}`);
}

/** What cannot be waited for: moments kept in the database are moved. */
const later = (statement) => promisify(execFile)("go", ["run", "./internal/app/apptest/later", join(site.folder, "isegoria.db"), statement], { cwd: root });

/** Enters dice one by one, each seen before the next. */
async function enterDice(page, ...dice) {
  for (const die of dice) {
    await page.getByLabel(/Ce que montre le dé/).fill(String(die));
    await press(page, "Saisir ce dé");
    await page.locator(".draw-throws li").last().getByText(String(die)).waitFor();
  }
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const secrets = ["Secrète", "@exemple.org", "rue Cachée"];
let draw, form; // addresses of the draw and of its application form

step("an organiser makes a citizens' assembly and prepares a draw", async ({ organiser: page, stranger }) => {
  await page.goto(site.lines.join("\n").match(/https?:\S+\/first\/\S+/)[0]);
  await page.getByLabel("Nom de l’organisation").fill("Pays des Trois Rivières");
  await page.getByLabel("Votre prénom et votre nom").fill("Camille Rey");
  await page.getByLabel("Votre adresse électronique").fill("camille@exemple.org");
  await press(page, "Commencer");
  await page.goto("/a/new");
  await page.getByLabel("Convention citoyenne").check({ force: true });
  await page.getByLabel("Titre", { exact: true }).fill("Partager l’eau");
  await page.getByLabel("Adresse de la page").fill("eau");
  await fillMoment(page, "Jour et heure de l’assemblée", days(120));
  await page.getByLabel("Tout le monde").check({ force: true });
  await press(page, "Créer l’assemblée");
  await page.getByRole("heading", { name: "Partager l’eau" }).waitFor();
  await sound(page);
  await page.goto("/a/eau/draws");
  await sound(page);
  await page.getByRole("link", { name: "Préparer un tirage" }).click();
  await sound(page);
  await press(page, "Enregistrer"); // empty: what is missing is said beside the field
  await page.getByLabel("Ce qui est tiré au sort").fill("Douze personnes pour l’eau");
  await page.getByLabel("Nombre de places").fill("12");
  await page.getByLabel("Une seule personne par adresse").check({ force: true });
  await press(page, "Enregistrer");
  await page.getByRole("heading", { name: "Douze personnes pour l’eau" }).waitFor();
  await sound(page);
  draw = new URL(page.url()).pathname.replace("/prepare", "");
  form = draw.replace("/a/eau/draws/", "/apply/");
  await page.goto(`${draw}/categories`);
  await page.getByLabel("Nom").first().fill("Genre");
  await page.getByLabel(/^Valeurs/).first().fill("Femme\nHomme");
  await press(page, "Enregistrer et en ajouter une");
  await sound(page);
  await page.getByLabel("Nom").nth(1).fill("Âge");
  await page.getByLabel(/^Valeurs/).nth(1).fill("18-39 ans\n40-59 ans\n60 ans ou plus");
  await press(page, "Enregistrer");
  assert.equal((await stranger.context().request.get(draw)).status(), 404);
});

let code;
step("addresses are drawn from a file, and letters with a code are printed", async ({ organiser: page }) => {
  await page.goto(`${draw}/letters`);
  await sound(page);
  const register = "Nom;Rue;Commune\n" + Array.from({ length: 120 }, (_, i) => `Famille Secrète${i};${i} rue Cachée;${i < 90 ? "Rivière" : "Hameau"}`).join("\n");
  await page.getByLabel("Fichier d’adresses").setInputFiles({ name: "adresses.csv", mimeType: "text/csv", buffer: Buffer.from(register) });
  await press(page, "Continuer");
  await page.getByLabel("Nombre de lettres").fill("12");
  await page.getByLabel("Partager les lettres selon").selectOption("Commune");
  await sound(page);
  await press(page, "Tirer les lettres");
  await page.getByRole("heading", { name: "12 lettres tirées" }).waitFor();
  await sound(page);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Imprimer les lettres (PDF)" }).click()]);
  await file.saveAs(join(papers, "lettres.pdf"));
  const letters = await pdfPages(join(papers, "lettres.pdf"));
  assert.equal(letters.filter((text) => /rue Cachée/.test(text)).length, 12);
  code = letters[0].match(/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/)[0];
});

let own;
step("the form opens; a volunteer applies with their code and confirms", async ({ organiser: page, volunteer, stranger }) => {
  await page.goto(`${draw}/application`);
  await sound(page);
  await fillMoment(page, "Clôture des candidatures", days(10));
  await press(page, "Ouvrir jusqu’à cette date");
  await page.getByRole("heading", { name: "Le formulaire est ouvert" }).waitFor();
  await sound(page);
  await stranger.goto(site.url + "/a/eau");
  await stranger.getByRole("link", { name: "Me porter volontaire" }).click();
  await sound(stranger);
  await volunteer.goto(site.url + form);
  await volunteer.getByLabel("Code de votre lettre").fill("AAAAA-AAAAA");
  await volunteer.getByLabel("Nom et prénom").fill("Zoé Secrète");
  await volunteer.getByLabel("Courriel").fill("zoe@exemple.org");
  await volunteer.getByLabel("Adresse postale").fill("7 rue Cachée, Rivière");
  await volunteer.getByLabel("Femme").check({ force: true });
  await volunteer.getByLabel("40-59 ans").check({ force: true });
  await volunteer.getByLabel("J’accepte", { exact: true }).check({ force: true });
  await press(volunteer, "Me porter volontaire");
  await volunteer.getByText("Ce n’est pas le code d’une lettre").first().waitFor();
  assert.equal(await volunteer.getByLabel("Nom et prénom").inputValue(), "Zoé Secrète");
  await sound(volunteer);
  await volunteer.getByLabel("Code de votre lettre").fill(code.toLowerCase());
  await press(volunteer, "Me porter volontaire");
  await volunteer.getByText("Regardez vos courriels").waitFor();
  await sound(volunteer);
  own = (await box.next("zoe@exemple.org", /Confirmez votre candidature/)).text.match(/https?:\S+\/volunteer\/\S+/)[0];
  await volunteer.goto(own);
  await sound(volunteer);
  await press(volunteer, "Confirmer ma candidature");
  await volunteer.getByText("Votre candidature est enregistrée").waitFor();
  await sound(volunteer);
});

step("more volunteers are imported; quotas are proposed, refused with a way out, and met", async ({ organiser: page }) => {
  await page.goto(`${draw}/application`);
  await press(page, "Fermer maintenant");
  await page.goto(`${draw}/import`);
  await sound(page);
  const genders = ["Femme", "Homme", "Homme"], ages = ["60 ans ou plus", "40-59 ans", "60 ans ou plus", "18-39 ans"];
  const people = Array.from({ length: 59 }, (_, i) => `Prénom Secrète${i};v${i}@exemple.org;${i - (i % 9 === 8 ? 1 : 0)} rue Cachée;${genders[i % 3]};${ages[i % 4]}`);
  await page.getByLabel("Fichier", { exact: true }).setInputFiles({ name: "volontaires.csv", mimeType: "text/csv", buffer: Buffer.from(["Nom;Courriel;Rue;Genre;Âge", ...people].join("\n")) });
  await press(page, "Continuer");
  await sound(page);
  await press(page, "Importer 59 personnes");
  await page.getByRole("heading", { name: "Quotas" }).waitFor();
  await page.getByLabel("Territoire").selectOption("35");
  await press(page, "Proposer ces parts");
  await press(page, "Remplir d’après les parts");
  await page.getByText("Les quotas peuvent être atteints").waitFor();
  assert.match(await page.getByLabel("Population, %, Femme").inputValue(), /^5[0-9],\d$/);
  await page.getByRole("heading", { name: "Ce que coûte chaque quota" }).waitFor();
  await sound(page);
  for (const value of ["18-39 ans", "40-59 ans", "60 ans ou plus"]) await page.getByLabel(`Min., ${value}`).fill("5");
  for (const value of ["18-39 ans", "40-59 ans", "60 ans ou plus"]) await page.getByLabel(`Max., ${value}`).fill("6");
  await press(page, "Enregistrer et vérifier");
  await page.getByText("Les quotas ne peuvent pas être atteints ensemble").waitFor();
  await sound(page);
  await press(page, "Accepter ce changement");
  await page.getByText("Les quotas peuvent être atteints").waitFor();
  await page.goto(`${draw}/constituencies`);
  await sound(page);
  await page.goto(`${draw}/volunteers`);
  await page.getByText("60 personnes").waitFor();
  await sound(page);
});

step("two come together, a contradiction is refused, and a co-chair sits by right", async ({ organiser: page }) => {
  await page.goto(`${draw}/ties`);
  await page.getByLabel("Ensemble").check({ force: true });
  await page.getByLabel("Volontaires").fill("v1@exemple.org, v2@exemple.org");
  await page.getByLabel("Raison, lue par le public").fill("Un couple");
  await press(page, "Ajouter cette règle");
  await page.getByRole("heading", { name: "1 règle" }).waitFor();
  await page.getByLabel("Séparément").check({ force: true });
  await page.getByLabel("Volontaires").fill("v1@exemple.org, v2@exemple.org");
  await press(page, "Ajouter cette règle");
  await page.getByText("doivent siéger ensemble, et une autre règle les sépare").first().waitFor();
  assert.equal(await page.getByLabel("Volontaires").inputValue(), "v1@exemple.org, v2@exemple.org");
  await sound(page);
  await page.getByLabel("Volontaires").fill("v1@exemple.org, v9@exemple.org");
  await press(page, "Ajouter cette règle");
  await page.getByRole("heading", { name: "2 règles" }).waitFor();
  await page.getByLabel("De droit").check({ force: true });
  await page.getByLabel("Volontaires").fill("v3@exemple.org");
  await page.getByLabel("Raison, lue par le public").fill("Article 12 des statuts");
  await press(page, "Ajouter cette règle");
  await page.getByRole("heading", { name: "3 règles" }).waitFor();
  await sound(page);
});

let number; // drawn
step("the list is computed, published with its fingerprint, and its number drawn before everybody's eyes", async ({ organiser: page, volunteer, stranger }) => {
  await page.goto(`${draw}/prepare`);
  await sound(page);
  await press(page, "Calculer la liste");
  await page.getByText("La liste est prête").or(page.getByText("Publiez la liste, avant de tirer le numéro")).first().waitFor();
  await page.goto(`${draw}/prepare`);
  await page.getByText("Publiez la liste, avant de tirer le numéro").waitFor();
  await sound(page);
  await page.getByLabel("Des dés à dix faces").check({ force: true });
  await page.locator("[name=beacon_at]").fill("2020-01-01T12:00");
  await press(page, "Publier la liste");
  await page.getByText("Choisissez une heure dans plus d’une minute").first().waitFor();
  await page.locator("[name=beacon_at]").fill(local(days(1)).slice(0, 16));
  await press(page, "Publier la liste");
  await page.getByText("Le numéro va être tiré").waitFor();
  await sound(page);
  await stranger.goto(site.url + draw);
  await stranger.getByText("Encore 3 dés à lancer.").waitFor();
  await stranger.getByRole("link", { name: /^api\.drand\.sh, tour \d+$/ }).waitFor();
  await stranger.getByText("Article 12 des statuts").waitFor();
  await sound(stranger, secrets);
  const hash = await stranger.locator("code").first().innerText();
  assert.match(hash, /^[0-9a-f]{64}$/);
  await volunteer.goto(own);
  await volunteer.getByRole("heading", { name: "Votre chance" }).waitFor();
  await volunteer.getByText("c’est votre chance d’être tiré·e").waitFor();
  await sound(volunteer);
  await page.getByLabel(/Ce que montre le dé/).fill("4");
  await press(page, "Saisir ce dé");
  await enterDice(page, 1);
  await press(page, "Corriger le dernier dé");
  await enterDice(page, 0, 7);
  await page.getByText(/^En attente de la balise, tour \d+/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Saisir la balise" }).count(), 0, "the round has not come");
  await later("UPDATE draw_round SET method = json_set(method, '$.beacon', 1000, '$.beacon_at', '2023-08-23T15:59:24Z') WHERE state = 'published'");
  await page.getByRole("link", { name: "Recharger la page" }).click();
  const said = readFileSync(join(root, "sortition/testdata/quicknet-1000.json"), "utf8");
  await page.getByLabel("Réponse de drand pour le tour 1000").fill(said.replace("b446", "a446"));
  await press(page, "Saisir la balise");
  await page.getByText("Cette signature n’est pas celle du tour 1000").first().waitFor();
  await sound(page);
  await page.getByLabel("Réponse de drand pour le tour 1000").fill(said);
  await press(page, "Saisir la balise");
  await page.getByText("Dés à 10 faces : 4 0 7. Lus ensemble, ils donnent 407.").waitFor();
  number = await page.locator(".draw-number").innerText();
  await stranger.locator(".draw-number").getByText(number, { exact: true }).waitFor(); // the page followed by itself
  await sound(page);
  await press(page, "Proclamer ce numéro");
  await page.getByRole("heading", { name: "Les 11 personnes tirées au sort" }).waitFor();
  await stranger.getByRole("heading", { name: "Les 11 personnes tirées au sort" }).waitFor();
  await stranger.reload();
  await stranger.getByRole("heading", { name: "1 membre de droit" }).waitFor();
  assert.equal(await stranger.locator("#number .draw-slots li").count(), 12);
  assert.ok((await stranger.content()).includes(hash), "the fingerprint is the one published before");
  await sound(stranger, secrets);
  await stranger.emulateMedia({ colorScheme: "dark" });
  await sound(stranger);
  await volunteer.reload();
  await volunteer.getByText(/Votre numéro (n’est pas|est) sorti\./).waitFor();
  await sound(volunteer);
  await volunteer.goto(site.url + draw); // one who was imported never had a link: they ask for it
  await volunteer.getByRole("link", { name: "Recevoir mon lien personnel" }).click();
  await volunteer.getByLabel("Courriel").fill("v5@exemple.org");
  await sound(volunteer);
  await press(volunteer, "M’envoyer le lien");
  await volunteer.getByText("Regardez vos courriels").waitFor();
  await sound(volunteer);
  await volunteer.goto((await box.next("v5@exemple.org", /lien personnel/)).text.match(/https?:\S+\/volunteer\/\S+/)[0]);
  await volunteer.getByText(/Votre numéro (n’est pas|est) sorti\./).waitFor();
});

step("a stranger checks it all with the files and the command; one changed digit is refused", async ({ stranger }) => {
  for (const name of ["pool.csv", "categories.csv", "report.json", "panels.csv"]) {
    const [file] = await Promise.all([stranger.waitForEvent("download"), stranger.getByRole("link", { name, exact: true }).click()]);
    await file.saveAs(join(papers, name));
    for (const word of secrets) assert.ok(!readFileSync(join(papers, name), "utf8").includes(word), `${name} says ${word}`);
  }
  const verify = () => run("draw", "--verify", join(papers, "report.json"), "--pool", join(papers, "pool.csv"), "--categories", join(papers, "categories.csv"));
  const good = await verify();
  assert.equal(good.code, 0, good.text);
  assert.match(good.text, /yes {2}the number comes from its sources/);
  const report = readFileSync(join(papers, "report.json"), "utf8"), named = `"number":${number}`;
  assert.ok(report.includes(named));
  writeFileSync(join(papers, "report.json"), report.replace(named, `"number":${(Number(number) + 1) % 1000}`));
  const bad = await verify();
  assert.equal(bad.code, 1, bad.text);
  for (const path of ["/a/eau", "/a/eau/draws", "/a/eau/journal", "/journal"]) {
    await stranger.goto(site.url + path);
    await sound(stranger, secrets);
  }
});

step("those drawn are invited and answer; alternates stand ready; one declines and one withdraws", async ({ organiser: page, volunteer }) => {
  await page.goto(`${draw}/prepare`);
  await page.getByLabel("Nombre de suppléances").fill("20");
  await press(page, "Désigner et prévenir");
  await page.getByText("20 personnes").waitFor();
  await page.goto(`${draw}/prepare`);
  await page.getByLabel("Votre message").fill("Premier samedi à la salle des fêtes.");
  await sound(page);
  await fillMoment(page, "Réponse attendue avant", days(14));
  await press(page, "Envoyer les invitations");
  await page.getByText("12 personnes").waitFor();
  await sound(page);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Télécharger la liste (CSV)" }).click()]);
  await file.saveAs(join(papers, "panel.csv"));
  const panel = readFileSync(join(papers, "panel.csv"), "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
  assert.equal(panel.length, 12);
  const [first, second] = panel.filter((line) => line[5] === "invited").map((line) => line[2]);
  const link = async (address) => (await box.next(address, /tiré·e au sort/)).text.match(/https?:\S+\/volunteer\/\S+/)[0];
  await volunteer.goto(await link(first));
  await volunteer.getByText("Vous êtes tiré·e au sort").waitFor();
  await volunteer.getByText("Votre numéro est sorti.").waitFor();
  await sound(volunteer);
  await press(volunteer, "J’accepte");
  await volunteer.getByText("Vous avez accepté de siéger").waitFor();
  await sound(volunteer);
  await press(volunteer, "Je ne peux plus venir");
  await volunteer.getByText("Vous avez décliné").waitFor();
  await sound(volunteer);
  await volunteer.goto(await link(second));
  await press(volunteer, "Je décline");
  await volunteer.getByText("Vous avez décliné").waitFor();
});

step("the two free seats are drawn again, all by plain forms, without JavaScript", async ({ organiser, stranger }) => {
  const context = await visit(browser, site.url, undefined, { javaScriptEnabled: false, storageState: await organiser.context().storageState() });
  const page = await context.newPage();
  await page.goto(`${draw}/prepare`);
  await page.getByRole("heading", { name: "2 places sont libres" }).waitFor();
  await page.getByRole("button", { name: /^Tirer parmi les \d+ suppléances$/ }).click();
  for (const end = Date.now() + 60_000; Date.now() < end && !(await page.getByText("Publiez la liste, avant de tirer le numéro").count());) {
    await page.waitForTimeout(300);
    await page.goto(`${draw}/prepare`);
  }
  await page.getByLabel("Des dés à dix faces").check({ force: true });
  await press(page, "Publier la liste");
  await enterDice(page, 9, 9, 0);
  await press(page, "Proclamer ce numéro");
  await page.getByRole("heading", { name: "Les 2 personnes remplaçantes" }).waitFor();
  await context.close();
  await stranger.goto(`${site.url}${draw}?round=1`);
  await stranger.getByText("Les numéros barrés ont décliné.").waitFor();
  await sound(stranger, secrets);
});

step("at the announced date the volunteers' names are forgotten, and the draw can still be checked", async ({ organiser: page, volunteer, stranger }) => {
  await later("UPDATE draw SET erase_at = created_at");
  await volunteer.goto(own);
  for (const end = Date.now() + 60_000; Date.now() < end && !(await volunteer.getByText("Vos données personnelles ont été effacées").count());) await volunteer.reload();
  assert.ok(!(await volunteer.content()).includes("Secrète"));
  await sound(volunteer);
  await page.goto(`${draw}/volunteers`);
  await page.getByText("Les données personnelles ont été effacées").waitFor();
  await sound(page, secrets);
  await stranger.goto(site.url + draw);
  await stranger.getByText("Les données personnelles ont été effacées").waitFor();
  await stranger.getByRole("link", { name: "report-2.json", exact: true }).waitFor();
  await sound(stranger, secrets);
});
