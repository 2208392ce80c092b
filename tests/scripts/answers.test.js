import assert from "node:assert/strict";
import { test } from "node:test";

import { csv, headlineOf, pastOf, reason, view } from "../../widgets/shared/answers.js";

const prediction = (probabilities, status) => {
  const [label, probability] = Object.entries(probabilities).sort((a, b) => b[1] - a[1])[0];
  return { label, probability, probabilities, status, seconds: 0.01 };
};
const glass = { glass: 0.94, plastic: 0.05, paper: 0.01 };
const refusal = { code: "damaged", values: {}, sentence: "", photo: true };

test("nothing is shown of nothing", () => {
  assert.deepEqual([view({}).state, view({}).headline], ["", []]);
});

test("each kind of content has its state and its headline", () => {
  const seen = (content) => [view(content).state, view(content).headline.join("")];
  assert.deepEqual(seen({ kind: "looking" }), ["running", "Looking"]);
  assert.deepEqual(seen({ kind: "loading" }), ["waiting", "Loading the model"]);
  assert.deepEqual(seen({ kind: "waiting", sentence: "You are next." }), ["waiting", "You are next."]);
  assert.deepEqual(seen({ kind: "progress", answered: 2, expected: 5 }), ["running", "Looking: 2 of 5 photos answered"]);
  assert.deepEqual(seen({ kind: "refused", refusal }), ["refused", "This photo cannot be used"]);
  assert.deepEqual(seen({ kind: "refused", refusal: { ...refusal, photo: false } }), ["refused", "This did not work"]);
  assert.deepEqual(seen({ kind: "several", rows: [], sendable: false }), ["several", "0 photos answered"]);
});

test("sure: one sentence, the label stressed, the shares below", () => {
  const shown = view({ kind: "answer", prediction: prediction(glass, "sure"), ask: false });
  assert.deepEqual(shown.headline, ["This is ", "glass", " (94 %)"]);
  assert.deepEqual(shown.shares.map(({ label, text }) => [label, text]), [["glass", "94 %"], ["plastic", "5 %"], ["paper", "1 %"]]);
  assert.deepEqual([shown.state, shown.detail, shown.folded, shown.asked], ["sure", "", "", null]);
});

test("a note on the file stands under every answer, in the table and in the spreadsheet", () => {
  const noted = (status) => ({ ...prediction(glass, status), note: "The lower part is missing." });
  assert.equal(view({ kind: "answer", prediction: noted("sure"), ask: false }).detail, "The lower part is missing.");
  for (const status of ["unsure", "unfamiliar"]) {
    assert.match(view({ kind: "answer", prediction: noted(status), ask: false }).detail, /^The lower part is missing\. \w.+/);
  }
  const { rows } = view({ kind: "several", rows: [{ name: "a.jpg", thumbnail: "", prediction: noted("sure") }], sendable: false });
  assert.equal(rows[0].detail, "The lower part is missing.");
  assert.match(csv(rows), /"The lower part is missing\."/);
});

test("unsure: a rival is named only when it comes near, and what would help is said", () => {
  const near = view({ kind: "answer", prediction: prediction({ glass: 0.48, plastic: 0.41, paper: 0.11 }, "unsure"), ask: false });
  assert.deepEqual(near.headline, ["Not sure: perhaps ", "glass", " (48 %) or ", "plastic", " (41 %)"]);
  assert.match(near.detail, /closer photo/);
  assert.equal(headlineOf(prediction({ glass: 0.75, plastic: 0.14 }, "unsure")).join(""), "Not sure: perhaps glass (75 %)");
  assert.equal(headlineOf(prediction({ glass: 0.75, plastic: 0.15 }, "unsure")).join(""), "Not sure: perhaps glass (75 %) or plastic (15 %)");
  assert.equal(headlineOf(prediction({ glass: 1 }, "unsure")).join(""), "Not sure: perhaps glass (100 %)");
});

test("unfamiliar: what was taught is told, the nearest class folded away", () => {
  const shown = view({ kind: "answer", prediction: prediction(glass, "unfamiliar"), ask: true });
  assert.equal(shown.headline.join(""), "This does not look like anything I was taught");
  assert.equal(shown.detail, "I was taught glass, plastic and paper. For this, any answer would be a guess.");
  assert.equal(shown.folded, "The nearest class");
  assert.deepEqual(shown.asked, { answer: "", choices: ["glass", "plastic", "paper"] }); // nothing is claimed that could be right
});

