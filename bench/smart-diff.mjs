// Compares base.json of a folder with each 0.json, 1.json, … and prints what api-smart-diff says of each.
import { readFileSync, readdirSync } from "node:fs";
import { apiDiff } from "api-smart-diff";

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8"));
const number = (name) => parseInt(name, 10);
const edited = readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
for (const name of edited.sort((a, b) => number(a) - number(b))) {
  const types = apiDiff(read("base.json"), read(name), {}).map((one) => one.type);
  const told = types.some((type) => type !== "annotation");
  console.log(JSON.stringify({ told, breaking: types.includes("breaking") }));
}
