import assert from "node:assert/strict";
import test from "node:test";

import { view } from "../../widgets/shared/answers.js";
import { localModel } from "../../widgets/shared/local_model.js";
import { runPanel } from "../../widgets/static/panel.js";
import { Refused } from "../../widgets/static/refused.js";

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
const prediction = (label, share = 0.9, status = "sure") => ({ label, probability: share, probabilities: { [label]: share, other: 1 - share }, classes: [label, "other"], status, seconds: 0 });

// A panel whose model answers with the name of the photo; those called "bad" are refused.
function open({ loaded = true, classify = async ({ name }) => answerTo(name), explain = async () => ({ kind: "explained", photo: new Blob(["a"]), heat: null, similar: [] }) } = {}) {
  const uploader = localModel({ answer: {}, busy: false });
  const answer = localModel({ content: {}, note: "", explainable: false, why: {} });
  const history = localModel({ entries: [] });
  let load = () => {};
  const ready = new Promise((resolve) => (load = resolve));
  if (loaded) load();
  const shown = [];
  answer.on("change:content", () => shown.push(view(answer.get("content")).state));
  const told = [];
  uploader.on("msg:custom", (message) => told.push(message));
  const { without } = runPanel({ uploader, answer, history }, { classify, explain }, ready);
  const choose = (turn, ...names) => {
    uploader.send({ type: "start", turn, names });
    names.forEach((name, index) => uploader.send({ type: "photo", turn, index, file: { name }, thumbnail: `data:${name}` }));
  };
  return { uploader, answer, history, load, without, shown, told, choose, screen: () => view(answer.get("content")) };
}

async function answerTo(name) {
  if (name.startsWith("bad")) throw new Refused("damaged");
  return prediction(name);
}

test("a photo is looked at, answered, spoken, and remembered", async () => {
  const panel = open();
  panel.choose(1, "glass");
  assert.equal(panel.uploader.get("busy"), true);
  await soon();
  assert.deepEqual(panel.shown.at(-1), "sure");
  assert.equal(panel.uploader.get("busy"), false);
  assert.equal(panel.uploader.get("answer").label, "glass");
  assert.deepEqual(panel.history.get("entries").map(({ name }) => name), ["glass"]);
  assert.deepEqual(panel.screen().asked, { answer: "glass", choices: ["other"] }, "it can be saved what is said here");
});

test("a photo that comes before the model waits for it", async () => {
  const panel = open({ loaded: false });
  panel.choose(1, "glass");
  await soon();
  assert.equal(panel.screen().state, "waiting");
  panel.load();
  await soon();
  assert.equal(panel.screen().state, "sure");
});

test("a photo says why there is no model, and is answered once there is one", async () => {
  const panel = open({ loaded: false });
  const refusal = { code: "model-cut-off", values: {}, sentence: "It broke off: try again.", photo: false };
  panel.without(refusal);
  assert.equal(panel.screen().state, "", "nobody has asked anything yet");
  panel.choose(1, "metal");
  panel.choose(2, "glass");
  await soon();
  assert.deepEqual([panel.screen().state, panel.screen().detail], ["refused", refusal.sentence]);
  assert.equal(panel.uploader.get("busy"), false);
  panel.without(null);
  assert.deepEqual([panel.screen().state, panel.uploader.get("busy")], ["waiting", true]);
  panel.without(refusal);
  assert.equal(panel.screen().state, "refused");
  panel.load();
  await soon();
  assert.equal(panel.screen().state, "sure");
});

test("a newer photo replaces an older one, whose answer comes too late", async () => {
  const waiting = [];
  const panel = open({ classify: ({ name }) => new Promise((resolve) => waiting.push(() => resolve(prediction(name)))) });
  panel.choose(1, "old");
  await soon();
  panel.choose(2, "new");
  await soon();
  waiting[0]();
  await soon();
  assert.equal(panel.screen().state, "running");
  waiting[1]();
  await soon();
  assert.equal(panel.uploader.get("answer").label, "new");
  assert.deepEqual(panel.history.get("entries").map(({ name }) => name), ["new"]);
});

