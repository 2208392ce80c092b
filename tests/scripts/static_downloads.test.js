import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { download } from "../../widgets/static/downloads.js";
import { canRun } from "../../widgets/static/network.js";

const CONTENT = new Uint8Array(100_000).map((_, at) => at % 251);
const part = (file, content = CONTENT) => ({ file, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") });

// What the network gives: for each address the chunks that come, null for a line that breaks off there.
function network(given) {
  globalThis.fetch = async (url) => {
    const chunks = given[url.pathname];
    if (!chunks) throw new TypeError("no network");
    if (chunks === 404) return new Response("", { status: 404 });
    const body = new ReadableStream({
      async pull(line) {
        const chunk = chunks.shift();
        if (chunk === null) return line.error(new TypeError("gone"));
        if (!chunk) return line.close();
        line.enqueue(chunk);
      },
    });
    return new Response(body);
  };
}

const get = (told = () => {}) => download([part("a"), part("b")], "https://example.org/repo/", told);
const halves = () => [CONTENT.subarray(0, 40_000), CONTENT.subarray(40_000)];

test("what is published comes whole, and how far it is is told", async () => {
  network({ "/repo/a": halves(), "/repo/b": [CONTENT] });
  const told = [];
  const [a, b] = await get((loaded, total) => told.push([loaded, total]));
  assert.deepEqual([a, b], [CONTENT, CONTENT]);
  assert.deepEqual(told.at(-1), [200_000, 200_000]);
  assert.ok(told.length === 3 && told.every(([loaded], at) => !at || loaded > told[at - 1][0]));
});

const refused = async (code) => assert.rejects(get(), (error) => error.code === code && error.message.length > 40 && !error.photo);

test("a network that ends in the middle, or is not there, is said", async () => {
  network({ "/repo/a": [CONTENT.subarray(0, 40_000), null], "/repo/b": [CONTENT] });
  await refused("model-cut-off");
  network({ "/repo/a": [CONTENT.subarray(0, 40_000)], "/repo/b": [CONTENT] });
  await refused("model-cut-off");
  network({ "/repo/b": [CONTENT] });
  await refused("no-network");
});

test("a file that is gone, or another than was published, is said", async () => {
  network({ "/repo/a": 404, "/repo/b": [CONTENT] });
  await refused("model-gone");
  network({ "/repo/a": [CONTENT.toReversed()], "/repo/b": [CONTENT] });
  await refused("model-changed");
  network({ "/repo/a": [CONTENT, CONTENT], "/repo/b": [CONTENT] });
  await refused("model-changed");
});

test("a browser without SIMD is told apart", (context) => {
  assert.equal(canRun(), true);
  context.mock.method(WebAssembly, "validate", () => false);
  assert.equal(canRun(), false);
});
