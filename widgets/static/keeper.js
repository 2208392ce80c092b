// The service worker: keeps every file of one publication, under a name of its own, and gives them from there; files that not every
// browser needs it keeps once they have come. A new publication has another name, and its files take the place of all of the old ones
// at once.

import { keptFile, prefix } from "./kept_files.js";

/**
 * What TypeScript's DOM does not know of a service worker.
 * @typedef {{ addEventListener: (kind: string, handler: (event: any) => void) => void, skipWaiting: () => Promise<void>,
 *   clients: { claim: () => Promise<void> }, registration: { scope: string } }} Scope
 */

/**
 * @param {{ files: string[], later: string[], edition: string }} published the address of each file, of those that not every browser
 *   needs, and the checksum of all of them
 */
export default function start({ files, later, edition }) {
  const worker = /** @type {Scope} */ (/** @type {unknown} */ (globalThis));
  const { scope } = worker.registration;
  const ours = prefix(scope);
  const name = ours + edition;

  worker.addEventListener("install", (event) => event.waitUntil(keep()));
  worker.addEventListener("activate", (event) => event.waitUntil(replace()));
  worker.addEventListener("fetch", (event) => {
    const { method, url } = /** @type {Request} */ (event.request);
    if (method === "GET" && url.startsWith(scope)) event.respondWith(give(event));
  });

  async function keep() {
    const cache = await caches.open(name);
    await Promise.all(files.map((file) => keepFile(cache, new URL(file, scope))));
    await worker.skipWaiting();
  }

  /** @param {Cache} cache @param {URL} address */
  async function keepFile(cache, address) {
    const kept = await keptFile(address);
    if (kept) return cache.put(address, kept);
    // What the browser has of the page is asked for again only where it has changed.
    return cache.add(new Request(address, { cache: "no-cache" }));
  }

  async function replace() {
    const old = (await caches.keys()).filter((each) => each.startsWith(ours) && each !== name);
    await Promise.all(old.map((each) => caches.delete(each)));
    await worker.clients.claim();
  }

  /** @param {{ request: Request, waitUntil: (work: Promise<unknown>) => void }} event */
  async function give(event) {
    const { request } = event;
    const cache = await caches.open(name);
    const asked = request.mode === "navigate" ? scope : request;
    const kept = await cache.match(asked, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    const response = await fetch(request);
    if (response.ok && later.some((file) => new URL(file, scope).href === request.url)) {
      event.waitUntil(cache.put(request, response.clone()).catch(() => {})); // there may be no room
    }
    return response;
  }
}
