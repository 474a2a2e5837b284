// Solves linear programmes with HiGHS (npm `highs`, WebAssembly): an array of texts in LP format
// comes in, an array of { status, value } goes out.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const highs = await createRequire(import.meta.url)("highs")();
const out = JSON.parse(readFileSync(0, "utf8")).map((text) => {
  const { Status: status, ObjectiveValue: value } = highs.solve(text, { output_flag: false });
  return { status, value };
});
process.stdout.write(JSON.stringify(out));
