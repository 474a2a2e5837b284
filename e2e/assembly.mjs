// What the people of the story do over and over, as they do it: by what is written on the page.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The text of a PDF file, page by page. */
export async function pdfPages(path) {
  const { stdout } = await promisify(execFile)("pdftotext", ["-layout", path, "-"]);
  return stdout.split("\f").slice(0, -1);
}

/** A moment as a field of day and time has it, in the organisation's time zone. */
export const local = (moment) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris", dateStyle: "short", timeStyle: "medium" }).format(moment).replace(" ", "T");

/** Fills a field of day and time to the second: by default the browser's asks for minutes only. */
export async function fillMoment(page, label, moment) {
  const field = page.getByLabel(label, { exact: true });
  await field.evaluate((e) => { e.step = "1"; });
  await field.fill(local(moment));
}

/** Asks for a link by mail; resolves with the address in it. */
export async function askLink(page, box, email) {
  await page.goto("/sign-in");
  await page.getByLabel("Adresse électronique").fill(email);
  await page.getByRole("button", { name: "Recevoir un lien" }).click();
  await page.getByRole("heading", { name: "Regardez vos mails" }).waitFor();
  const mail = await box.next(email, /lien de connexion/);
  return mail.text.match(/https?:\S+\/sign-in\/link\/\S+/)[0];
}

/** Signs in by a link received by mail. */
export async function signInByMail(page, box, email) {
  await page.goto(await askLink(page, box, email));
  await page.getByRole("button", { name: /^Me connecter en tant que/ }).click();
  await page.getByRole("heading", { name: /^Bonjour/ }).waitFor();
}

/** Signs in by the code of a letter. */
export async function signInByCode(page, code) {
  await page.goto("/sign-in");
  await page.getByLabel("Code personnel").fill(code);
  await page.getByRole("button", { name: "Entrer avec ce code" }).click();
  await page.getByRole("heading", { name: /^Bonjour/ }).waitFor();
}

/** The card of a resolution on the page of votes or of results. */
export const card = (page, title) => page.getByRole("article", { name: title });

/** Votes on a resolution: the words of the choices, and whom it is for where one holds a proxy. */
export async function vote(page, title, choices, whom) {
  const part = card(page, title);
  for (const box of await part.locator("input[type=checkbox]:checked").all()) await box.uncheck({ force: true });
  for (const name of choices) await part.getByRole("radio", { name }).or(part.getByRole("checkbox", { name })).check({ force: true });
  if (whom) await part.getByRole("radio", { name: whom }).check({ force: true });
  await part.getByRole("button", { name: /(Enregistrer|Changer) mon vote/ }).click();
  await card(page, title).getByText("Vote enregistré").waitFor();
}

/** Offers one's proxy to somebody found by name. */
export async function giveProxy(page, space, name) {
  await page.goto(`${space}/proxy`);
  await page.getByLabel("Nom de la personne").fill(name);
  await page.getByRole("button", { name: "Chercher" }).click();
  await page.getByRole("radio", { name: new RegExp(name) }).check({ force: true });
  await page.getByRole("button", { name: "Donner mon pouvoir" }).click();
  await page.getByText("Votre pouvoir est proposé.").waitFor();
}
