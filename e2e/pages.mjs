// Looks at every page that a person can reach: it answers, it is accessible, it fits on a small
// phone, the browser has nothing to complain about; and no form, however filled, breaks the house.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The kind of an address: identifiers and the values of queries left out. One page of each kind is looked at. */
export function kind(address) {
  const { pathname, searchParams } = new URL(address);
  const names = [...new Set(searchParams.keys())].sort().join("&");
  return pathname.replace(/\/\d+(?=\/|$|\.)/g, "/N") + (names && `?${names}`);
}

/** Shapes that axe has already looked at: pages that differ by their words alone are looked at once. */
const judged = new Set();

/** Runs in the page: its elements with all that axe judges but the words; rows alike count once. */
function shapeOfPage() {
  const shape = (e) => {
    const own = e.localName + [...e.attributes].filter((a) => /^(class|role|type|lang|disabled|aria-.*)$/.test(a.name)).map((a) => `[${a.name}=${/^aria-(label|describedby|labelledby|controls)$/.test(a.name) ? "" : a.value}]`).join("");
    return `${own}(${[...new Set([...e.children].map(shape))].join()})`;
  };
  return matchMedia("(prefers-color-scheme: dark)").matches + document.documentElement.lang + shape(document.body);
}

/** Runs in the page: bars that stay at an edge go where the page puts them, so that what is scrolled half under one is not judged as small. */
function unstuck() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".live-nav, .tables-arrange { position: static !important }");
  document.adoptedStyleSheets.push(sheet);
}

/** What is wrong with the page shown, as sentences. */
export async function judge(page, lang) {
  const problems = [];
  const facts = await page.evaluate(() => ({
    lang: document.documentElement.lang, title: document.title, h1: document.querySelectorAll("h1").length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  if (facts.lang !== lang) problems.push(`says it is in "${facts.lang}"`);
  if (!facts.title.trim()) problems.push("has no title");
  if (facts.h1 !== 1) problems.push(`has ${facts.h1} first-level headings`);
  if (facts.wide > 0) problems.push(`overflows sideways by ${facts.wide} px`);
  const shape = await page.evaluate(shapeOfPage);
  if (judged.has(shape)) return problems;
  judged.add(shape);
  await page.evaluate(axe);
  await page.evaluate(unstuck);
  const violations = await page.evaluate(async (tags) => (await window.axe.run({ runOnly: tags })).violations
    .map((v) => `${v.id} (${v.help}): ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`), standards);
  return [...problems, ...violations.map((v) => `axe: ${v}`)];
}

/** Whether the page, on a phone 320 px wide, must be moved sideways. */
export async function narrow(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const [wide, what] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const out = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right >= scrollWidth - 1);
    const last = out.filter((e) => !out.some((o) => o !== e && e.contains(o)));
    return [scrollWidth - clientWidth, last.map((e) => e.outerHTML.slice(0, 120)).join(" | ")];
  });
  await page.setViewportSize(before);
  return wide > 0 ? [`overflows by ${wide} px on a phone 320 px wide: ${what}`] : [];
}

/**
 * Collects what the browser itself complains about: errors, refusals by the security policy. An act
 * that the house refuses with a page (409, 422) is no error, though the browser notes it.
 */
export function complaints(page) {
  const list = [];
  page.on("console", (m) => m.type() === "error" && !/status of (409|422)/.test(m.text()) && list.push(`console: ${m.text()}`));
  page.on("pageerror", (e) => list.push(`script: ${e}`));
  return () => list.splice(0);
}

/**
 * Follows the links of the site at url breadth-first from its first page, as the context's person, in
 * several tabs at once. Resolves with the pages seen (their kind and address), the forms met (one of each
 * kind) and what is wrong.
 */
export async function crawl(context, url, { lang = "fr", limit = 440, tabs = 3 } = {}) {
  const queue = [url + "/"];
  const known = new Set([kind(queue[0])]), forms = new Map(), pages = [], problems = [];
  let looking = 0;

  async function look(page, said, address) {
    const wrong = (text) => problems.push(`${address.slice(url.length)} ${text}`);
    const answer = await context.request.get(address);
    if (answer.status() !== 200) return wrong(`answers ${answer.status()}`);
    pages.push({ kind: kind(address), address });
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) return;
    await page.goto(address);
    for (const text of [...(await judge(page, lang)), ...(await narrow(page)), ...said()]) wrong(text);
    for (const f of await page.evaluate(formsOfPage)) if (!forms.has(kind(f.action))) forms.set(kind(f.action), { ...f, from: address });
    for (const link of await page.evaluate(linksOfPage)) {
      const target = kind(link);
      if (known.has(target) || target.startsWith("/language/")) continue;
      known.add(target);
      queue.push(link);
    }
  }

  async function tab() {
    const page = await context.newPage();
    const said = complaints(page);
    while (pages.length < limit) {
      if (queue.length > 0) {
        looking++;
        await look(page, said, queue.shift());
        looking--;
      } else if (looking > 0) await new Promise((later) => setTimeout(later, 20));
      else break;
    }
    await page.close();
  }

  await Promise.all(Array.from({ length: tabs }, tab));
  if (queue.length > 0) problems.push(`${queue.length} pages left unseen after ${limit}`);
  return { pages, forms: [...forms.values()], problems };
}

/** Runs in the page: where its links lead on this site, fragments left out. */
function linksOfPage() {
  const list = [...document.querySelectorAll("a[href]")].map((a) => new URL(a.href)).filter((u) => u.origin === location.origin);
  return [...new Set(list.map((u) => { u.hash = ""; return u.href; }))];
}

/** Runs in the page: its forms that send something, with the names of their fields. */
function formsOfPage() {
  return [...document.forms].filter((f) => f.method === "post")
    .map((f) => ({ action: f.getAttribute("action") && new URL(f.getAttribute("action"), location.href).href || location.href,
      files: f.enctype === "multipart/form-data", names: [...new Set([...f.elements].map((e) => e.name).filter(Boolean))] }));
}

/** Forms that change who one is come last; those before them are sent as the person. */
const leaving = /^\/(demo\/|sign-out|account\/sessions)/;

/** Sends each form empty, then with nonsense in each field: the house must answer, whatever it says. */
export async function pester(context, forms) {
  const problems = [];
  const last = (f) => (leaving.test(new URL(f.action).pathname) ? 1 : 0);
  for (const f of [...forms].sort((a, b) => last(a) - last(b))) {
    const fillings = { empty: {}, nonsense: Object.fromEntries(f.names.map((n) => [n, "ζ\u0000<x>'\"9e99"])) };
    for (const [how, data] of Object.entries(fillings)) {
      const answer = await context.request.post(f.action, { [f.files ? "multipart" : "form"]: data, maxRedirects: 0 });
      if (answer.status() >= 500) problems.push(`${new URL(f.action).pathname} sent ${how} answers ${answer.status()}`);
    }
  }
  return problems;
}
