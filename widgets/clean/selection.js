// The selected pictures: how they are chosen, and what is asked of Python for all of them. Knows no button and no key.

import { howMany, toggled } from "./ranges.js";

/** @import { Gallery } from "./grid.js" */
/** @import { Action, CleanerModel, Range, Send } from "./types.js" */

const MOST_NAMED = 500;

/** @param {CleanerModel} model @param {Gallery} gallery @param {Send} send */
export function makeSelection(model, gallery, send) {
  /** @param {number} active @param {number} anchor @param {Range[]} [ranges] the active picture alone, if not given */
  function select(active, anchor = active, ranges) {
    const { count = 0, stamp = 0 } = model.get("listing");
    if (!count) return;
    const inside = Math.max(0, Math.min(count - 1, active));
    model.set("selection", { stamp, active: inside, anchor: Math.min(anchor, count - 1), ranges: ranges ?? [[inside, inside + 1]] });
    model.save_changes();
  }

  /** @param {number} to @param {boolean} extend whether all from the anchor to there are selected */
  function move(to, extend = false) {
    const { count = 0 } = model.get("listing");
    const { anchor } = model.get("selection");
    const target = Math.max(0, Math.min(count - 1, to));
    if (extend) select(target, anchor, [[Math.min(anchor, target), Math.max(anchor, target) + 1]]);
    else select(target);
    gallery.bring(target);
  }

  // A page further, with the picture at the same place on the screen.
  /** @param {number} pages @param {boolean} extend */
  function turn(pages, extend) {
    gallery.turn(pages);
    move(model.get("selection").active + pages * gallery.columns() * gallery.rowsInView(), extend);
  }

  /** @param {number} position */
  function toggle(position) {
    select(position, position, toggled(model.get("selection").ranges, position));
  }

  function selectPage() {
    const [first, last] = gallery.visible();
    select(model.get("selection").active, first, [[first, last]]);
  }

  /** @param {Action} action @param {string} [label] */
  function mark(action, label) {
    const { ranges, active } = model.get("selection");
    if (!howMany(ranges)) return;
    send({ type: "mark", ranges, files: filesIn(ranges), action, label });
    if (howMany(ranges) === 1 && ranges[0][0] === active && action !== "clear") move(active + 1); // before the next key comes
  }

  // Each selected picture gets its own suggestion, those that are not on the screen too.
  function acceptSuggestion() {
    const { ranges, active } = model.get("selection");
    if (!howMany(ranges)) return;
    send({ type: "accept-suggestion", ranges, files: filesIn(ranges) });
    if (howMany(ranges) === 1 && gallery.tile(active)?.suggested) move(active + 1);
  }

  // By their names, where these are known here: then it does not matter that the list may just have changed.
  /** @param {Range[]} ranges */
  function filesIn(ranges) {
    if (howMany(ranges) > MOST_NAMED) return [];
    const files = [];
    for (const [start, stop] of ranges) {
      for (let position = start; position < stop; position++) files.push(gallery.tile(position)?.file ?? "");
    }
    return files.every(Boolean) ? files : [];
  }
  return { select, move, turn, toggle, selectPage, mark, acceptSuggestion };
}
