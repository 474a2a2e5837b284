// What the checks in a browser share: the gallery, running, and the browser.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "..");

/** The gallery, built and started; resolves with its address and the way to stop it. */
export async function gallery() {
  const program = join(mkdtempSync(join(tmpdir(), "gallery-")), "gallery");
  await new Promise((done, failed) => {
    spawn("go", ["build", "-o", program, "./internal/platform/ui/gallery"], { cwd: root, stdio: "inherit" })
      .on("exit", (code) => (code === 0 ? done() : failed(new Error("the gallery does not build"))));
  });
  const server = spawn(program, { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((done, failed) => {
    createInterface({ input: server.stdout }).once("line", done);
    server.once("exit", () => failed(new Error("the gallery did not start")));
  });
  return { address, stop: () => server.kill() };
}

/** Chromium without a window; CHROMIUM names another one than the system's. */
export const browse = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
