import assert from "node:assert/strict";
import test from "node:test";

import { withSecond } from "../../widgets/static/quicker.js";

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

// A classifier that takes so many seconds, gives this share, and may fail.
function classifier(seconds, { share = 0.9, status = "sure", error = null } = {}) {
  const made = { asked: [], ended: 0, error, load: async () => {}, explain: async () => seconds, end: () => (made.ended += 1) };
  const answer = async (what) => {
    made.asked.push(what);
    if (made.error) throw made.error;
    if (what === "bad") throw Object.assign(new Error("damaged"), { photo: true });
    return { label: share > 0.5 ? "a" : "b", probability: share, probabilities: { a: share, b: 1 - share }, status, seconds };
  };
  return Object.assign(made, { classify: answer, look: answer });
}

// The two together, after photos that make the second worth it.
async function tried(first, second, photos = ["1", "2"]) {
  const both = withSecond(first, async () => second);
  for (const photo of photos) await both.classify(photo);
  await soon();
  return both;
}

test("whoever comes with one photo loads no second model", async () => {
  let made = 0;
  const both = withSecond(classifier(2), async () => void (made += 1));
  await both.classify("1");
  await soon();
  assert.equal(made, 0);
  await both.classify("2");
  await both.classify("3");
  await soon();
  assert.equal(made, 1);
});

test("what is quicker and says the same answers from then on, but for why", async () => {
  const [first, second] = [classifier(2), classifier(1, { share: 0.904 })];
  const both = await tried(first, second);
  assert.deepEqual(second.asked, ["1", "1", "2", "1", "2"]);
  const before = first.asked.length;
  assert.equal((await both.classify("3")).seconds, 1);
  assert.equal(first.asked.length, before);
  assert.equal(await both.explain("3"), 2);
  assert.equal(second.ended, 0);
});

const WORSE = {
  "no quicker": classifier(2),
  "far slower": classifier(5),
  "of other shares": classifier(1, { share: 0.906 }),
  "of another class": classifier(1, { share: 0.2 }),
  "not as sure": classifier(1, { status: "unsure" }),
  "of no shares": classifier(1, { share: NaN }),
  failing: classifier(1, { error: new Error("no device") }),
};
for (const [what, second] of Object.entries(WORSE)) {
  test(`a second model that is ${what} is left, and nobody notices`, async () => {
    const both = await tried(classifier(2), second);
    assert.equal(second.ended, 1);
    assert.equal((await both.classify("3")).seconds, 2);
  });
}

test("what is far slower is not asked again and again", async () => {
  const second = classifier(5);
  await tried(classifier(2), second);
  assert.equal(second.asked.length, 2);
});

test("where there is none, or it cannot be made, the first goes on", async () => {
  for (const make of [async () => null, async () => Promise.reject(new Error("no network"))]) {
    const both = withSecond(classifier(2), make);
    for (const photo of ["1", "2", "3"]) assert.equal((await both.classify(photo)).seconds, 2);
    await soon();
  }
});

test("a second model that fails later is left, and its question answered", async () => {
  const second = classifier(1);
  const both = await tried(classifier(2), second);
  await assert.rejects(both.classify("bad"), /damaged/); // which is no failure of the model
  assert.equal(second.ended, 0);
  second.error = new Error("the device is lost");
  assert.equal((await both.classify("3")).seconds, 2);
  assert.equal(second.ended, 1);
  assert.equal((await both.classify("4")).seconds, 2);
});

test("the camera's pictures are copied for as long as they are asked again, and then given away", async () => {
  const closed = [];
  const picture = (name) => ({ name, close: () => closed.push(name) });
  globalThis.createImageBitmap = async ({ name }) => ({ name: `copy of ${name}` });
  const [first, second] = [classifier(1), classifier(2)];
  const both = withSecond(first, async () => second);
  await both.look(picture("1"));
  await soon();
  assert.equal(second.ended, 1);
  assert.deepEqual([...new Set(second.asked.map(({ name }) => name))], ["copy of 1"]);
  await both.look(picture("2"));
  assert.equal(first.asked.at(-1).name, "2");
  assert.deepEqual(closed, []);
});
