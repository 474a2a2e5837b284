// The whole story of an assembly, on an empty instance with a real mail server: from the first
// administrator's link to the file that proves what was decided.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { askLink, card, fillMoment, giveProxy, pdfPages, signInByCode, signInByMail, vote } from "./assembly.mjs";
import { browse, house, run, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";
import { post } from "./post.mjs";
import { tabTo } from "./reach.mjs";

const register = `Numéro;Nom;Prénom;Collège;Parts;E-mail;Adresse;Code postal;Ville;Admis le
1;Salaün;Irène;salaries;5;irene@exemple.org;1 rue du Port;35000;Rennes;2020-01-15
2;Nasri;Omar;salaries;2;omar@exemple.org;2 rue du Port;35000;Rennes;2020-01-15
3;Lund;Ada;usagers;1;ada@exemple.org;3 rue du Port;35000;Rennes;2020-01-15
4;Petit;Basile;usagers;1;;4 rue du Port;35000;Rennes;2020-01-15
5;Weber;Chloé;usagers;1;chloe@exemple.org;5 rue du Port;35000;Rennes;2020-01-15
6;Costa;Diane;usagers;3;diane@exemple.org;6 rue du Port;35000;Rennes;2020-01-15
7;Morvan;Émile;usagers;1;emile@exemple.org;7 rue du Port;35000;Rennes;2020-01-15
8;Bakri;Farid;partenaires;10;farid@exemple.org;8 rue du Port;35000;Rennes;2020-01-15
9;Le Roux;Gaëlle;salaries;1;gaelle@exemple.org;9 rue du Port;35000;Rennes;2020-01-15
10;Vidal;Hugo;partenaires;20;;10 rue du Port;35000;Rennes;2020-01-15
;Sans;Numéro;usagers;1;;11 rue du Port;35000;Rennes;2020-01-15
`;
const accounts = "Approbation des comptes", board = "Élection au conseil";

let box, site, browser, papers;
const pages = {}; // who → their browser's page
const watched = []; // what each browser complains about
const codes = {}; // who → the code of their letter

before(async () => {
  papers = mkdtempSync(join(tmpdir(), "isegoria-papers-"));
  box = await post();
  site = await house("serve", ["--voice", "off", "--mail-host", "localhost", "--mail-port", String(box.port), "--mail-tls", "none", "--mail-from", "ag@exemple.org"]);
  browser = await browse();
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await box?.stop();
  rmSync(papers, { recursive: true, force: true });
});

const begun = Date.now();
/** How long the vote lasts, in seconds: what came before it has shown how fast this machine is. */
const voteLasts = () => Math.max(30, (Date.now() - begun) / 1000);

/** A step needs those before it: when one fails, the rest is skipped. */
let broken = false;
const step = (name, act) => test(name, { timeout: 600_000 }, async (t) => {
  if (broken) return t.skip("an earlier step failed");
  broken = true;
  try {
    await act(t);
  } catch (error) {
    for (const [who, page] of Object.entries(pages)) t.diagnostic(`${who} sees ${page.url()}: ${(await page.locator("main").innerText()).replaceAll("\n", " ").slice(0, 600)}`);
    throw error;
  }
  assert.deepEqual(watched.flatMap((said) => said()), []);
  assert.deepEqual(site.log.filter((line) => /"level":"(WARN|ERROR)"/.test(line)), []);
  broken = false;
});

/** A browser of their own for somebody. */
async function meet(who, options) {
  const context = await visit(browser, site.url, undefined, options);
  pages[who] = await context.newPage();
  watched.push(complaints(pages[who]));
  return pages[who];
}

/** The page as it stands is sound. */
async function sound(page) {
  assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], [], page.url());
}

/** Presses a button that answers with a file; resolves with where it was put. */
async function take(page, button, name) {
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  await file.saveAs(join(papers, name));
  return join(papers, name);
}

