import assert from "node:assert/strict";
import { test } from "node:test";

import { extent, linear, spreadApart, ticks, wholeTicks } from "../../widgets/train/scales.js";

test("values go to pixels, upside down too, and a scale of one value does not divide by nothing", () => {
  assert.deepEqual([0, 0.5, 1].map(linear(0, 1, 50, 150)), [50, 100, 150]);
  assert.deepEqual([0, 2].map(linear(0, 2, 200, 0)), [200, 0]);
  assert.equal(linear(3, 3, 200, 0)(3), 200);
});

test("whatever was measured lies within the drawing, a wild batch too, and nothing is flat at zero", () => {
  for (const losses of [[90, ...Array.from({ length: 99 }, (_, n) => 1 - n / 100)], [2.2, 0.4, 0.3], [0.5]]) {
    const [low, high] = extent(losses);
    assert.equal(low, 0);
    assert.ok(Math.max(...losses) < high && high <= 1.1 * Math.max(...losses), String(high));
  }
  assert.deepEqual(extent([0, 0]), [0, 0.1]);
  assert.deepEqual(extent([]), [0, 0.1]);
});

test("epochs are marked in equal steps, as many as there is room for", () => {
  assert.deepEqual(wholeTicks(5, 12), [1, 2, 3, 4, 5]);
  assert.deepEqual(wholeTicks(1, 12), [1]);
  assert.deepEqual(wholeTicks(30, 8), [5, 10, 15, 20, 25, 30]);
  assert.deepEqual(wholeTicks(0, 8), []);
});

test("ticks are round, in equal steps, from the first to no further than the last", () => {
  assert.deepEqual(ticks(0, 1).map((tick) => tick.toFixed(2)), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
  for (const high of [0.1, 0.37, 0.9, 1, 2.3, 7, 19, 140]) {
    const found = ticks(0, high);
    assert.ok(found.length >= 3 && found.length <= 6, `${high}: ${found}`);
    assert.ok(found[0] === 0 && found.at(-1) <= high + 1e-9 * high + 1e-6 * high);
  }
});

test("names do not cover one another", () => {
  const placed = spreadApart([{ name: "b", y: 20 }, { name: "a", y: 15 }, { name: "c", y: 90 }], 16);
  assert.deepEqual(placed, [{ name: "a", y: 15 }, { name: "b", y: 31 }, { name: "c", y: 90 }]);
});
