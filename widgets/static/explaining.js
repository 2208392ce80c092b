// Why a photo got its answer, asked when somebody opens it, told to the answer as a trait: what widgets/shared/explanation.py does.

import { refusalOf } from "./refused.js";

/**
 * @import { Classifier } from "./classifier.js"
 * @import { Local } from "../shared/local_model.js"
 * @import { Explained } from "./why.js"
 */

/** @param {Local} answer @param {Classifier} classifier */
export function makeWhy(answer, classifier) {
  let asked = 0;
  /** @type {File | null} */
  let photo = null;
  /** @type {string[]} */
  let addresses = []; // of the pictures that are shown

  /** @param {Blob | null} blob */
  const addressOf = (blob) => {
    if (!blob) return "";
    addresses.push(URL.createObjectURL(blob));
    return addresses[addresses.length - 1];
  };

  /** @param {Explained} told */
  const inAddresses = (told) => ({
    ...told,
    photo: addressOf(told.photo),
    heat: addressOf(told.heat),
    similar: told.similar.map((like) => ({ ...like, picture: addressOf(like.picture) })),
  });

  return {
    /** @param {File | null} file another photo is shown: what was said of one before goes */
    of(file) {
      asked += 1;
      photo = file;
      addresses.forEach((address) => URL.revokeObjectURL(address));
      addresses = [];
      answer.set("explainable", file !== null);
      answer.set("why", {});
    },
    /** @param {number | string} of what the answer calls the photo */
    async ask(of) {
      if (!photo) return;
      const mine = (asked += 1);
      answer.set("why", { of, kind: "looking" });
      const told = await classifier.explain(photo).catch((error) => ({ kind: "refused", sentence: refusalOf(error).sentence }));
      if (mine !== asked) return;
      answer.set("why", { of, ...("photo" in told ? inAddresses(told) : told) });
    },
  };
}