step("the printed link makes the first administrator, once", async () => {
  const link = site.lines.join("\n").match(/https?:\S+\/first\/\S+/)[0];
  const page = await meet("admin");
  await page.goto(link);
  await sound(page);
  await page.getByLabel("Nom de l’organisation").fill("Les Ateliers du Pont");
  await page.getByLabel("Votre prénom et votre nom").fill("Camille Rey");
  await page.getByLabel("Votre adresse électronique").fill("camille@exemple.org");
  await page.getByRole("button", { name: "Commencer" }).click();
  await page.getByRole("heading", { name: "Bonjour Camille Rey" }).waitFor();
  await sound(page);
  assert.equal((await fetch(link)).status, 409);
});

step("a register is imported; the line that cannot be is named", async () => {
  const page = pages.admin;
  await page.goto("/register/import");
  await page.getByLabel("Le fichier").setInputFiles({ name: "registre.csv", mimeType: "text/csv", buffer: Buffer.from(register) });
  await page.getByRole("button", { name: "Envoyer le fichier" }).click();
  await page.getByRole("button", { name: "Vérifier le fichier" }).waitFor();
  await sound(page);
  await page.getByRole("button", { name: "Vérifier le fichier" }).click();
  await page.getByRole("heading", { name: "10 lignes prêtes, 1 refusée" }).waitFor();
  await sound(page);
  const refused = readFileSync(await take(page, page.getByRole("link", { name: /refusée/ }), "refused.csv"), "utf8");
  assert.match(refused, /Sans;Numéro/);
  await page.getByRole("button", { name: "Importer 10 lignes" }).click();
  await page.getByRole("link", { name: "Voir le registre" }).click();
  await page.getByText("10 membres").waitFor();
  await sound(page);
});

const motion = { title: accounts, text: "L’assemblée approuve les comptes de l’exercice.", rule: /Décision ordinaire/ };
const election = { title: board, text: "Deux sièges sont à pourvoir.", rule: /Élection au conseil/, names: "Awa Cissé\nYann Le Goff\nSalomé Vidal", seats: 2 };
const space = "/a/ag";

step("a general assembly is created, with its statutes, its people and its electoral roll", async () => {
  const page = pages.admin;
  await page.goto("/a/new");
  await sound(page);
  await page.getByLabel("Assemblée générale annuelle").check({ force: true });
  await page.getByLabel("Titre", { exact: true }).fill("Assemblée générale 2027");
  await page.getByLabel("Adresse de la page").fill("ag");
  await fillMoment(page, "Jour et heure de l’assemblée", new Date(Date.now() + 26 * 3600_000));
  await page.getByLabel("Lieu").fill("En ligne");
  await page.getByLabel("Tout le monde").check({ force: true });
  await page.getByLabel("Règles de départ").selectOption("Modèle SCIC, avec collèges");
  await page.getByRole("button", { name: "Créer l’assemblée" }).click();
  await page.getByRole("heading", { name: "Assemblée générale 2027" }).waitFor();
  for (const [role, name] of [["Présidence", "Irène"], ["Bureau", "Omar"], ["Dépouillement", "Farid"], ["Dépouillement", "Gaëlle"]]) {
    await page.goto(`${space}/edit/roles`);
    await page.getByLabel("Rôle", { exact: true }).selectOption({ label: role });
    await page.getByLabel("À qui ?").fill(name);
    await page.getByRole("button", { name: "Chercher" }).click();
    await page.getByRole("button", { name: new RegExp(`Donner le rôle ${role} à ${name}`) }).click();
    await page.getByRole("button", { name: new RegExp(`Retirer le rôle ${role} à ${name}`) }).waitFor();
  }
  await sound(page);
  await page.goto(`${space}/roll`);
  await page.getByRole("button", { name: "Arrêter la liste" }).click();
  await page.getByText("10 personnes peuvent voter").waitFor();
  await sound(page);
});

