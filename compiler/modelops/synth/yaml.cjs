"use strict";

// Plain data to canonical YAML; part of the stage `synth`.
//
// The layout is written here: two spaces a level, one line for each scalar, `|` blocks for text of
// several lines, keys in the order they come. How a scalar is spelt is asked of the YAML library
// of cdk8s, once for each distinct text, which is ten times as fast as having it write all. The
// result is what that library writes, byte for byte, save for texts that some parser would read as
// something else or refuse; these go out as JSON strings, which all parsers read alike.

// What a parser may change or refuse, or what a reviewer cannot see: DEL and the C1 controls
// (with NEL), line and paragraph separators, marks that reverse the direction of text, byte order
// marks, and the two code points that are no characters.
const UNSAFE = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

// Numbers to one parser or another, though not to the library: `0o7` (YAML 1.2), `0X1F` and `0B1`
// (Go, with which kubectl and Flux read). Underscores are skipped by Go and digits to ruamel.
const NUMBER = /^[-+]?(?:0x[\da-f]+|0o[0-7]+|0b[01]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/i;

// YAML 1.1's types for the default key and for merging, still alive in PyYAML.
const INDICATORS = new Set(["=", "<<"]);

function isNumber(text) {
  return ["", "0"].some((underscore) => NUMBER.test(text.replaceAll("_", underscore)));
}

// `text` as a JSON string that is pure and visible.
function quoted(text) {
  const hex = (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
  return JSON.stringify(text).replace(UNSAFE, hex);
}

// Whether `spelt`, the library's spelling of `text`, is one that every parser reads as `text`.
function isSound(spelt, text) {
  if (text.search(UNSAFE) >= 0) return false;
  if (spelt === text) {
    return !(text.includes("\t") || INDICATORS.has(text) || isNumber(text));
  }
  // Folded quotes hide where lines end. In a block parsers take a tab after the indentation for a
  // part of it, and lose blanks where there is nothing else.
  return !(spelt.startsWith('"') ? spelt.includes("\n") : /^\n*(?:\t| [ \t\n]*$)/.test(text));
}

// The way from a text to its spelling, remembered.
function remembered(spell) {
  const known = new Map();
  return (text) => {
    let spelt = known.get(text);
    if (spelt === undefined) known.set(text, (spelt = spell(text)));
    return spelt;
  };
}

// A function from one document to its YAML, with a line end after the last line.
//
// `stringify` is `Yaml.stringify` of cdk8s.
function emitter(stringify) {
  const spelling = remembered((text) => {
    const spelt = stringify({ k: text }).slice("k: ".length, -"\n".length);
    return isSound(spelt, text) ? spelt : quoted(text);
  });

  const keySpelling = remembered((key) => {
    const line = stringify({ [key]: 0 });
    if (line.startsWith("? ")) throw new Error(`a key of ${key.length} characters is too long`);
    const spelt = line.slice(0, -": 0\n".length);
    return isSound(spelt, key) ? spelt : quoted(key);
  });

  // A scalar with the further lines of a block moved in; empty lines stay empty.
  function scalar(value, indent) {
    if (typeof value !== "string") return String(value);
    return spelling(value).replace(/\n(?=[^\n])/g, "\n" + indent);
  }

  // What follows `key:`, from the space or line end behind the colon.
  function afterKey(value, indent) {
    if (value === null || typeof value !== "object") return ` ${scalar(value, indent)}\n`;
    if (Object.keys(value).length === 0) return Array.isArray(value) ? " []\n" : " {}\n";
    return "\n" + block(value, indent + "  ");
  }

  // What follows the dash of a list's item: a map or list begins on the same line.
  function afterDash(value, indent) {
    const after = afterKey(value, indent);
    return after.startsWith("\n") ? " " + after.slice(1 + indent.length + 2) : after;
  }

  function block(value, indent) {
    const line = Array.isArray(value)
      ? (key) => `${indent}-${afterDash(value[key], indent)}`
      : (key) => `${indent}${keySpelling(key)}:${afterKey(value[key], indent)}`;
    return Object.keys(value).map(line).join("");
  }

  return (document) => block(document, "");
}

module.exports = { emitter };
