// Bundles the browser's side into internal/platform/assets/dist:
//   app.js   web/*.ts and internal/component/*/*.ts, one module; what they load
//            with import() becomes a chunk of its own, fetched when needed
//   app.css  web/*.css and internal/component/*/*.css, in cascade layers
// Files deeper in a component's folder are bundled only where something imports them.
// Names carry a hash of the content; manifest.json gives the hashed name of each plain one.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join, relative, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const dist = join(root, "internal/platform/assets/dist");
const componentsFolder = join(root, "internal/component");

/** The files of a folder with this ending, sorted so that builds repeat; tests and declarations left out. */
function filesIn(folder, ending) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending) && !/\.(test|d)\.ts$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function componentFiles(ending) {
  if (!existsSync(componentsFolder)) return [];
  return readdirSync(componentsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) => filesIn(join(componentsFolder, name), ending));
}

const fromRoot = (file) => JSON.stringify("./" + relative(root, file));

function script() {
  return [...filesIn(join(root, "web"), ".ts"), ...componentFiles(".ts")]
    .map((file) => `import ${fromRoot(file)};`)
    .join("\n");
}

// A component's style wins over the shared parts, print over all: the order of layers says so, not specificity.
const layers = ["tokens", "base", "layout", "nav", "form", "part", "table", "chart", "component", "print"];

function style() {
  const shared = ["fonts", ...layers].filter((name) => existsSync(join(root, "web", name + ".css")));
  const lines = shared.map((name) => `@import ${fromRoot(join(root, "web", name + ".css"))}` + (name === "fonts" ? ";" : ` layer(${name});`));
  const own = componentFiles(".css").map((file) => `@import ${fromRoot(file)} layer(component);`);
  return [`@layer ${layers.join(", ")};`, ...lines, ...own].join("\n");
}

/** Browsers without light-dark() get the light palette: without it they would have no colour at all. */
function lightFallback(css) {
  const light = [...css.matchAll(/(--[\w-]+):\s*light-dark\((#[0-9a-f]{3,8}),/gi)].map(([, name, value]) => `${name}:${value}`);
  return `${css}@supports not (color:light-dark(#fff,#000)){:root{${light.join(";")}}}`;
}

async function bundle(contents, loader, entry) {
  const result = await build({
    stdin: { contents, loader, resolveDir: root, sourcefile: entry },
    outdir: dist,
    entryNames: entry,
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    splitting: loader === "ts",
    target: ["chrome112", "firefox117", "safari16.4"],
    loader: { ".woff2": "file", ".wasm": "file" },
    publicPath: "/assets",
    legalComments: "none",
    logLevel: "warning",
  });
  return result.outputFiles.map((file) => ({ name: basename(file.path), contents: Buffer.from(file.contents) }));
}

/** Entries get their hash here, from what is really served; chunks and fonts already have one. */
function hashed(name, contents) {
  const extension = extname(name);
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 10);
  return `${basename(name, extension)}-${hash}${extension}`;
}

function emit(manifest, plain, contents, name = hashed(plain, contents)) {
  manifest[plain] = name;
  writeFileSync(join(dist, name), contents);
  if (name.endsWith(".woff2")) return; // compressed already
  writeFileSync(join(dist, name + ".br"), brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(join(dist, name + ".gz"), gzipSync(contents, { level: 9 }));
}

const outputs = [...(await bundle(script(), "ts", "app")), ...(await bundle(style(), "css", "app"))];
for (const name of readdirSync(dist)) {
  if (!name.startsWith(".")) rmSync(join(dist, name), { recursive: true });
}
const manifest = {};
for (const { name, contents } of outputs) {
  if (name === "app.css") emit(manifest, name, Buffer.from(lightFallback(contents.toString())));
  else if (name === "app.js") emit(manifest, name, contents);
  else emit(manifest, name, contents, name);
}
emit(manifest, "icon.svg", readFileSync(join(root, "web/icon.svg")));
writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

for (const [plain, name] of Object.entries(manifest)) {
  const size = readFileSync(join(dist, existsSync(join(dist, name + ".br")) ? name + ".br" : name)).length;
  console.log(`${plain.padEnd(60)} ${(size / 1000).toFixed(1).padStart(6)} kB`);
}