test("where a class is claimed, it is asked whether that is right, and the others are offered", () => {
  const asked = (status) => view({ kind: "answer", prediction: prediction(glass, status), ask: true }).asked;
  assert.deepEqual(asked("sure"), { answer: "glass", choices: ["plastic", "paper"] });
  assert.deepEqual(asked("unsure"), asked("sure"));
});

test("of several photos it is counted how many are sure, and each that has a place can be corrected", () => {
  const row = (place, status, said) => ({ name: `${place}.jpg`, thumbnail: "", prediction: prediction(glass, status), place, said });
  const rows = [row(0, "sure"), row(1, "unfamiliar"), row(2, "sure", "paper"), row(undefined, "unsure"), { name: "x", thumbnail: "", refusal }];
  const shown = view({ kind: "several", rows, sendable: true, classes: ["glass", "plastic", "paper"] });
  assert.equal(shown.detail, "2 sure, 1 not sure, 1 unfamiliar, 1 refused");
  const asked = Object.fromEntries(shown.rows.map((line) => [line.name, line.asked]));
  assert.deepEqual(asked["0.jpg"], { answer: "glass", choices: ["plastic", "paper"] });
  assert.deepEqual(asked["1.jpg"], { answer: "", choices: ["glass", "plastic", "paper"] });
  assert.deepEqual([asked["2.jpg"], asked["undefined.jpg"], asked["x"]], [null, null, null]);
  assert.match(csv(shown.rows), /"2.jpg","glass","0.9400","sure","","paper"/);
  assert.equal(view({ kind: "several", rows, sendable: false }).rows.some((line) => line.asked), false); // an earlier table
});

test("only five classes are shown, the likeliest first, those of equal share in the order of the vocabulary", () => {
  const classes = ["10", "9", "8", "7", "6", "5"];
  const equal = { label: "10", probability: 1 / 6, probabilities: Object.fromEntries(classes.map((name) => [name, 1 / 6])), classes, status: "unsure" };
  assert.deepEqual(view({ kind: "answer", prediction: equal, ask: false }).shares.map(({ label }) => label), classes.slice(0, 5));
});

test("a label that looks like a piece of a sentence is a label", () => {
  assert.deepEqual(headlineOf(prediction({ "a*b {share}": 0.9, c: 0.1 }, "sure")), ["This is ", "a*b {share}", " (90 %)"]);
});

test("a table has the refused first and the least sure after them, and its spreadsheet runs no formula", () => {
  const rows = [
    { name: "a.jpg", thumbnail: "", prediction: prediction(glass, "sure") },
    { name: '=cmd()|"x".jpg', thumbnail: "", prediction: prediction({ glass: 0.6, paper: 0.4 }, "unfamiliar") },
    { name: "c.jpg", thumbnail: "data:", refusal },
  ];
  const shown = view({ kind: "several", rows, sendable: true });
  assert.deepEqual(shown.rows.map(({ name, status, text }) => [name, status, text]), [
    ["c.jpg", "refused", ""],
    ['=cmd()|"x".jpg', "unfamiliar", "60 %"],
    ["a.jpg", "sure", "94 %"],
  ]);
  assert.equal(shown.sendable, true);
  const damaged = "This picture is damaged and cannot be opened: open it in a picture program and save it again.";
  assert.deepEqual(csv(shown.rows).split("\r\n"), [
    '\ufeff"file","label","probability","state","problem","corrected"',
    `"c.jpg","","","refused","${damaged}",""`,
    '"\'=cmd()|""x"".jpg","glass","0.6000","unfamiliar","",""',
    '"a.jpg","glass","0.9400","sure","",""',
    "",
  ]);
});

test("a refusal is said by its code, and by its own sentence where the code or a value is not known", () => {
  const large = { code: "too-many-bytes", values: { megabytes: 31, most: 30 }, sentence: "x", photo: true };
  assert.equal(reason(large), "This file has 31 MB, more than the 30 MB taken here: save a smaller copy of it.");
  assert.equal(reason({ ...large, values: { megabytes: 31 } }), "x");
  assert.equal(reason({ ...large, code: "of tomorrow" }), "x");
  assert.equal(reason({ ...large, code: "constructor" }), "x");
});

test("an earlier answer is named by its label, unless that would be a guess", () => {
  const past = (status) => pastOf({ name: "a.jpg", thumbnail: "", prediction: { ...prediction(glass, status), probabilities: {} } });
  assert.deepEqual(past("unsure"), { name: "a.jpg", label: "glass", text: "94 %" });
  assert.deepEqual(past("unfamiliar"), { name: "a.jpg", label: "unfamiliar", text: "" });
  assert.deepEqual(pastOf({ thumbnail: "", count: 3 }), { name: "Several at once", label: "3 photos", text: "" });
});
