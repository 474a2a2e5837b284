// What is said is written by a machine, which the test plays; microphones are made up.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { devices, enter, says, sound, until } from "./call.mjs";
import { browse, house, personas, visit } from "./house.mjs";
import { complaints } from "./pages.mjs";

const space = "/a/connectee";
const words = "Le banquet aura lieu dimanche";
let site, browser, engine, host, chair, ana, ben, anaName;
const watched = [], asked = [];
let broken = false;
const folder = mkdtempSync(join(tmpdir(), "isegoria-voice-"));

/** A file that sounds like somebody: two seconds of syllables, one of silence. Chromium's own beeps are no voice. */
function speech() {
  const rate = 48_000, samples = rate * 3;
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + 2 * samples, 4);
  wav.write("WAVEfmt ", 8);
  [[16, 4], [1, 2], [1, 2], [rate, 4], [2 * rate, 4], [2, 2], [16, 2]].reduce((at, [n, size]) => wav.writeUIntLE(n, at, size), 16);
  wav.write("data", 36);
  wav.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < 2 * rate; i++) {
    const t = i / rate, syllable = 0.55 + 0.45 * Math.sin(2 * Math.PI * 4 * t), pitch = 140 + 30 * Math.sin(2 * Math.PI * 1.3 * t);
    let sample = 0;
    for (let h = 1; h <= 20; h++) sample += Math.sin(2 * Math.PI * h * pitch * t) / h;
    wav.writeInt16LE(Math.round(9000 * syllable * sample), 44 + 2 * i);
  }
  const file = join(folder, "speech.wav");
  writeFileSync(file, wav);
  return file;
}

/** What a form of files and fields says: enough of RFC 7578 for what the program sends. */
function parts(body, type) {
  const out = {};
  for (const part of body.toString("latin1").split("--" + type.split("boundary=")[1])) {
    const [head, ...rest] = part.split("\r\n\r\n");
    const name = /name="(\w+)"/.exec(head)?.[1];
    if (name) out[name] = rest.join("\r\n\r\n").slice(0, -2);
  }
  return out;
}

before(async () => {
  engine = createServer(async (request, answer) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (broken) return answer.writeHead(503).end();
    asked.push({ url: request.url, key: request.headers.authorization, ...parts(Buffer.concat(chunks), request.headers["content-type"]) });
    answer.setHeader("Content-Type", "application/json").end(JSON.stringify({ text: `${words} ${asked.length}.` }));
  }).listen(0, "127.0.0.1");
  await new Promise((done) => engine.once("listening", done));
  host = `127.0.0.1:${engine.address().port}`;
  site = await house("demo", ["--captions-engine", `http://${host}/v1/audio/transcriptions`, "--captions-model", "small", "--captions-key", "secret-key", "--captions-languages", "fr,en"]);
  browser = await browse([...devices, `--use-file-for-fake-audio-capture=${speech()}`]);
  const cast = await personas(site.url);
  const members = cast.filter((p) => p.role === "Sociétaire");
  anaName = members[0].name;
  [chair, ana, ben] = await Promise.all([cast.find((p) => p.role === "Préside l’assemblée"), ...members.slice(0, 2)].map(async (persona) => {
    const page = await (await visit(browser, site.url, persona)).newPage();
    watched.push(complaints(page));
    return page;
  }));
});
after(async () => {
  await browser?.close();
  await site?.stop();
  engine?.close();
  rmSync(folder, { recursive: true, force: true });
});

const calm = async (page) => {
  await sound(page);
  assert.deepEqual(watched.flatMap((said) => said()), []);
};
const told = (page) => page.getByText("Les voix sont envoyées à une machine.").first();
const band = (page) => page.locator("stage-captions");

test("those who lead switch it on, and everybody is told where voices go", async () => {
  await chair.goto(space + "/live/chair");
  await ana.goto(space + "/live");
  await ben.goto(space + "/live");
  assert.equal(await told(ana).count(), 0, "off by default");
  await chair.getByText(`Les voix seront envoyées à l’adresse ${host}`).waitFor();
  await chair.locator("#scribe-start").click();
  const hall = await (await visit(browser, site.url)).newPage();
  await hall.goto(space + "/live/screen");
  const plain = await (await visit(browser, site.url, undefined, { javaScriptEnabled: false })).newPage();
  await plain.goto(space + "/live");
  for (const page of [chair, ana, ben, hall, plain]) {
    await told(page).waitFor();
    await page.getByText(host).first().waitFor();
  }
  await calm(ana);
  await calm(chair);
});

test("what somebody says is shown to the others as written by a machine", async () => {
  await enter(ana);
  await chair.locator("form[action$='give-to'] [name=name]").fill(anaName);
  await chair.locator("form[action$='give-to'] button").click();
  await says(ana, "Votre micro est ouvert");
  const line = band(ben).locator("[data-made=machine]").first();
  await line.waitFor();
  await band(ben).getByText(words).first().waitFor();
  assert.equal(await line.locator("[data-who]").innerText(), anaName);
  assert.equal(await line.locator("small").innerText(), "écrit par une machine");
  await band(ana).getByText(words).first().waitFor();
  const [first] = asked;
  assert.deepEqual([first.url, first.key, first.model, first.language, first.response_format], ["/v1/audio/transcriptions", "Bearer secret-key", "small", "fr", "json"]);
  assert.ok(first.file.startsWith("OggS") && first.file.includes("OpusHead"), "the voice as Opus in Ogg");
  await calm(ben);
});

test("an engine that is down is told to those who lead, and to nobody else", async () => {
  broken = true;
  await chair.getByText(`${host} ne répond pas`).waitFor();
  assert.equal(await ben.getByText("ne répond pas").count(), 0);
  await calm(chair);
  broken = false;
  await chair.getByText(`${host} ne répond pas`).waitFor({ state: "detached" });
});

test("a line is corrected, and another taken off, for everybody", async () => {
  await chair.locator("#end").click();
  await chair.locator("#scribe-stop").click();
  await told(ben).waitFor({ state: "detached" });
  const count = asked.length;
  const captions = await chair.context().newPage();
  watched.push(complaints(captions));
  await captions.goto(space + "/captions");
  const last = captions.locator("[data-caption]").last();
  const id = await last.getAttribute("data-caption");
  await last.getByRole("link", { name: "Corriger" }).click();
  await calm(captions);
  await captions.getByLabel("Corriger cette ligne").fill("Le banquet aura lieu samedi.");
  await captions.getByRole("button", { name: "Corriger" }).click();
  const shown = band(ben).locator(`[data-caption="${id}"]`);
  await shown.getByText("Le banquet aura lieu samedi.").waitFor();
  assert.equal(await shown.locator("small").innerText(), "écrit par une machine, corrigé");
  await calm(ben);
  await captions.locator(`[data-caption="${id}"]`).getByRole("link", { name: "Corriger" }).click();
  await captions.getByRole("button", { name: "Retirer cette ligne" }).click();
  await shown.waitFor({ state: "detached" });
  assert.equal(await captions.getByText("samedi").count(), 0);
  await until("nothing more is sent", async () => asked.length === count);
  assert.deepEqual(site.log.filter((line) => line.includes("banquet") || line.includes("secret-key") || line.includes('"level":"ERROR"')), []);
});
