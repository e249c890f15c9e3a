"use strict";

// Stock cdk8s in Node: a JSON list of objects on stdin, a JSON list of its YAML texts on stdout.
//
//     node synth_stock.cjs FOLDER        FOLDER/node_modules holds cdk8s and constructs

const fs = require("node:fs");
const { ApiObject, App, Chart, Yaml } = require(`${process.argv[2]}/node_modules/cdk8s`);

const chart = new Chart(new App(), "stock", { disableResourceNameHashes: true });
const objects = JSON.parse(fs.readFileSync(0, "utf8"));
objects.forEach((object, index) => new ApiObject(chart, String(index), object));
const texts = chart.toJson().map((object) => Yaml.stringify(object));
process.stdout.write(JSON.stringify(texts));
