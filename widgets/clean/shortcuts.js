// What a key does while the pictures of the cleaner have the focus.

const LETTERS_MS = 1200; // the rest of a class's name, typed on after its first letters sufficed, is let pass
export const KEYS = [
  ["← → ↑ ↓", "move to another picture", "Home, End, Page up and Page down too"],
  ["Shift + arrows", "select several", "with the mouse: Shift or Ctrl and click"],
  ["Ctrl + A", "select all that are on the screen", ""],
  ["K", "keep: the label is right", ""],
  ["D", "delete", "into the trash, at Apply"],
  ["Enter", "accept the suggested label", ""],
  ["1 to 9", "give a label by its number", "the numbers stand beside the classes; a digit that is a class means that one"],
  ["a letter", "give a label by its first letters", "for one that begins with K, D or U: Shift and K, Shift and D, or +"],
  ["+", "give any label, or a new one", ""],
  ["Space", "enlarge", "and back"],
  ["=", "show more like this one", "all pictures, the likest first"],
  ["U", "undo", ""],
  ["Shift + U", "redo", ""],
  ["Esc", "select one picture only", ""],
  ["?", "show these keys", ""],
];

/** @import { Act } from "./types.js" */

/** @type {Record<string, (at: number, last: number, columns: number) => number>} */
const MOVES = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at, last, columns) => (at >= columns ? at - columns : at),
  ArrowDown: (at, last, columns) => Math.min(at + columns, last),
  Home: () => 0,
  End: (at, last) => last,
};
/** @type {Record<string, Parameters<Act>[0]>} */
const ACTS = { Enter: "accept", " ": "enlarge", Delete: "delete", "?": "keys", "+": "label", "=": "alike" };

/**
 * The listener; what it needs to know, it asks by functions without arguments, and what is to be done, it calls.
 * @param {{ active: () => number, last: () => number, columns: () => number, classes: () => string[],
 *   move: (to: number, extend: boolean) => void, turn: (pages: number, extend: boolean) => void,
 *   narrow: (active: number) => void, selectPage: () => void, act: Act, say: (sentence: string) => void,
 *   ask: (typed: string, typedOut: (label: string, typed: string) => void) => void }} how
 */
export function makeKeys({ active, last, columns, classes, move, turn, narrow, selectPage, act, say, ask }) {
  let letters = { rest: "", until: 0 };

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { key } = event;
    if (event.altKey || event.isComposing) return;
    const held = event.ctrlKey || event.metaKey;
    let known = true;
    if (held && key.toLowerCase() === "a") selectPage();
    else if (held) return;
    else if (key.length === 1 && performance.now() < letters.until && letters.rest.startsWith(key.toLowerCase())) {
      letters.rest = letters.rest.slice(1); // the person types on what has been understood already
    } else if (MOVES[key]) move(MOVES[key](active(), last(), columns()), event.shiftKey);
    else if (key === "PageUp" || key === "PageDown") turn(key === "PageUp" ? -1 : 1, event.shiftKey);
    else if (key === "Escape") narrow(active());
    else if (ACTS[key]) act(ACTS[key]);
    else if (key >= "1" && key <= "9" && numbered(classes())) onNumber(key);
    else if (key.length === 1 && /[\p{L}\p{N}]/u.test(key)) onLetter(event);
    else known = false;
    if (!known) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key */
  function onNumber(key) {
    const label = classes()[Number(key) - 1];
    if (label) act("relabel", label);
    else say(`There is no class with the number ${key}.`);
  }

  /** @param {KeyboardEvent} event */
  function onLetter({ key, shiftKey }) {
    const letter = key.toLowerCase();
    letters.rest = "";
    if (letter === "u") return act(shiftKey ? "redo" : "undo");
    if (!shiftKey && letter === "k") return act("keep");
    if (!shiftKey && letter === "d") return act("delete");
    const names = classes().filter((name) => name.toLowerCase().startsWith(letter));
    if (names.length === 1) return typedOut(names[0], letter);
    ask(key, typedOut);
  }

  /** @param {string} label @param {string} typed */
  function typedOut(label, typed) {
    letters = { rest: label.toLowerCase().slice(typed.length), until: performance.now() + LETTERS_MS };
    act("relabel", label);
  }

  return onKey;
}

// Whether a digit stands for the place of a class. Where classes begin with digits, it means what it says: 5 is the class 5.
/** @param {string[]} names */
export function numbered(names) {
  return !names.some((name) => /^\d/.test(name));
}
