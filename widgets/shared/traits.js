// Traits of a widget as the browser hears of them.

/** @import { Model } from "./widget.js" */

/**
 * Call `draw` whenever one of the traits changes.
 * @template Traits
 * @param {Model<Traits, any, any>} model
 * @param {Extract<keyof Traits, string>[]} names
 * @param {() => void} draw
 */
export function watch(model, names, draw) {
  for (const name of names) model.on(`change:${name}`, draw);
}
