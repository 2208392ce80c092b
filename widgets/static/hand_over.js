// Photos that stay on the page: each is handed over whole, as it is; a small picture of it is made while it is looked at. In the place
// of shared/chunks.js.

import { toDataUrl } from "../shared/kept_photos.js";
import { thumbnailOf } from "../shared/shrink.js";

/**
 * @import { Carrier } from "../shared/chunks.js"
 * @import { Model } from "../shared/widget.js"
 * @typedef {{ type: "photo", turn: number, index: number, file: File, thumbnail: Promise<string> }} Handed
 */

/** @param {Model<any, Handed, any>} model @returns {Carrier} */
export function handOver(model) {
  return {
    slow: false,
    confirmed: 0,
    async send({ turn, index, file }, step, wanted) {
      const thumbnail = thumbnailOf(file).then((small) => (small ? toDataUrl(small) : ""));
      model.send({ type: "photo", turn, index, file, thumbnail });
      await thumbnail;
      if (!wanted()) return false;
      step(1);
      return true;
    },
    heard() {},
    stop() {},
  };
}