test("a refused photo says why, in the sentence of its code", async () => {
  const panel = open();
  panel.choose(1, "bad.jpg");
  await soon();
  assert.equal(panel.screen().state, "refused");
  assert.match(panel.screen().detail, /damaged and cannot be opened/);
  assert.deepEqual(panel.history.get("entries"), []);
});

test("what nobody foresaw is our fault, not the photo's", async (context) => {
  context.mock.method(console, "error", () => {});
  const panel = open({ classify: async () => Promise.reject(new TypeError("x is undefined")) });
  panel.choose(1, "glass");
  await soon();
  assert.match(panel.screen().headline[0], /did not work/);
  assert.match(panel.screen().detail, /on our side/);
});

test("several photos give a table; one that fails marks its row alone", async () => {
  const panel = open();
  panel.choose(1, "glass", "bad.jpg", "metal");
  await soon();
  const { state, rows, sendable } = panel.screen();
  assert.equal(state, "several");
  assert.equal(sendable, false);
  assert.deepEqual(rows.map(({ name, status }) => [name, status]), [["bad.jpg", "refused"], ["glass", "sure"], ["metal", "sure"]]);
  assert.equal(panel.history.get("entries")[0].count, 3);
});

test("a table that is left before it is complete is remembered as far as it came", async () => {
  const waiting = [];
  const panel = open({ classify: ({ name }) => new Promise((resolve) => waiting.push(() => resolve(prediction(name)))) });
  panel.choose(1, "a", "b");
  await soon();
  waiting[0]();
  await soon();
  assert.equal(panel.screen().state, "running");
  panel.choose(2, "c");
  assert.equal(panel.history.get("entries")[0].count, 1);
});

test("an earlier answer comes back with its photo, and can still be explained", async () => {
  const panel = open();
  panel.choose(1, "glass");
  await soon();
  panel.choose(2, "a", "b");
  await soon();
  panel.history.send({ type: "return", place: 1 });
  assert.equal(panel.screen().state, "sure");
  assert.deepEqual(panel.told.at(-1), { type: "show", turn: 1, index: 0, name: "glass" });
  assert.equal(panel.answer.get("explainable"), true);
  panel.history.send({ type: "return", place: 0 });
  assert.equal(panel.screen().state, "several");
  assert.deepEqual(panel.told.at(-1), { type: "clear" });
  panel.history.send({ type: "clear" });
  assert.deepEqual(panel.history.get("entries"), []);
});

test("why is asked once it is opened, and forgotten with the photo", async () => {
  const panel = open();
  panel.choose(1, "glass");
  await soon();
  panel.answer.send({ type: "why", of: 7 });
  assert.deepEqual(panel.answer.get("why"), { of: 7, kind: "looking" });
  await soon();
  const { of, kind, photo, heat } = panel.answer.get("why");
  assert.deepEqual([of, kind, heat], [7, "explained", ""]);
  assert.match(photo, /^blob:/);
  panel.choose(2, "metal");
  assert.deepEqual(panel.answer.get("why"), {});
});

test("an explanation that fails says so", async () => {
  const panel = open({ explain: async () => Promise.reject(new Refused("too-much-memory")) });
  panel.choose(1, "glass");
  await soon();
  panel.answer.send({ type: "why", of: 1 });
  await soon();
  assert.match(panel.answer.get("why").sentence, /too much memory/);
});

test("cancelling empties the screen, and no answer comes after it", async () => {
  const panel = open();
  panel.choose(1, "glass");
  panel.uploader.send({ type: "cancel", turn: 1 });
  await soon();
  assert.equal(panel.screen().state, "");
  assert.equal(panel.uploader.get("busy"), false);
});
