// Tries the islands in a browser, on the gallery, under its content security policy.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, gallery } from "./gallery.mjs";

let site, browser;
before(async () => {
  site = await gallery();
  browser = await browse();
});
after(async () => {
  await browser?.close();
  site?.stop();
});

async function open(path, options = {}) {
  const context = await browser.newContext({ locale: "fr-FR", viewport: { width: 1000, height: 700 }, ...options });
  const page = await context.newPage();
  await page.goto(site.address + path);
  return page;
}

test("a form is sent once, however often its button is pressed", async () => {
  const page = await open("");
  let sent = 0;
  await page.route("**/r3/vote", (route) => {
    sent++;
    setTimeout(() => route.fulfill({ status: 204 }), 300);
  });
  const button = page.getByRole("button", { name: "Voter pour cette résolution" });
  await button.evaluate((b) => { b.click(); b.click(); b.click(); });
  await page.waitForTimeout(500);
  assert.equal(sent, 1);
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await page.waitForFunction(() => !document.querySelector("[aria-disabled]"), null, { timeout: 8000 });
});

test("a form that keeps the scroll comes back to the same place", async () => {
  const page = await open("");
  await page.route("**/r3/vote", (route) => route.fulfill({ status: 303, headers: { location: "/" } }));
  await page.evaluate(() => scrollTo(0, 500));
  await page.locator("#r3 button").evaluate((b) => b.click());
  await page.waitForURL(site.address);
  await page.waitForFunction(() => Math.abs(scrollY - 500) < 2);
});

test("leaving a form with something unsent asks first; without, does not", async () => {
  const page = await open("formulaire");
  let asked = 0;
  page.on("dialog", (dialog) => { asked++; void dialog.accept(); });
  await page.reload();
  assert.equal(asked, 0);
  await page.getByLabel("Nom et prénom").fill("Camille");
  await page.reload();
  assert.equal(asked, 1);
});

test("the error summary is read first and leads to the field", async () => {
  const page = await open("formulaire");
  assert.equal(await page.evaluate(() => document.activeElement.localName), "error-summary");
  await page.getByRole("link", { name: "Choisissez un collège." }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id || location.hash), "college");
});

test("Escape closes the menu and gives the focus back; so does going elsewhere", async () => {
  const page = await open("");
  const menu = page.locator("details[data-menu]");
  await page.getByText("Camille R.").click();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  assert.equal(await menu.getAttribute("open"), null);
  assert.equal(await page.evaluate(() => document.activeElement.localName), "summary");
  await page.getByText("Camille R.").click();
  await page.locator("h1").click();
  assert.equal(await menu.getAttribute("open"), null);
});

test("a value is copied, and it says so", async () => {
  const page = await open("messages", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copier l’empreinte" }).click();
  await page.getByRole("button", { name: "Copié" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^9f2c 81aa/);
  await page.getByRole("button", { name: "Copier l’empreinte" }).waitFor();
});

test("the countdown keeps its words true", async () => {
  const page = await open("");
  const words = page.locator("count-down time");
  await page.clock.install({ time: Date.now() });
  await page.reload();
  assert.match(await words.textContent(), /^2\sjours et 4\sheures$/u);
  await page.clock.fastForward(3 * 3600 * 1000);
  assert.match(await words.textContent(), /^2\sjours et 1\sheure$/u);
  await page.clock.fastForward(49 * 3600 * 1000 + 60_000);
  assert.match(await words.textContent(), /^0\sminute$/u);
});

test("a long work shows its progress and then its end, and asks no more", async () => {
  const page = await open("messages");
  let asked = 0;
  page.on("request", (request) => request.url().endsWith("/avancement") && asked++);
  await page.getByText("Le registre est importé").waitFor();
  const total = asked;
  await page.waitForTimeout(2500);
  assert.equal(asked, total);
  assert.equal(await page.locator("live-fragment").count(), 0);
});

test("the appearance changes at once and is kept", async () => {
  const page = await open("listes");
  await page.getByRole("button", { name: "Sombre" }).click();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(20, 24, 31)");
  await page.waitForLoadState("networkidle");
  await page.goto(site.address);
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
});

test("without script, the appearance is kept, the page can be refreshed, nothing is offered that does not work", async () => {
  const page = await open("messages", { javaScriptEnabled: false });
  assert.ok(await page.getByRole("link", { name: "Actualiser la page" }).isVisible());
  assert.equal(await page.getByRole("button", { name: "Copier l’empreinte" }).count(), 0);
  await page.getByRole("button", { name: "Sombre" }).click();
  await page.waitForURL(site.address + "messages");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
});
