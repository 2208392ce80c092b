// A picture that is refused, or a model that cannot be had: by the code that model/errors.py has for it, or by one of ours.

import { fill } from "../shared/text.js";
import WORDS from "../shared/words.json" with { type: "json" };
import OWN from "./words.json" with { type: "json" };

/** @import { Refusal } from "../shared/answers.js" */

/** @type {Record<string, string>} */
const SENTENCES = { ...WORDS.refusal, ...OWN.refusal };

export class Refused extends Error {
  /** @param {string} code @param {Record<string, string | number>} values @param {boolean} photo whether the photo is to blame */
  constructor(code, values = {}, photo = true) {
    super(fill(SENTENCES[code] ?? SENTENCES.sorry, values));
    this.code = code;
    this.values = values;
    this.photo = photo;
  }
}

/** @param {unknown} error @returns {Refusal} as the page says it; what nobody foresaw is our own fault */
export function refusalOf(error) {
  if (!(error instanceof Refused)) console.error(error);
  const { code, values, photo, message } = error instanceof Refused ? error : new Refused("sorry", {}, false);
  return { code, values, photo, sentence: message };
}
