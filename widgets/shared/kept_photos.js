// Photos that outlive a reload of the page, in the tab's own storage; they are read once. Knows nothing of who sends them.

import { shrink } from "./shrink.js";

/** @typedef {{ name: string, url: string }} Kept `url` is empty where there was no room for the photo */

const KEEPING_MS = 5_000; // for photos to be put aside before the page is loaded again
const ROOM = 4_500_000; // characters: browsers grant a tab about five million

/** @param {string} key @param {File[]} files */
export async function keepPhotos(key, files) {
  /** @type {Kept[]} */
  const kept = [];
  let room = ROOM;
  for (const file of files) {
    const url = await toDataUrl((await shrink(file)).blob).catch(() => "");
    kept.push({ name: file.name, url: url.length <= room ? url : "" });
    room -= kept[kept.length - 1].url.length;
  }
  if (kept.length) sessionStorage.setItem(key, JSON.stringify(kept));
}

// Where the photos of the page's target are kept: of the one for a photo, or of the one for many.
/** @param {boolean} many */
export function keyOf(many) {
  return `voilens-photos${many ? "-many" : ""}`;
}

// What was kept, and the names of what was not.
/** @param {string} key @returns {{ files: File[], missing: string[] }} */
export function takeBackPhotos(key) {
  try {
    /** @type {Kept[]} */
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    sessionStorage.removeItem(key);
    return {
      files: kept.filter(({ url }) => url).map(toFile),
      missing: kept.filter(({ url }) => !url).map(({ name }) => name),
    };
  } catch {
    return { files: [], missing: [] }; // a browser that grants no storage keeps nothing
  }
}

// Load the page again, with the photos that are on its targets.
export async function loadAgain() {
  /** @type {Promise<void>[]} */
  const keeping = [];
  window.dispatchEvent(new CustomEvent("voilens-leaving", { detail: keeping }));
  const enough = new Promise((resolve) => setTimeout(resolve, KEEPING_MS));
  await Promise.race([Promise.allSettled(keeping), enough]);
  location.reload();
}

/** @param {Blob} blob @returns {Promise<string>} */
export function toDataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

/** @param {Kept} kept */
function toFile({ name, url }) {
  const comma = url.indexOf(",");
  const bytes = Uint8Array.from(atob(url.slice(comma + 1)), (letter) => letter.charCodeAt(0));
  return new File([bytes], name, { type: url.slice("data:".length, comma).split(";")[0] });
}
