import assert from "node:assert/strict";
import { test } from "node:test";

import { makeKeys, numbered } from "../../widgets/clean/shortcuts.js";

// What a row of keys does, with picture 10 of 100 active in a grid of 4 columns.
function typed(keys, classes = ["cat", "dog", "kiwi", "glass", "grass"]) {
  const done = [];
  const note = (what) => (...rest) => done.push([what, ...rest]);
  const onKey = makeKeys({
    active: () => 10,
    last: () => 99,
    columns: () => 4,
    classes: () => classes,
    move: note("move"),
    turn: note("turn"),
    narrow: note("narrow"),
    selectPage: note("page"),
    act: note("act"),
    say: note("say"),
    ask: (letters, typedOut) => done.push(["ask", letters, typeof typedOut]),
  });
  for (const key of keys) {
    let taken = false;
    const event = { key, shiftKey: false, preventDefault: () => (taken = true), stopPropagation() {} };
    onKey(typeof key === "string" ? event : { ...event, ...key });
    if (!taken) done.push("left");
  }
  return done;
}

test("arrows move by one and by a row, Home and End to the ends, with Shift they select", () => {
  assert.deepEqual(typed(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]), [9, 11, 6, 14, 0, 99].map((to) => ["move", to, false]));
  assert.deepEqual(typed([{ key: "ArrowRight", shiftKey: true }]), [["move", 11, true]]);
  assert.deepEqual(typed(["PageDown", "PageUp"]), [["turn", 1, false], ["turn", -1, false]]);
});

test("letters keep, delete, undo and redo; the keys of the table act", () => {
  assert.deepEqual(typed(["k", "d", "u", { key: "U", shiftKey: true }]), [["act", "keep"], ["act", "delete"], ["act", "undo"], ["act", "redo"]]);
  assert.deepEqual(typed(["Enter", " ", "?", "+", "="]), [["act", "accept"], ["act", "enlarge"], ["act", "keys"], ["act", "label"], ["act", "alike"]]);
  assert.deepEqual(typed(["Escape", { key: "a", ctrlKey: true }]), [["narrow", 10], ["page"]]);
});

test("a letter gives the label that alone begins with it, and the rest of its name is let pass", () => {
  assert.deepEqual(typed(["c", "a", "t"]), [["act", "relabel", "cat"]]);
  assert.deepEqual(typed([{ key: "K", shiftKey: true }]), [["act", "relabel", "kiwi"]]);
  assert.deepEqual(typed(["g"]), [["ask", "g", "function"]]);
});

test("a number is the place of a class, unless classes begin with digits", () => {
  assert.deepEqual(typed(["2"]), [["act", "relabel", "dog"]]);
  assert.deepEqual(typed(["9"]), [["say", "There is no class with the number 9."]]);
  assert.deepEqual(typed(["7"], ["0", "7"]), [["act", "relabel", "7"]]);
  assert.deepEqual([numbered(["cat"]), numbered(["cat", "7up"])], [true, false]);
});

test("what is held with Ctrl or Alt, or being composed, is the browser's", () => {
  assert.deepEqual(typed([{ key: "k", ctrlKey: true }, { key: "k", altKey: true }, { key: "k", isComposing: true }, "F5"]), ["left", "left", "left", "left"]);
});
