// The demonstration, seen by everybody who can be somebody in it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, house, personas, visit } from "./house.mjs";
import { crawl, pester } from "./pages.mjs";

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

const who = { visitor: undefined, member: "Sociétaire", scrutineer: "Scrutateur·rice", chair: "Préside l’assemblée", administrator: "Administratrice" };
const met = new Map();

for (const [name, role] of Object.entries(who)) {
  test(`every page that a ${name} can reach is sound`, async (t) => {
    const context = await visit(browser, site.url, people.find((p) => p.role === role));
    const seen = await crawl(context, site.url);
    met.set(name, seen);
    await context.close();
    t.diagnostic(`${seen.pages.length} pages, ${seen.forms.length} forms`);
    assert.deepEqual(seen.problems, []);
    assert.ok(seen.pages.length > 10, "the crawl went somewhere");
  });
}

for (const [name, role] of Object.entries(who)) {
  test(`no form of a ${name}, sent empty or with nonsense, breaks the house`, async () => {
    const context = await visit(browser, site.url, people.find((p) => p.role === role));
    assert.deepEqual(await pester(context, met.get(name).forms), []);
    await context.close();
    assert.deepEqual(site.log.filter((line) => line.includes('"level":"ERROR"')), []);
  });
}
