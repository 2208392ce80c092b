// A picture that is refused: by the code that model/errors.py has for it, or by one of ours.

/** @import { Refusal } from "../shared/answers.js" */

export class Refused extends Error {
  /** @param {string} code @param {Record<string, string | number>} values @param {boolean} photo whether the photo is to blame */
  constructor(code, values = {}, photo = true) {
    super(code);
    this.code = code;
    this.values = values;
    this.photo = photo;
  }
}

/** @param {unknown} error @returns {Refusal} as the page says it; what nobody foresaw is our own fault */
export function refusalOf(error) {
  if (error instanceof Refused) return { code: error.code, values: error.values, sentence: error.code, photo: error.photo };
  console.error(error);
  return { code: "sorry", sentence: "", photo: false };
}
