// Finds the structured data on pages as crawlers do, and prints what Adobe's validator has to say of it: whether each
// type and property is schema.org's, by the vocabulary as it is published, and what search engines ask for.
const { readFileSync } = require("node:fs");

const TRIPLE = /^<([^>]*)> <([^>]*)> <([^>]*)> /;
const NAMES = {
  "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "@type",
  "http://www.w3.org/2000/01/rdf-schema#subClassOf": "rdfs:subClassOf",
  "http://schema.org/domainIncludes": "schema:domainIncludes",
};
const TYPES = {
  "http://www.w3.org/2000/01/rdf-schema#Class": "rdfs:Class",
  "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property": "rdf:Property",
};

// The validator wants the vocabulary as schema.org's own JSON-LD; the package has it as N-Quads.
const vocabulary = (path) => {
  const nodes = new Map();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [, subject, predicate, object] = TRIPLE.exec(line) || [];
    const name = NAMES[predicate];
    if (!name) continue;
    const node = nodes.get(subject) || { "@id": subject };
    nodes.set(subject, node);
    if (name === "@type") node[name] = TYPES[object] || node[name];
    else (node[name] ||= []).push({ "@id": object });
  }
  return { "@graph": [...nodes.values()] };
};

(async () => {
  const { default: Validator } = await import("@adobe/structured-data-validator");
  const { default: WebAutoExtractor } = await import("@marbec/web-auto-extractor");
  const validator = new Validator(vocabulary(require.resolve("@vocabulary/schema").replace("index.js", "schema.nq")));
  const found = [];
  for (const path of process.argv.slice(2)) {
    const data = new WebAutoExtractor({ addLocation: true }).parse(readFileSync(path, "utf8"));
    found.push({ types: Object.keys(data.jsonld), issues: await validator.validate(data) });
  }
  console.log(JSON.stringify(found));
})();