step("the chair signs in by a link that a mail scanner has already looked at, and prepares the assembly", async () => {
  const page = await meet("irene");
  const link = await askLink(page, box, "irene@exemple.org");
  for (const method of ["HEAD", "GET", "GET"]) assert.equal((await fetch(link, { method })).status, 200);
  await page.goto(link);
  await page.getByRole("button", { name: "Me connecter en tant que Irène Salaün" }).click();
  await page.goto(`${space}/agenda/new`);
  await page.getByLabel("Titre").fill("Les comptes de l’année");
  await page.getByLabel("Durée prévue, en minutes").fill("30");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("link", { name: "Ajouter un document", exact: true }).click();
  await page.getByLabel("Fichier").setInputFiles({ name: "comptes.txt", mimeType: "text/plain", buffer: Buffer.from("Excédent : 18 420 €\n") });
  await page.getByLabel("Titre").fill("Rapport de gestion");
  await page.getByRole("button", { name: "Ajouter" }).click();
  await page.getByRole("link", { name: "Rapport de gestion" }).waitFor();
  await sound(page);
  await page.goto(`${space}/prepare/vote`);
  await page.getByRole("link", { name: "Préparer un vote" }).click();
  await setDates(page, 3600, 7200);
  for (const r of [motion, election]) {
    await page.goto(`${space}/prepare/vote`);
    await page.getByRole("link", { name: "Ajouter une résolution" }).click();
    await page.getByLabel("Titre").fill(r.title);
    await page.getByLabel("Texte soumis au vote").fill(r.text);
    const rules = page.getByLabel("Règle des statuts");
    await rules.selectOption({ label: (await rules.locator("option").allTextContents()).find((o) => r.rule.test(o)) });
    if (r.names) {
      await page.getByLabel("Noms ou options, un par ligne").fill(r.names);
      await page.getByLabel("Sièges à pourvoir").fill(String(r.seats));
      await page.getByLabel("Noms au plus sur un bulletin").fill(String(r.seats));
    }
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await page.getByText(r.title).first().waitFor();
  }
  await sound(page);
});

/** Sets when the vote opens and closes, in seconds from now. */
async function setDates(page, opens, closes) {
  const now = Date.now();
  await fillMoment(page, "Ouverture", new Date(now + opens * 1000));
  await fillMoment(page, "Clôture", new Date(now + closes * 1000));
  await page.getByLabel("Publier qui a voté quoi, après la clôture").check({ force: true });
  await page.getByLabel("Prendre aussi des bulletins papier").check({ force: true });
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { name: "Préparer le vote" }).waitFor();
}

step("the assembly is convened late, with its reason: mails leave, letters are printed with their codes", async () => {
  const page = pages.irene;
  await page.goto(`${space}/convocation`);
  await sound(page);
  await page.getByRole("link", { name: "Vérifier et envoyer" }).click();
  await page.getByRole("button", { name: "Convoquer 10 personnes" }).click();
  await page.getByText("Le délai n’est pas tenu : cochez cette case").first().waitFor();
  await page.getByLabel("J’envoie quand même").check({ force: true });
  await page.getByLabel("Raison").fill("Tous les membres ont renoncé au délai.");
  await page.getByRole("button", { name: "Convoquer 10 personnes" }).click();
  const mail = await box.next("ada@exemple.org", /./);
  assert.match(mail.text, /Approbation des comptes/);
  assert.ok(!mail.headers.some((h) => h.key.startsWith("list-unsubscribe")), "nobody can opt out of a convocation");
  await page.goto(`${space}/convocation/letters`);
  await page.getByRole("button", { name: "Préparer les 2 lettres" }).click();
  const pdf = await take(page, page.getByRole("button", { name: "Télécharger les lettres (PDF)" }), "lettres.pdf");
  let whose;
  for (const text of await pdfPages(pdf)) {
    whose = ["Basile", "Hugo"].find((name) => text.includes(name)) ?? whose;
    codes[whose] ??= text.match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/)?.[0];
  }
  assert.ok(codes.Basile && codes.Hugo && codes.Basile !== codes.Hugo, "each letter has its own code");
  await page.goto(`${space}/convocation/letters`);
  await page.getByRole("button", { name: "Noter qu’elles sont postées" }).click();
  await page.getByText("Postée").first().waitFor();
  await sound(page);
  await page.goto(`${space}/convocation/proofs`);
  assert.equal(await page.getByText("remis au serveur de courrier").count() >= 8, true);
  await sound(page);
});

