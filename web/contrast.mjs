// Checks the pairs of colours in use against WCAG 2.2: 4.5 for words, 3 for shapes
// and outlines of controls, in light and dark. Reads tokens.css, fails with the list.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const palettes = { light: {}, dark: {} };
for (const [, name, light, dark] of css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/gi)) {
  palettes.light[name] = light;
  palettes.dark[name] = dark;
}

const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const rgb = (hex) => [1, 3, 5].map((i) => linear(parseInt(hex.slice(i, i + 2), 16) / 255));
const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const ratio = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

// OKLab, as in CSS Color 4: linear sRGB ↔ LMS ↔ Lab.
const times = (m, v) => m.map((row) => row.reduce((sum, x, i) => sum + x * v[i], 0));
const toLMS = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]];
const toLab = [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]];
const fromLab = [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]];
const fromLMS = [[4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965], [-0.0041960863, -0.7034186147, 1.707614701]];
const lab = (c) => times(toLab, times(toLMS, c).map(Math.cbrt));
const mix = (a, share, b) => {
  const [from, to] = [lab(a), lab(b)];
  const mixed = from.map((x, i) => x * share + to[i] * (1 - share));
  return times(fromLMS, times(fromLab, mixed).map((x) => x ** 3)).map((x) => Math.min(Math.max(x, 0), 1));
};

// [foreground, background or [colour, share, ground], least ratio]
const grounds = ["paper", "card", "sunken"];
const pairs = [
  ...["ink", "soft", "night", "night-deep", "madder", "umber"].flatMap((c) => grounds.map((g) => [c, g, 4.5])),
  ...["leaf", "mist"].flatMap((c) => ["paper", "card"].map((g) => [c, g, 4.5])),
  ["ink", "pill", 4.5],
  ["soft", "pill", 4.5],
  ["night-ink", "night", 4.5],
  ["night-ink", "night-deep", 4.5],
  ["card", "madder", 4.5],
  ...["leaf", "madder", "mist"].map((c) => [c, [c, 0.11, "card"], 4.5]),
  ...["umber", "ink", "night"].map((c) => [c, "ochre-tint", 4.5]),
  ["night", ["night", 0.11, "paper"], 4.5],
  ["ink", ["night", 0.11, "paper"], 4.5],
  ["soft", ["leaf", 0.1, "card"], 4.5],
  ["soft", ["madder", 0.1, "card"], 4.5],
  ["soft", ["night", 0.1, "card"], 4.5],
  ["madder", ["madder", 0.08, "card"], 4.5],
  ["night", ["madder", 0.08, "card"], 4.5],
  ...["edge", "ochre"].flatMap((c) => grounds.map((g) => [c, g, 3])),
  ...["leaf", "madder", "mist"].map((c) => [c, "card", 3]),
  ["night", "slot", 3],
  ["umber", "ochre-tint", 3],
];

let failures = 0;
for (const [name, palette] of Object.entries(palettes)) {
  const colour = (c) => {
    if (Array.isArray(c)) return mix(colour(c[0]), c[1], colour(c[2]));
    if (!palette[c]) throw new Error(`tokens.css has no colour --${c}`);
    return rgb(palette[c]);
  };
  for (const [front, back, least] of pairs) {
    const found = ratio(colour(front), colour(back));
    if (found >= least) continue;
    failures++;
    console.error(`${name}: ${front} on ${Array.isArray(back) ? back.join(" ") : back} is ${found.toFixed(2)}, needs ${least}`);
  }
}
if (failures) process.exit(1);
console.log(`contrast: ${pairs.length} pairs hold in light and in dark`);
