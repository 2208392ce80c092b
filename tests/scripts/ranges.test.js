import assert from "node:assert/strict";
import { test } from "node:test";

import { howMany, inRanges, toggled } from "../../widgets/clean/ranges.js";

test("a position is added where it belongs, and joins what it touches", () => {
  assert.deepEqual(toggled([], 3), [[3, 4]]);
  assert.deepEqual(toggled([[5, 6]], 3), [[3, 4], [5, 6]]);
  assert.deepEqual(toggled([[1, 3], [4, 6]], 3), [[1, 6]]);
});

test("a position that is in is taken out, at an end and from the middle", () => {
  assert.deepEqual(toggled([[3, 4]], 3), []);
  assert.deepEqual(toggled([[3, 6]], 3), [[4, 6]]);
  assert.deepEqual(toggled([[3, 6]], 5), [[3, 5]]);
  assert.deepEqual(toggled([[1, 2], [3, 6]], 4), [[1, 2], [3, 4], [5, 6]]);
});

test("any row of toggles leaves what a set would hold, sorted and apart, and changes no range that was given", () => {
  let seed = 1;
  const chance = (below) => (seed = (seed * 48271) % 2147483647) % below;
  let ranges = [];
  const held = new Set();
  for (let step = 0; step < 2000; step++) {
    const position = chance(40);
    const before = JSON.stringify(ranges);
    const next = toggled(ranges, position);
    assert.equal(JSON.stringify(ranges), before);
    ranges = next;
    if (!held.delete(position)) held.add(position);
    assert.equal(howMany(ranges), held.size);
    for (let at = 0; at < 40; at++) assert.equal(inRanges(ranges, at), held.has(at));
    for (let n = 1; n < ranges.length; n++) assert.ok(ranges[n - 1][1] < ranges[n][0]);
  }
});