step("members come: one with a passkey, one with a code and no script, the others by mail", async () => {
  for (const who of ["ada", "diane", "emile", "omar", "farid", "gaelle"]) await signInByMail(await meet(who), box, `${who}@exemple.org`);
  const page = await meet("chloe");
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await signInByMail(page, box, "chloe@exemple.org");
  await page.goto("/account");
  await page.getByLabel("Nom de la clé").fill("mon téléphone");
  await page.getByRole("button", { name: "Créer une clé d’accès" }).click();
  await page.getByText("La clé d’accès est enregistrée.").waitFor();
  await sound(page);
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Utiliser ma clé d’accès" }).click();
  await page.getByRole("heading", { name: "Bonjour Chloé Weber" }).waitFor();
  await signInByCode(await meet("basile", { javaScriptEnabled: false }), codes.Basile);
});

step("proxies are offered, accepted, refused", async () => {
  await giveProxy(pages.diane, space, "Ada");
  await giveProxy(pages.emile, space, "Chloé");
  await giveProxy(pages.basile, space, "Chloé");
  await box.next("ada@exemple.org", /pouvoir/);
  await pages.ada.goto(`${space}/proxy`);
  await sound(pages.ada);
  await pages.ada.getByRole("button", { name: "Accepter ce pouvoir" }).click();
  await pages.ada.getByText("Vous avez accepté ce pouvoir.").waitFor();
  await pages.chloe.goto(`${space}/proxy`);
  await pages.chloe.locator(".card", { hasText: "Émile" }).getByRole("button", { name: "Refuser" }).click();
  await pages.chloe.getByText("Vous avez refusé ce pouvoir.").waitFor();
  await box.next("emile@exemple.org", /n’accepte pas votre pouvoir/);
});

step("the vote opens by itself; members vote, change, and vote for whom they hold a proxy", async () => {
  const { irene, ada, basile, chloe, omar } = pages;
  await irene.goto(`${space}/prepare/vote`);
  await irene.getByRole("link", { name: "Dates et réglages" }).click();
  await setDates(irene, 3, voteLasts());
  await ada.goto(`${space}/vote`);
  await ada.waitForFunction(() => document.querySelector("article form") || (setTimeout(() => location.reload(), 500), false), null, { polling: 1000 });
  await sound(ada);
  await vote(ada, accounts, [/^Pour/], "Moi et mon pouvoir");
  await vote(ada, accounts, [/^Contre/], "Moi, en mon nom seul");
  await vote(ada, board, ["Awa Cissé", "Yann Le Goff"], /^Diane/);
  await sound(ada);
  await basile.goto(`${space}/vote`);
  await vote(basile, accounts, [/^Pour/]);
  await vote(basile, board, ["Awa Cissé"]);
  await basile.goto(`${space}/vote/receipts`);
  assert.equal(await basile.getByRole("row").count(), 3);
  for (const page of [irene, omar]) {
    await page.goto(`${space}/vote`);
    await vote(page, accounts, [/^Pour/]);
  }
  await chloe.goto(`${space}/vote`);
  await vote(chloe, accounts, [/^Abstention/]);
});

