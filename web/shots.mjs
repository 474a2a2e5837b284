// Takes pictures of the gallery at three widths, light and dark, and checks each
// page: axe-core finds nothing, nothing overflows sideways, the browser logs no error
// (a refusal by the content security policy is one).
//
//   node web/shots.mjs [FOLDER]      pictures go to FOLDER, a temporary one without it
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browse, gallery } from "./gallery.mjs";

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "gallery-"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = { espace: "", formulaire: "formulaire", listes: "listes", messages: "messages" };

async function check(browser, address, name, width, scheme) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, locale: "fr-FR", reducedMotion: "reduce", bypassCSP: true });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(address + pages[name]);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`), fullPage: true });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) problems.push(`overflows sideways by ${overflow} px`);
  for (const text of await page.evaluate(smallTargets)) problems.push(text);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const v of violations) problems.push(`${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
  await context.close();
  return problems.map((text) => `${name} ${width} ${scheme}: ${text}`);
}

/** Runs in the page: what one touches is at least 44 px high, links in running text aside. */
function smallTargets() {
  const selector = ".btn, summary, nav a, .theme button, .tick, .choice, .field input:not([type=radio], [type=checkbox]), .field select";
  return [...document.querySelectorAll(selector)]
    .filter((e) => !e.closest(".crumbs") && e.checkVisibility())
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.height > 0 && box.height < 43.9)
    .map(([e, box]) => `target ${box.height.toFixed(1)} px high: ${e.outerHTML.slice(0, 80)}`);
}

/** The policy is left out above, where axe is injected; here nothing is. */
async function checkPolicy(browser, address) {
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  for (const name of Object.keys(pages)) await page.goto(address + pages[name], { waitUntil: "networkidle" });
  await page.getByText("Le registre est importé").waitFor({ timeout: 8000 });
  await page.close();
  return problems.map((text) => `under the policy: ${text}`);
}

const { address, stop } = await gallery();
const browser = await browse();
const problems = [];
try {
  for (const name of Object.keys(pages)) {
    for (const width of [320, 768, 1440]) {
      for (const scheme of ["light", "dark"]) problems.push(...(await check(browser, address, name, width, scheme)));
    }
  }
  problems.push(...(await checkPolicy(browser, address)));
} finally {
  await browser.close();
  stop();
}
console.log(`pictures in ${folder}`);
if (problems.length > 0) {
  console.error([...new Set(problems)].join("\n"));
  process.exit(1);
}
console.log("no violation, no overflow, no small target, no error");
