// Pictures made larger or smaller, pixel for pixel as Pillow 13 does it: two passes, across and down, each place a weighted sum of
// the places around it. Pictures of 8 bits are weighted with whole numbers, of floats with doubles. Knows numbers, no picture file.

/**
 * Rows of pixels, the bands of a pixel side by side.
 * @typedef {{ width: number, height: number, bands: number, data: Uint8Array }} Pixels
 * @typedef {{ width: number, height: number, data: Float32Array }} Floats
 * How far a filter reaches, and what it weighs at a distance.
 * @typedef {{ support: number, at: (x: number) => number }} Filter
 * For each place of the result: where its window begins, and the weights of what is in it.
 * @typedef {{ starts: number[], weights: number[][] }} Windows
 */

export const NEAREST = 0;
export const LANCZOS = 1;
export const BILINEAR = 2;
export const BICUBIC = 3;
const PRECISION = 32 - 8 - 2; // bits behind the point of a weight

const sinc = (/** @type {number} */ x) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

/** @type {Record<number, Filter>} by Pillow's numbers */
const FILTERS = {
  [LANCZOS]: { support: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  [BILINEAR]: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  [BICUBIC]: { support: 2, at: cubic },
  4: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) }, // box
  5: { support: 1, at: hamming },
};

/** @param {number} x */
function cubic(x) {
  const a = -0.5;
  const far = Math.abs(x);
  if (far < 1) return ((a + 2) * far - (a + 3)) * far * far + 1;
  if (far < 2) return (((far - 5) * far + 8) * far - 4) * a;
  return 0;
}

/** @param {number} x */
function hamming(x) {
  const far = Math.abs(x);
  if (far === 0) return 1;
  if (far >= 1) return 0;
  return (Math.sin(far * Math.PI) / (far * Math.PI)) * (0.54 + 0.46 * Math.cos(far * Math.PI));
}

/** @param {Pixels} picture @param {number} width @param {number} height @param {number} filter one of Pillow's numbers */
export function resize(picture, width, height, filter) {
  if (width === picture.width && height === picture.height) return picture;
  if (filter === NEAREST) return nearest(picture, width, height);
  const across = (/** @type {Pixels} */ of) => (width === of.width ? of : passAcross(of, wholeWindows(of.width, width, filter)));
  const down = (/** @type {Pixels} */ of) => (height === of.height ? of : passDown(of, wholeWindows(of.height, height, filter)));
  return losesHeight(picture, width, height) ? across(down(picture)) : down(across(picture));
}

// Whether the pass down comes first, as in Pillow from version 13 on: each pass rounds, so their order shows.
/** @param {Pixels} picture @param {number} width @param {number} height */
const losesHeight = (picture, width, height) => Math.max(0, picture.height - height) > 2 * Math.max(0, picture.width - width);

/** @param {Floats} picture @param {number} width @param {number} height @param {number} filter @returns {Floats} */
export function resizeFloats(picture, width, height, filter) {
  const across = windows(picture.width, width, filter);
  const down = windows(picture.height, height, filter);
  const half = new Float32Array(width * picture.height);
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      across.weights[x].forEach((weight, place) => (sum += picture.data[y * picture.width + across.starts[x] + place] * weight));
      half[y * width + x] = sum;
    }
  }
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      down.weights[y].forEach((weight, place) => (sum += half[(down.starts[y] + place) * width + x] * weight));
      data[y * width + x] = sum;
    }
  }
  return { width, height, data };
}

/** @param {number} from @param {number} to @param {number} number @returns {Windows} */
function windows(from, to, number) {
  const { support, at } = FILTERS[number];
  const scale = from / to;
  const wide = Math.max(1, scale); // a picture that is made smaller is smoothed
  const reach = support * wide;
  const starts = [];
  const weights = [];
  for (let place = 0; place < to; place += 1) {
    const centre = (place + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const stop = Math.min(from, Math.trunc(centre + reach + 0.5));
    const own = [];
    let sum = 0;
    for (let x = start; x < stop; x += 1) {
      own.push(at((x - centre + 0.5) * (1 / wide)));
      sum += own[own.length - 1];
    }
    starts.push(start);
    weights.push(sum === 0 ? own : own.map((weight) => weight / sum));
  }
  return { starts, weights };
}

/** @param {number} from @param {number} to @param {number} filter @returns {Windows} */
function wholeWindows(from, to, filter) {
  const { starts, weights } = windows(from, to, filter);
  const whole = (/** @type {number} */ weight) => Math.trunc(weight * (1 << PRECISION) + (weight < 0 ? -0.5 : 0.5));
  return { starts, weights: weights.map((own) => own.map(whole)) };
}

const clipped = (/** @type {number} */ sum) => Math.max(0, Math.min(255, sum >> PRECISION));

/** @param {Pixels} picture @param {Windows} windows @returns {Pixels} */
function passAcross({ width, height, bands, data }, { starts, weights }) {
  const to = starts.length;
  const made = new Uint8Array(to * height * bands);
  const all = weights.map((own) => Int32Array.from(own));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < to; x += 1) {
      const own = all[x];
      const from = (y * width + starts[x]) * bands;
      for (let band = 0; band < bands; band += 1) {
        let sum = 1 << (PRECISION - 1);
        for (let place = 0; place < own.length; place += 1) sum = (sum + data[from + place * bands + band] * own[place]) | 0;
        made[(y * to + x) * bands + band] = clipped(sum);
      }
    }
  }
  return { width: to, height, bands, data: made };
}

/** @param {Pixels} picture @param {Windows} windows @returns {Pixels} */
function passDown({ width, bands, data }, { starts, weights }) {
  const row = width * bands;
  const made = new Uint8Array(row * starts.length);
  for (let y = 0; y < starts.length; y += 1) {
    const own = Int32Array.from(weights[y]);
    for (let at = 0; at < row; at += 1) {
      let sum = 1 << (PRECISION - 1);
      for (let place = 0; place < own.length; place += 1) sum = (sum + data[(starts[y] + place) * row + at] * own[place]) | 0;
      made[y * row + at] = clipped(sum);
    }
  }
  return { width, height: starts.length, bands, data: made };
}

/** @param {Pixels} picture @param {number} width @param {number} height @returns {Pixels} */
function nearest({ width: from, height: high, bands, data }, width, height) {
  const across = places(from, width);
  const made = new Uint8Array(width * height * bands);
  places(high, height).forEach((row, y) =>
    across.forEach((column, x) => {
      for (let band = 0; band < bands; band += 1) made[(y * width + x) * bands + band] = data[(row * from + column) * bands + band];
    }),
  );
  return { width, height, bands, data: made };
}

// Which place of a row of `from` lies nearest to each of `to`: one step is added at a time, so that sums are rounded alike.
/** @param {number} from @param {number} to */
function places(from, to) {
  const step = from / to;
  const found = [];
  for (let place = 0, at = step * 0.5; place < to; place += 1, at += step) found.push(Math.min(from - 1, Math.trunc(at)));
  return found;
}
