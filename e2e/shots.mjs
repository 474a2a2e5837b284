// Takes pictures of the main pages of the demonstration, as each person sees them, at 320, 768
// and 1440 px, light and dark.
//
//   node e2e/shots.mjs [FOLDER]      every picture, to look at (screenshots/)
//   node e2e/shots.mjs --docs        the few that the documentation shows (docs/screenshots/)
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { browse, house, personas, root, visit } from "./house.mjs";

/** name → who sees it, and where: an address, then the part of a link's address that is followed from there */
const pages = {
  "personnages": [undefined, "/demo"],
  "connexion": [undefined, "/sign-in"],
  "assemblee-public": [undefined, "/a/ag"],
  "registre-public": [undefined, "/journal"],
  "accueil": ["Sociétaire", "/"],
  "assemblee": ["Sociétaire", "/a/ag"],
  "ordre-du-jour": ["Sociétaire", "/a/ag/agenda"],
  "vote": ["Sociétaire", "/a/ag/vote"],
  "recus": ["Sociétaire", "/a/ag/vote/receipts"],
  "pouvoirs": ["Sociétaire", "/a/ag/proxy"],
  "resultats": ["Sociétaire", "/a/ag-printemps/results"],
  "regles": ["Sociétaire", "/a/ag/statutes"],
  "compte": ["Sociétaire", "/account"],
  "bulletins-papier": ["Scrutateur·rice", "/a/ag"],
  "presence": ["Préside l’assemblée", "/a/ag-printemps/attendance"],
  "proces-verbal": ["Préside l’assemblée", "/a/ag-printemps/minutes"],
  "dossier-legal": ["Préside l’assemblée", "/a/ag-printemps/legal-file"],
  "preparer-vote": ["Préside l’assemblée", "/a/age/prepare/vote"],
  "assemblee-preparation": ["Préside l’assemblée", "/a/age"],
  "tous-les-pouvoirs": ["Bureau, secrétaire", "/a/ag/proxies"],
  "convocation": ["Bureau, secrétaire", "/a/age/convocation"],
  "preuves": ["Bureau, secrétaire", "/a/ag-printemps/convocation/proofs"],
  "assemblees": ["Administratrice", "/a"],
  "registre": ["Administratrice", "/register"],
  "importer": ["Administratrice", "/register/import"],
  "creer": ["Administratrice", "/a/new"],
  "roles": ["Administratrice", "/a/age/edit/roles"],
  "reglages": ["Administratrice", "/settings"],
  "en-direct": ["Sociétaire", "/a/connectee/live"],
  "conduire": ["Préside l’assemblée", "/a/connectee/live/chair"],
  "ecran": [undefined, "/a/connectee/live/screen"],
  "diapositives": ["Bureau, secrétaire", "/a/connectee/stage/prepare"],
  "petits-groupes": ["Préside l’assemblée", "/a/connectee/tables"],
  "sondages": ["Préside l’assemblée", "/a/connectee/polls"],
  "questions": ["Sociétaire", "/a/connectee/questions"],
  "repetition": ["Sociétaire", "/a/ag/rehearsal"],
  "modes-de-decision": [undefined, "/methods"],
  "essai": [undefined, "/methods/try"],
  "cercle-vote": ["Sociétaire", "/a/cercle/vote"],
  "cercle-resultats": ["Sociétaire", "/a/cercle/results"],
  "tirages": [undefined, "/a/eau/draws"],
  "ceremonie": [undefined, "/a/eau/draws", "/draws/"],
  "tirage-quotas": ["Administratrice", "/a/eau/draws", "/draws/", "/quotas"],
  "tirage-volontaires": ["Administratrice", "/a/eau/draws", "/draws/", "/volunteers"],
};

/** What the documentation shows: the page, the width, light or dark, and the height kept. */
const shown = [["assemblee", 1280, "light", 1000], ["vote", 1280, "light", 1000], ["resultats", 1280, "light", 1000], ["vote", 360, "dark", 760]];

async function picture(browser, site, people, [role, path, ...links], { width, height, scheme, file, fullPage }) {
  const context = await visit(browser, site.url, people.find((p) => p.role === role), { viewport: { width, height }, colorScheme: scheme });
  const page = await context.newPage();
  await page.goto(path);
  for (const link of links) await page.goto(await page.locator(`main a[href*="${link}"]`).first().getAttribute("href"));
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: file, fullPage });
  await context.close();
}

const docs = process.argv[2] === "--docs";
const folder = docs ? join(root, "docs/screenshots") : resolve(process.argv[2] ?? join(root, "screenshots"));
mkdirSync(folder, { recursive: true });
const site = await house("demo");
const browser = await browse();
try {
  const people = await personas(site.url);
  const list = docs
    ? shown.map(([name, width, scheme, height]) => [name, { width, height, scheme, fullPage: false }])
    : Object.keys(pages).flatMap((name) => [320, 768, 1440].flatMap((width) => ["light", "dark"].map((scheme) => [name, { width, height: 900, scheme, fullPage: true }])));
  for (const [name, how] of list) {
    const file = join(folder, docs ? `${name}-${how.width}.png` : `${name}-${how.width}-${how.scheme}.png`);
    await picture(browser, site, people, pages[name], { ...how, file });
    if (docs) console.log(`${file}: ${Math.round(statSync(file).size / 1024)} KB`);
  }
  console.log(`${list.length} pictures in ${folder}`);
} finally {
  await browser.close();
  await site.stop();
}
