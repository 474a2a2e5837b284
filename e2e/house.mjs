// What every test in a browser shares: the real program in a fresh folder, and Chromium.
//
// ISEGORIA_BIN names the program (bin/isegoria), CHROMIUM the browser (Debian's).
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

export const root = resolve(import.meta.dirname, "..");
export const program = resolve(root, process.env.ISEGORIA_BIN ?? "bin/isegoria");

/** A port that nobody listens at. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/**
 * Runs `isegoria COMMAND` (serve or demo) in a fresh folder until it says that it is ready.
 * `lines` are what it printed, `log` what it logged. The address is http://localhost:PORT,
 * a secure context, so that passkeys work.
 */
export async function house(command, options = []) {
  const folder = mkdtempSync(join(tmpdir(), "isegoria-e2e-"));
  const listen = `localhost:${await freePort()}`;
  const child = spawn(program, [command, "--data", folder, "--listen", listen, "--log-level", "info", ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((done) => child.once("exit", done));
  const lines = [], log = [];
  createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const out = createInterface({ input: child.stdout });
  await new Promise((ready, failed) => {
    out.on("line", (line) => {
      lines.push(line);
      if (line.startsWith("ready:")) ready();
    });
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`isegoria ${command} ended with ${code}: ${log.join("\n")}`)));
  });
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `http://${listen}`, folder, lines, log, stop, pid: child.pid };
}

/** Runs the program to its end, with what it prints on both outputs. */
export function run(...args) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (b) => (text += b));
    child.stderr.on("data", (b) => (text += b));
    child.once("error", failed);
    child.once("exit", (code) => done({ code, text }));
  });
}

/** Chromium without a window; more are switches of its own. */
export const browse = (more = []) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
});

/** The people that one can be in the demonstration, in the order of its start page. */
export async function personas(url) {
  const text = await (await fetch(url + "/demo")).text();
  return [...text.matchAll(/<p class="kicker">([^<]+)<\/p><h3>([^<]+)<\/h3>.*?action="(\/demo\/\d+)"/gs)]
    .map(([, role, name, action]) => ({ role, name, action }));
}

/** A fresh browser context in French, signed in as a person of the demonstration or as nobody. */
export async function visit(browser, url, persona, options = {}) {
  const context = await browser.newContext({ baseURL: url, locale: "fr-FR", timezoneId: "Europe/Paris", reducedMotion: "reduce", viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(60_000); // a machine may be busy
  if (persona) await context.request.post(persona.action);
  return context;
}
