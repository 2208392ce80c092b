import assert from "node:assert/strict";
import { test } from "node:test";

import { fitted } from "../../widgets/shared/shrink.js";

test("a photo keeps its proportions, is never enlarged, and never has a side without a pixel", () => {
  assert.deepEqual(fitted(4000, 3000, 1024), [1024, 768]);
  assert.deepEqual(fitted(3000, 4000, 1024), [768, 1024]);
  assert.deepEqual(fitted(640, 480, 1024), [640, 480]);
  assert.deepEqual(fitted(100_000, 3, 1024), [1024, 1]);
});
