// Reads a bibliography file with Citation.js, and prints it as CSL-JSON.
// Without the name of a format, as Citation.js calls it, it finds that out by itself.
const { readFileSync } = require("node:fs");
const { Cite } = require("@citation-js/core");
require("@citation-js/plugin-bibtex");
require("@citation-js/plugin-csl");
require("@citation-js/plugin-ris");

const [file, forceType] = process.argv.slice(2);
const options = forceType ? { generateGraph: false, forceType } : { generateGraph: false };
const text = readFileSync(file, "utf8");
console.log(JSON.stringify(new Cite(text, options).data));
