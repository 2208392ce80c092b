// The files of a publication, kept in the browser's caches for times without a network: the page's worker leaves there what it has
// loaded of the model, the service worker (keeper.js) all files of an edition. A file whose name says its content so comes once, even
// where the browser's own cache takes none of its size, as in a private window.

import { checksumOf } from "./checksum.js";

const LEFT = "left by the page";
const SAYS_CONTENT = /-([0-9a-f]{12})\.\w+$/;

/** @param {string} scope the address of the page; other pages on the same host have caches, too */
export const prefix = (scope) => `voilens ${scope} `;

/** @param {URL} address @returns {Promise<Response | null>} the file, if it is kept and is what its name says */
export async function keptFile(address) {
  const [, said] = SAYS_CONTENT.exec(address.pathname) ?? [];
  const kept = said && (await caches.match(address, { ignoreVary: true }));
  return kept && (await checksumOf(await kept.clone().arrayBuffer())).startsWith(said) ? kept : null;
}

/**
 * Leave a file for the service worker, where that can be done.
 * @param {string} file @param {Uint8Array<ArrayBuffer>} content @param {string} base the address of the page
 */
export async function leave(file, content, base) {
  const address = new URL(file, base);
  try {
    if (await keptFile(address)) return;
    const cache = await caches.open(prefix(new URL(".", base).href) + LEFT);
    await cache.put(address, new Response(content));
  } catch {
    // There is no cache, or no room: it is loaded again.
  }
}