step("nobody votes twice, by any path", async () => {
  const { ada, farid, basile } = pages;
  const again = await meet("ada elsewhere");
  await signInByMail(again, box, "ada@exemple.org");
  await again.goto(`${space}/vote`);
  await vote(again, accounts, [/^Contre/], "Moi, en mon nom seul");
  await again.getByText("6 votes reçus sur 10").waitFor();
  await farid.goto(space);
  await farid.getByRole("link", { name: "Ouvrir les bulletins papier" }).click();
  const mark = async (name) => {
    await farid.getByLabel("Nom ou numéro de membre").fill(name);
    await farid.getByRole("button", { name: "Chercher" }).click();
    await farid.getByRole("button", { name: new RegExp(`Noter que .*${name}.* a voté sur papier`) }).click();
  };
  await mark("Ada");
  await farid.getByText("Cette personne a déjà voté en ligne").waitFor();
  await mark("Hugo");
  await farid.getByText("1 personne notée").waitFor();
  await sound(farid);
  const hugo = await meet("hugo");
  await signInByKeyboard(hugo, codes.Hugo);
  await hugo.goto(`${space}/vote`);
  await hugo.getByText("Vous avez voté sur papier").waitFor();
  assert.equal(await hugo.getByRole("button", { name: "Enregistrer mon vote" }).count(), 0);
  const form = await card(ada, accounts).locator("form").getAttribute("action");
  const forced = await hugo.request.post(form, { form: { choice: "for" } });
  assert.match(await forced.text(), /Un bulletin papier est déjà noté/);
  await basile.goto(`${space}/proxy`);
  await basile.getByText("Vous prenez déjà part au vote vous-même").waitFor();
});

step("those who have not voted are reminded, and may ask not to be", async () => {
  const { irene } = pages;
  await irene.goto(`${space}/convocation/reminders`);
  await sound(irene);
  await irene.getByRole("button", { name: /^Envoyer un rappel à/ }).click();
  const mail = await box.next("emile@exemple.org", /Il est encore temps de voter/);
  const [, link] = mail.headers.find((h) => h.key === "list-unsubscribe").value.match(/<(http[^>]+)>/);
  assert.equal((await fetch(link, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "List-Unsubscribe=One-Click" })).status, 200);
});

step("the vote closes by itself; results wait for two scrutineers who agree", async () => {
  const { ada, farid, gaelle } = pages;
  await ada.goto(`${space}/results`);
  await ada.waitForFunction(() => document.body.innerText.includes("attend l’accord des deux comptes") || (setTimeout(() => location.reload(), 1000), false), null, { polling: 1500, timeout: 500_000 });
  await sound(ada);
  await count(farid, accounts, { Pour: 1, Contre: 0, Abstention: 0 });
  await count(gaelle, accounts, { Pour: 0, Contre: 1, Abstention: 0 });
  await gaelle.getByText("Les deux comptes diffèrent").waitFor();
  await sound(gaelle);
  await count(gaelle, accounts, { Pour: 1, Contre: 0, Abstention: 0 });
  await gaelle.getByText("Deux comptes identiques").waitFor();
  for (const page of [farid, gaelle]) await count(page, board, { "Awa Cissé": 1, "Yann Le Goff": 0, "Salomé Vidal": 0, "Bulletins valables": 1 });
  await ada.goto(`${space}/results`);
  await ada.getByText("Pourquoi « adoptée »").waitFor();
  await sound(ada);
  await pages.basile.goto(`${space}/results`);
  await pages.basile.getByText("Pourquoi « adoptée »").waitFor();
  const results = JSON.parse(readFileSync(await take(ada, ada.getByRole("link", { name: "Données (JSON)" }), "resultats.json"), "utf8"));
  assert.deepEqual(results.map((r) => [r.title, r.decision.outcome]), [[accounts, "adopted"], [board, "runoff"]]);
  // Employees 2 for of 2, users 2 of 3, partners 1 of 1, weighing 50, 30 and 20 %.
  assert.equal(results[0].decision.for, "9/10");
  const csv = readFileSync(await take(ada, ada.getByRole("link", { name: "Tableur (CSV)" }), "resultats.csv"), "utf8");
  for (const [college, voters, ...votes] of [["partenaires", 1, 1, 0, 0], ["usagers", 4, 2, 1, 1], ["salaries", 2, 2, 0, 0]]) {
    for (const [i, choice] of ["for", "against", "abstention"].entries()) {
      assert.match(csv, new RegExp(`^1,${accounts},.*,${college},\\d+,[^,]+,${voters},${choice},${votes[i]}/1,$`, "m"));
    }
  }
});

