import assert from "node:assert/strict";
import test from "node:test";

import start from "../../widgets/static/keeper.js";

const SCOPE = "https://example.org/repo/";

// A service worker's surroundings: caches that are kept, a network that may be gone.
function surroundings({ kept = new Map(), network = true } = {}) {
  const handlers = {};
  const asked = [];
  Object.assign(globalThis, {
    addEventListener: (kind, handler) => (handlers[kind] = handler),
    skipWaiting: async () => {},
    clients: { claim: async () => {} },
    registration: { scope: SCOPE },
    caches: {
      open: async (name) => {
        if (!kept.has(name)) kept.set(name, new Map());
        const files = kept.get(name);
        return {
          add: async ({ url }) => {
            if (!network) throw new TypeError("no network");
            files.set(url, `kept ${url}`);
          },
          put: async ({ url }, response) => void files.set(url, response),
          match: async (request, { ignoreSearch }) => files.get(ignoreSearch ? String(request.url ?? request).split("?")[0] : ""),
        };
      },
      keys: async () => [...kept.keys()],
      delete: async (name) => kept.delete(name),
    },
    fetch: async ({ url }) => {
      asked.push(url);
      const said = `fetched ${url}`;
      return { ok: !url.includes("gone"), said, clone: () => `copy of ${url}` };
    },
  });
  const happen = async (kind, event = {}) => {
    let done;
    const told = {
      ...event,
      respondWith: (promise) => (done = promise),
      waitUntil(promise) {
        if (this !== told) throw new TypeError("Illegal invocation"); // as a browser says
        done ??= promise;
      },
    };
    handlers[kind](told);
    return done;
  };
  return { kept, asked, happen };
}

const FILES = ["./", "page-1.js", "model/network-1.onnx"];
const LATER = ["runtime/graphics.wasm", "runtime/gone.wasm"];
const get = (url, mode = "cors") => ({ request: { method: "GET", url, mode } });

test("everything of a publication is kept, and given from there, the address of the folder included", async () => {
  const { kept, asked, happen } = surroundings();
  start({ files: FILES, later: LATER, edition: "1" });
  await happen("install");
  await happen("activate");
  assert.deepEqual([...kept.keys()], [`voilens ${SCOPE} 1`]);
  assert.equal(await happen("fetch", get(`${SCOPE}page-1.js?x`)), `kept ${SCOPE}page-1.js`);
  assert.equal(await happen("fetch", get(SCOPE, "navigate")), `kept ${SCOPE}`);
  assert.equal((await happen("fetch", get(`${SCOPE}report.html`))).said, `fetched ${SCOPE}report.html`);
  assert.deepEqual(asked, [`${SCOPE}report.html`]);
});

test("a new publication takes the place of the old one; what others keep stays", async () => {
  const others = [`voilens https://example.org/other/ 1`, "theirs"];
  const kept = new Map([[`voilens ${SCOPE} 1`, new Map()], ...others.map((name) => [name, new Map()])]);
  const { happen } = surroundings({ kept });
  start({ files: FILES, later: LATER, edition: "2" });
  await happen("install");
  await happen("activate");
  assert.deepEqual([...kept.keys()].sort(), [...others, `voilens ${SCOPE} 2`].sort());
});

test("what could not be kept whole is not used", async () => {
  const { happen } = surroundings({ network: false });
  start({ files: FILES, later: LATER, edition: "1" });
  await assert.rejects(happen("install"));
});

test("what lies elsewhere, or is sent, is left to the browser", async () => {
  const { happen } = surroundings();
  start({ files: FILES, later: LATER, edition: "1" });
  assert.equal(await happen("fetch", get("https://example.org/other/page.js")), undefined);
  assert.equal(await happen("fetch", { request: { method: "POST", url: SCOPE } }), undefined);
});

test("what not every browser needs is kept once it has come", async () => {
  const { kept, happen } = surroundings();
  start({ files: FILES, later: LATER, edition: "1" });
  await happen("install");
  for (const file of [...LATER, "report.html"]) await happen("fetch", get(SCOPE + file));
  assert.deepEqual([...kept.get(`voilens ${SCOPE} 1`).keys()].slice(FILES.length), [`${SCOPE}runtime/graphics.wasm`]);
  assert.equal(await happen("fetch", get(`${SCOPE}runtime/graphics.wasm`)), `copy of ${SCOPE}runtime/graphics.wasm`);
});
