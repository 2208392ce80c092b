import assert from "node:assert/strict";
import test from "node:test";

import { makeSteady } from "../../widgets/shared/steady.js";

const seen = (a, status = "sure") => ({ label: a >= 0.5 ? "a" : "b", probability: Math.max(a, 1 - a), probabilities: { a, b: 1 - a }, status });

test("one picture that differs does not change the answer, several do", () => {
  const steady = makeSteady();
  for (let n = 0; n < 5; n += 1) steady.add(seen(0.95));
  assert.equal(steady.add(seen(0.1)).label, "a");
  steady.add(seen(0.95));
  let last;
  for (let n = 0; n < 4; n += 1) last = steady.add(seen(0.1));
  assert.equal(last.label, "b");
});

test("shares still sum to one, and the share is that of the label", () => {
  const steady = makeSteady();
  steady.add(seen(0.9));
  const { label, probability, probabilities } = steady.add(seen(0.2));
  assert.ok(Math.abs(probabilities.a + probabilities.b - 1) < 1e-12);
  assert.equal(probability, probabilities[label]);
});

test("another state counts once it has come twice in a row", () => {
  const steady = makeSteady();
  steady.add(seen(0.9));
  const states = ["unsure", "sure", "unsure", "unsure", "unsure"].map((status) => steady.add(seen(0.9, status)).status);
  assert.deepEqual(states, ["sure", "sure", "sure", "unsure", "unsure"]);
});

test("another round of the camera begins anew", () => {
  const steady = makeSteady();
  steady.add(seen(0.9));
  steady.clear();
  assert.equal(steady.add(seen(0.1, "unsure")).label, "b");
});
