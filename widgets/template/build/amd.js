// anywidget's script tells a loader of another time what it makes: here it is kept.

/** @type {(base: object) => Record<string, any>} */
export let factory;

/**
 * @param {string[]} _names
 * @param {typeof factory} made
 */
export function define(_names, made) {
  factory = made;
}
