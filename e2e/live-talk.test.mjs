// What people write to each other in a session: questions, the chat, reactions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints, judge, narrow } from "./pages.mjs";

let site, browser, members, presides, lead, ana, ben, screen;
const contexts = [];
const said = [];

async function person(persona, path, options) {
  const context = await visit(browser, site.url, persona, options);
  contexts.push(context);
  const page = await context.newPage();
  said.push(complaints(page));
  await page.goto(path);
  return page;
}

before(async () => {
  site = await house("demo");
  browser = await browse();
  const people = await personas(site.url);
  members = people.filter((p) => p.role === "Sociétaire");
  presides = people.find((p) => p.role === "Préside l’assemblée");
  const opening = await visit(browser, site.url, presides);
  await opening.request.post("/a/ag/live/chair/open", { headers: { Accept: "application/json" } });
  await opening.close();
  lead = await person(presides, "/a/ag/live/chair");
  ana = await person(members[0], "/a/ag/live");
  ben = await person(members[1], "/a/ag/live", { viewport: { width: 390, height: 844 } });
  screen = await person(undefined, "/a/ag/live/screen");
});
after(async () => {
  for (const context of contexts) await context.close();
  await browser?.close();
  await site?.stop();
});

const sound = async (page) => assert.deepEqual([...(await judge(page, "fr")), ...(await narrow(page))], []);

test("a question is asked, supported, and shown to the hall", async () => {
  await ana.getByText("Poser une question", { exact: true }).click();
  await ana.getByLabel("Votre question").fill("Quand les vélos seront-ils <b>réparés</b> ?");
  await ana.getByRole("button", { name: "Poser la question" }).click();
  const asked = ben.locator(".ask", { hasText: "Quand les vélos" });
  await asked.getByText("Quand les vélos seront-ils <b>réparés</b> ?").waitFor();
  await asked.getByRole("button", { name: /^Soutenir/ }).click();
  await asked.getByRole("button", { name: /^Ne plus soutenir/ }).waitFor();
  await ana.locator(".ask-count b", { hasText: /^1$/ }).first().waitFor();
  const dealt = lead.locator(".ask", { hasText: "Quand les vélos" });
  await dealt.locator("summary").click();
  await dealt.getByRole("button", { name: /^Montrer à l’écran/ }).click();
  await screen.getByText("La question dont on parle").waitFor();
  await screen.locator(".ask-screen b", { hasText: /^1$/ }).waitFor();
  await dealt.getByLabel("Répondre par écrit").fill("Avant l’été.");
  await dealt.getByRole("button", { name: "Publier la réponse" }).click();
  await asked.waitFor({ state: "detached" });
  await screen.getByText("La question dont on parle").waitFor({ state: "detached" });
  for (const page of [lead, ana, ben, screen]) await sound(page);
});

test("a message arrives as text, its address can be followed, and it can be hidden", async () => {
  await ana.getByLabel("Votre message").fill("Lisez https://exemple.org/a?b=1, <i>vite</i>");
  await ana.getByLabel("Votre message").press("Control+Enter");
  const line = ben.locator(".chat-line", { hasText: "Lisez" });
  await line.waitFor();
  assert.equal(await line.locator(".chat-text a").getAttribute("href"), "https://exemple.org/a?b=1");
  assert.equal(await line.locator("i").count(), 0);
  await ben.locator("talk-chat [data-told]", { hasText: "Lisez" }).waitFor({ state: "attached" });
  await ana.waitForFunction(() => document.querySelector("#chat-message").value === "");
  const seen = lead.locator(".chat-line", { hasText: "Lisez" });
  await seen.locator("summary").click();
  await seen.getByLabel("Raison").fill("hors sujet");
  await seen.getByRole("button", { name: "Masquer" }).click();
  await ben.getByText("Message masqué : hors sujet").waitFor();
  assert.equal(await ben.getByText("Lisez https").count(), 0);
  for (const page of [lead, ana, ben]) await sound(page);
});

test("those who lead are written to, and nobody else reads it", async () => {
  await ben.locator("talk-chat").getByRole("link", { name: "Animation" }).click();
  await ben.getByText("Seules les personnes qui conduisent").waitFor();
  await ben.getByLabel("Votre message").fill("Je n’entends rien");
  await ben.getByRole("button", { name: "Envoyer" }).click();
  await ben.locator(".chat-line", { hasText: "Je n’entends rien" }).waitFor();
  await lead.locator("talk-chat").getByRole("link", { name: "Animation · nouveau" }).click();
  const line = lead.locator(".chat-line", { hasText: "Je n’entends rien" });
  await line.locator("summary").click();
  await line.getByRole("link", { name: "Répondre" }).click();
  await lead.getByLabel("Votre message").fill("Et là ?");
  await lead.getByRole("button", { name: "Envoyer" }).click();
  await ben.locator(".chat-line", { hasText: "Et là ?" }).waitFor();
  assert.equal(await ana.getByText("Je n’entends rien").count(), 0);
  for (const page of [lead, ben]) await sound(page);
});

test("reactions are counted for everybody", async () => {
  await ben.getByRole("button", { name: /^Bravo/ }).click();
  for (const page of [lead, ana, screen]) await page.locator("[data-count=talk-r-applause]", { hasText: /^1$/ }).waitFor();
});

test("the page of the chat works without script", async () => {
  const page = await person(members[2], "/a/ag/chat", { javaScriptEnabled: false });
  await page.getByLabel("Votre message").fill("Sans script");
  await page.getByRole("button", { name: "Envoyer" }).click();
  await page.locator(".chat-line", { hasText: "Sans script" }).waitFor();
  await ana.locator(".chat-line", { hasText: "Sans script" }).waitFor();
  assert.deepEqual(said.flatMap((complain) => complain()), []);
});
