import assert from "node:assert/strict";
import { test } from "node:test";

import { GAP, heightOf, inSightAt, measured, placeOf, scaleOf, scrollHeight, visibleAt } from "../../widgets/clean/geometry.js";

test("as many columns as fit, two on a phone, one of them where they are large", () => {
  assert.equal(measured(1000, 700, "medium").columns, 6);
  assert.equal(measured(1000, 700, "small").columns, 7);
  assert.equal(measured(1000, 700, "large").columns, 4);
  assert.equal(measured(330, 700, "medium").columns, 2);
  assert.equal(measured(330, 700, "large").columns, 1);
  assert.equal(measured(330, 700, "small").columns, 2);
});

test("the tiles of a row fill the room and no more", () => {
  for (let width = 200; width < 2000; width += 7) {
    for (const size of ["small", "medium", "large"]) {
      const grid = measured(width, 700, size);
      const used = grid.columns * (grid.width + GAP) - GAP;
      assert.ok(used <= width - 2 * GAP && used > width - 2 * GAP - grid.columns, `${width} ${size}`);
      assert.equal(placeOf(grid, grid.columns - 1).x + grid.width + GAP, used + 2 * GAP);
    }
  }
});

test("what is visible are whole rows, up to the end of the list", () => {
  const grid = measured(1000, 700, "medium");
  assert.deepEqual(visibleAt(grid, 10_000, 0), [0, Math.ceil(700 / grid.height) * 6]);
  assert.deepEqual(visibleAt(grid, 8, 0), [0, 8]);
  assert.deepEqual(visibleAt(grid, 0, 0), [0, 0]);
  const [first, last] = visibleAt(grid, 10_000, 2.5 * grid.height);
  assert.deepEqual([first, last % 6], [12, 0]);
});

test("in sight are those whose middle is between the two heights", () => {
  const grid = measured(1000, 700, "medium");
  assert.deepEqual(inSightAt(grid, 100, 0, 0, GAP + grid.height), [0, 6]);
  assert.deepEqual(inSightAt(grid, 100, 0, 0, GAP + 0.4 * grid.height), [0, 0]);
  assert.deepEqual(inSightAt(grid, 100, grid.height, 0, GAP + grid.height), [6, 12]);
  assert.deepEqual(inSightAt(grid, 4, 0, 0, 700), [0, 4]);
});

test("a list taller than a browser can scroll is scaled, and its last row is reached all the same", () => {
  const grid = measured(1000, 700, "medium");
  assert.equal(scaleOf(grid, 10_000), 1);
  const count = 1_000_000;
  assert.ok(scrollHeight(grid, count) < heightOf(grid, count));
  const bottom = (scrollHeight(grid, count) - grid.view) * scaleOf(grid, count);
  assert.equal(visibleAt(grid, count, bottom)[1], count);
});
