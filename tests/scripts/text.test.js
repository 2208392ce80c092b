import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, listing, numberOf, percent } from "../../widgets/shared/text.js";

test("what is merely close is never 100 %, what is not nothing never 0 %", () => {
  assert.deepEqual([0, 0.004, 0.006, 0.5, 0.994, 0.995, 0.9999999, 1].map(percent), ["0 %", "<1 %", "1 %", "50 %", "99 %", ">99 %", ">99 %", "100 %"]);
});

test("of two whole numbers that are equally near, the even one is written", () => {
  assert.deepEqual([0.025, 0.125, 0.375, 0.625, 0.875].map(percent), ["2 %", "12 %", "38 %", "62 %", "88 %"]);
});

test("lists and counts", () => {
  assert.equal(listing(["a", "b", "c"]), "a, b or c");
  assert.equal(listing(["a", "b"], "and"), "a and b");
  assert.equal(numberOf(1, "photo"), "1 photo");
  assert.equal(numberOf(2000, "photo"), "2,000 photos");
});

test("a value is never read as a sentence", () => {
  assert.equal(fill("{label} ({share})", { label: "{share}", share: "3 %" }), "{share} (3 %)");
  assert.equal(fill("{toString} {a}", { a: 1 }), "{toString} 1");
});
