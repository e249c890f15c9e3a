"use strict";

// The Node child of the stage `synth`: lines of JSON come in on stdin, frames leave on stdout.
//
//     node charts.cjs FOLDER        FOLDER/node_modules holds cdk8s and constructs
//
// A line is one unit: {"unit", "files": [{"file", "objects"}]}. A frame is a line {"path",
// "objects", "bytes"} and that many bytes of YAML, one for each file in the order asked for;
// {"done": true} follows the last. {"refused"} is the answer to objects that would not come out of
// cdk8s as they went in.
//
// Reading and writing block: the parent reads while it writes, so neither waits for the other. A
// parent that dies closes both pipes, which ends this program.
//
// Each unit is an App of its own, because cdk8s resolves the whole App once for each chart.

const fs = require("node:fs");
const path = require("node:path");
const { emitter } = require("./yaml.cjs");

const folder = process.argv[2];
const { ApiObject, App, Chart, Yaml } = require(path.join(folder, "node_modules", "cdk8s"));

const toYaml = emitter(Yaml.stringify);

function* linesOf(input) {
  const chunk = Buffer.allocUnsafe(1 << 16);
  let held = [];
  for (let size; (size = fs.readSync(input, chunk)) > 0; ) {
    const read = chunk.subarray(0, size);
    let start = 0;
    for (let end; (end = read.indexOf("\n", start)) >= 0; start = end + 1) {
      yield Buffer.concat([...held, read.subarray(start, end)]).toString();
      held = [];
    }
    held.push(Buffer.from(read.subarray(start)));
  }
}

function write(frame, content = "") {
  const payload = Buffer.from(content);
  const line = Buffer.from(JSON.stringify({ ...frame, bytes: payload.length }) + "\n");
  const all = Buffer.concat([line, payload]);
  for (let done = 0; done < all.length; ) done += fs.writeSync(1, all, done);
}

function isEmpty(value) {
  return value !== null && typeof value === "object" && Object.keys(value).length === 0;
}

// Whether all parsers read `number` alike: integers beyond 2^53 lose digits, and `1e-7` is a
// string to PyYAML.
function isExact(number) {
  return Number.isInteger(number) ? Number.isSafeInteger(number) : !String(number).includes("e");
}

// The first place where `made` is not `sent`; undefined where they are equal.
//
// cdk8s drops nulls, the key `__proto__` and, in metadata, what is empty. The last is the same
// object to Kubernetes; the others were meant.
function difference(sent, made, where = "") {
  if (typeof sent === "number" && !isExact(sent)) return where;
  if (sent === null || typeof sent !== "object") return sent === made ? undefined : where;
  if (made === null || typeof made !== "object") return where;
  const inMetadata = where === ".metadata";
  const keys = Object.keys(sent).filter((key) => !(inMetadata && isEmpty(sent[key])));
  for (const key of keys) {
    const inside = `${where}.${key}`;
    if (!Object.hasOwn(made, key)) return inside;
    const found = difference(sent[key], made[key], inside);
    if (found !== undefined) return found;
  }
  return Object.keys(made).length === keys.length ? undefined : where;
}

// What cdk8s makes of a unit's objects, in the same order.
function chartOf(unit, objects) {
  const chart = new Chart(new App(), unit, { disableResourceNameHashes: true });
  objects.forEach((object, index) => new ApiObject(chart, String(index), object));
  const made = chart.toJson();
  objects.forEach((object, index) => {
    const where = difference(object, made[index]);
    if (where === undefined) return;
    const name = `${object.kind} ${object.metadata.name}`;
    throw new Error(`${name} does not come out of cdk8s as it went in: ${where || "all of it"}`);
  });
  return made;
}

function named({ apiVersion, kind, metadata }) {
  return [apiVersion, kind, metadata.namespace ?? "", metadata.name];
}

// Write the frames of one unit.
function answer({ unit, files }) {
  const made = chartOf(unit, files.flatMap((file) => file.objects));
  let next = 0;
  for (const { file, objects } of files) {
    const own = made.slice(next, (next += objects.length));
    const content = own.map(toYaml).join("---\n");
    write({ path: `${unit}/${file}`, objects: own.map(named) }, content);
  }
}

function main() {
  for (const line of linesOf(0)) {
    const request = JSON.parse(line);
    try {
      answer(request);
    } catch (error) {
      return write({ refused: `${request.unit}: ${error.message}` });
    }
  }
  return write({ done: true });
}

main();