/** Signs in by the code of a letter without touching a mouse. */
async function signInByKeyboard(page, code) {
  await page.goto("/sign-in");
  await tabTo(page, (at) => at.field === "code");
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /^Bonjour/ }).waitFor();
}

/** Enters a scrutineer's count of the paper ballots of a resolution. */
async function count(page, title, figures) {
  await page.goto(space);
  await page.getByRole("link", { name: /bulletins papier/i }).first().click();
  await page.getByRole("link", { name: new RegExp(title) }).click();
  for (const [label, n] of Object.entries(figures)) await page.getByLabel(label, { exact: true }).fill(String(n));
  await page.getByRole("button", { name: "Enregistrer mon compte" }).click();
  await page.waitForLoadState();
}

step("the bureau certifies the attendance sheet, writes the minutes and approves them", async () => {
  const { irene, omar } = pages;
  for (const page of [irene, omar]) {
    await page.goto(`${space}/attendance/sign`);
    await sound(page);
    await page.getByRole("button", { name: "Certifier exacte et signer" }).click();
    await page.waitForURL(/\/attendance$/);
  }
  await omar.getByText("Certifiée exacte par le bureau").waitFor();
  await sound(omar);
  await omar.goto(`${space}/minutes`);
  await omar.getByRole("button", { name: "Rédiger depuis le journal" }).click();
  await omar.getByRole("link", { name: "Compléter le texte" }).click();
  await sound(omar);
  for (const text of await omar.locator("textarea").all()) await text.fill((await text.inputValue()).replaceAll("[à compléter]", "18 h 30"));
  await omar.getByLabel("Résumé des débats").fill("Diane Costa demande le coût du loyer ; Irène Salaün répond : 12 000 € par an.");
  await omar.getByRole("button", { name: "Enregistrer" }).click();
  await omar.getByRole("button", { name: "Soumettre au bureau" }).click();
  for (const page of [omar, irene]) {
    await page.goto(`${space}/minutes`);
    await page.getByRole("button", { name: "Approuver ce procès-verbal" }).click();
    await page.waitForLoadState();
  }
  await irene.getByText("Le procès-verbal ne change plus.").waitFor();
  await sound(irene);
  await pages.ada.goto(`${space}/minutes`);
  const pdf = (await pdfPages(await take(pages.ada, pages.ada.getByRole("link", { name: "Procès-verbal (PDF)" }), "pv.pdf"))).join("\n");
  for (const words of [/Approbation des comptes/, /Adoptée/, /Awa Cissé/, /Irène Salaün/, /12 000 €/]) assert.match(pdf.replaceAll(/[\u00a0\u202f]/g, " "), words);
});

step("the legal file proves it all; changed by one byte, it is refused", async () => {
  const { irene } = pages;
  await irene.goto(`${space}/legal-file`);
  await sound(irene);
  const file = await take(irene, irene.getByRole("button", { name: "Télécharger le dossier" }), "dossier.zip");
  const good = await run("verify", file);
  assert.equal(good.code, 0, good.text);
  const changed = readFileSync(file);
  // In a ZIP file, what an entry holds follows its name and its extra field, whose length stands before the name.
  const name = changed.indexOf("vote/series-1/ballots-01.csv");
  changed[name + "vote/series-1/ballots-01.csv".length + changed.readUInt16LE(name - 2) + 20] ^= 1;
  writeFileSync(join(papers, "change.zip"), changed);
  const bad = await run("verify", join(papers, "change.zip"));
  assert.equal(bad.code, 1, bad.text);
  assert.match(bad.text, /ballots-01\.csv/);
  await irene.goto("/verify/file");
  await irene.getByLabel("Le dossier (fichier ZIP)").setInputFiles(file);
  await irene.getByRole("button", { name: "Vérifier" }).click();
  await irene.getByText("le dossier est conforme").waitFor();
  await sound(irene);
  const journal = await run("journal", "verify", "--data", site.folder);
  assert.equal(journal.code, 0, journal.text);
  assert.match(journal.text, /the journal holds: \d+ events/);
});
