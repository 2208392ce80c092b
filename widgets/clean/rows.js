// The rows of the list that are known here: asked for by the block where they are missing, forgotten where they are far away.

/** @import { Pictures, Tile } from "./types.js" */

const BLOCK = 60; // rows asked for at once
const KEPT_BLOCKS = 60;
const AGAIN_MS = 10_000;

/** @param {(start: number, stop: number, pictures: boolean, age: number) => void} ask @param {Pictures} pictures */
export function makeRows(ask, pictures) {
  /** @type {Map<number, Tile>} */
  const tiles = new Map(); // by position, whole blocks, the longest unused first
  /** @type {Map<string | undefined, string>} */
  const problems = new Map(); // by key: why there is no picture
  /** @type {Map<number, number>} */
  const asked = new Map(); // by block: when
  let age = 0; // how often rows have become stale: an answer to an earlier question may be

  const problem = (/** @type {Tile} */ tile) => tile.problem || problems.get(tile.key) || "";

  /** @param {number} from @param {number} to @param {number} count how many rows there are */
  function want(from, to, count) {
    const now = performance.now();
    for (let block = Math.floor(from / BLOCK); block * BLOCK < to; block++) {
      if (now - (asked.get(block) ?? -AGAIN_MS) < AGAIN_MS) continue;
      let rows = false;
      let missing = false;
      for (let position = Math.max(from, block * BLOCK); position < Math.min(to, (block + 1) * BLOCK); position++) {
        const tile = tiles.get(position);
        rows ||= !tile || Boolean(tile.stale);
        missing ||= !tile || Boolean(tile.key && !problem(tile) && !pictures.get(tile.key));
      }
      if (!rows && !missing) continue;
      asked.set(block, now);
      ask(block * BLOCK, Math.min(count, (block + 1) * BLOCK), missing, age);
    }
  }

  /** @param {number} from @param {number} to what is seen and stays */
  function forget(from, to) {
    for (const block of asked.keys()) {
      if ((block + 1) * BLOCK <= from || block * BLOCK >= to) asked.delete(block);
    }
    while (tiles.size > KEPT_BLOCKS * BLOCK) {
      const oldest = Math.floor(Number(tiles.keys().next().value) / BLOCK);
      if ((oldest + 1) * BLOCK > from && oldest * BLOCK < to) break;
      for (let position = oldest * BLOCK; position < (oldest + 1) * BLOCK; position++) tiles.delete(position);
    }
  }

  return {
    tile: (/** @type {number} */ position) => tiles.get(position),
    problem,
    want,
    forget,
    /** @param {boolean} fresh whether it is another list, of which nothing is known */
    reset(fresh) {
      asked.clear();
      if (fresh) {
        age = 0;
        tiles.clear();
      }
      for (const tile of tiles.values()) tile.stale = true;
    },
    // The first block is on its way unasked; after so long it is asked for.
    /** @param {number} patience */
    expectFirst(patience) {
      asked.set(0, performance.now() - AGAIN_MS + patience);
    },
    stale() {
      age += 1;
      for (const tile of tiles.values()) tile.stale = true;
      asked.clear();
    },
    /** @param {Tile[]} rows @param {number} asOf the age of the question that they answer */
    fill(rows, asOf) {
      for (const tile of rows) {
        tile.stale = asOf < age;
        tiles.delete(tile.position);
        tiles.set(tile.position, tile);
      }
    },
    /** @param {string} key @param {string} why */
    refuse(key, why) {
      problems.set(key, why);
    },
  };
}
