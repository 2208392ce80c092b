// A grid of pictures that scrolls through any number of them: only what is visible is in the page, rows and pictures come
// by the block. Knows tiles and positions, not what is done with them.

const BLOCK = 60; // rows asked for at once
const KEPT_BLOCKS = 60;
const KEPT_PICTURES = 900; // some 6 MB
const GAP = 8;
const TEXT = 66; // pixels below a picture
const TALLEST = 8_000_000; // pixels that every browser can scroll through; longer lists are scaled down to it
const SETTLE_MS = 60; // no rows are asked for while somebody rushes past
const SEEN_MS = 700; // on the screen for as long counts as looked at
const PATIENCE_MS = 400;
const AGAIN_MS = 10_000;
const SIZES = { small: 118, medium: 150, large: 236 };
const STATE_SIGNS = { keep: "✓", delete: "✕", relabel: "→", broken: "!", gone: "–" };
const STATE_WORDS = { keep: "kept", delete: "to be deleted", broken: "cannot be opened", gone: "no longer there" };

let galleries = 0;

// Pictures by their keys, as data URLs, for sixty blob URLs cost forty milliseconds, these less than one; the longest unused go first.
function makePictures() {
  const urls = new Map();
  return {
    get(key) {
      const url = urls.get(key);
      if (url) {
        urls.delete(key);
        urls.set(key, url);
      }
      return url;
    },
    put(key, buffer) {
      if (urls.has(key)) return;
      const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      urls.set(key, `data:image/${bytes[0] === 0x89 ? "png" : "jpeg"};base64,${toBase64(bytes)}`);
      if (urls.size > KEPT_PICTURES) urls.delete(urls.keys().next().value);
    },
  };
}

function toBase64(bytes) {
  if (bytes.toBase64) return bytes.toBase64();
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192));
  return btoa(text);
}

// `ask(start, stop, pictures)` gets rows, `seen(start, stop)` hears what has been looked at, `selected()` gives the
// selection, `pick(position, event)` hears a click, `open(position)` a double click.
function makeGallery({ ask, seen, selected, pick, open }) {
  const name = `vl-g${++galleries}`;
  const list = make("div", "vl-g-list", { role: "listbox", "aria-multiselectable": "true", "aria-label": "Pictures", tabindex: "0" });
  const canvas = make("div", "vl-g-canvas", { role: "presentation" });
  list.append(canvas);

  const pictures = makePictures();
  const tiles = new Map(); // position -> tile, whole blocks, the longest unused first
  const problems = new Map(); // key -> why there is no picture
  const shown = new Map(); // position -> element
  const spare = [];
  const asked = new Map(); // block -> when
  let looked = new Set();
  let count = 0;
  let grid = { columns: 1, width: SIZES.medium, height: 200, view: 0 };
  let size = "medium";
  let settle, frame, dwell;
  let hurried = 0;
  let age = 0; // how often rows have become stale: an answer to an earlier question may be
  let patient = 0; // until then the rows of a new list are waited for, and the old ones stay

  // ---- geometry: a position's row, and the scroll position scaled where the list is taller than a browser can scroll

  function measure() {
    const room = list.clientWidth - 2 * GAP;
    const columns = Math.max(room < 340 && size !== "small" ? 1 : 2, Math.floor((room + GAP) / (SIZES[size] + GAP)));
    const fit = room < 340 && size === "medium" ? 2 : columns;
    const width = Math.floor((room - GAP * (fit - 1)) / fit);
    grid = { columns: fit, width, height: Math.round(width * 0.78) + TEXT + GAP, view: list.clientHeight };
    canvas.style.height = `${Math.min(total(), TALLEST) + GAP}px`;
  }
  const total = () => Math.ceil(count / grid.columns) * grid.height;
  const scale = () => Math.max(1, (total() - grid.view) / Math.max(1, Math.min(total(), TALLEST) - grid.view));
  const top = () => list.scrollTop * scale();

  function visible() {
    const first = Math.floor(top() / grid.height) * grid.columns;
    const last = Math.ceil((top() + grid.view) / grid.height) * grid.columns;
    return [Math.max(0, Math.min(first, count)), Math.max(0, Math.min(last, count))];
  }

  function reveal(position) {
    if (!grid.view) return;
    const above = Math.floor(position / grid.columns) * grid.height;
    const below = above + grid.height + GAP;
    if (above < top()) list.scrollTop = above / scale();
    else if (below > top() + grid.view) list.scrollTop = (below - grid.view) / scale();
  }

  // As reveal, and the page is scrolled too where the picture lies outside the window, or behind the bar at its foot.
  function bring(position) {
    reveal(position);
    const above = list.getBoundingClientRect().top + Math.floor(position / grid.columns) * grid.height - top();
    const below = innerHeight - parseFloat(getComputedStyle(list).scrollMarginBottom);
    if (above < 0 || above + grid.height > below) list.scrollIntoView({ block: "nearest" });
  }

  // The pictures whose middle is on the screen: inside the list, and inside the window.
  function inSight() {
    const box = list.getBoundingClientRect();
    const [upper, lower] = [Math.max(0, -box.top), Math.min(grid.view, innerHeight - box.top)];
    const rowAt = (y) => (top() + y - GAP) / grid.height + 0.5; // the first row whose middle is not above y
    const bound = (row) => Math.max(0, Math.min(count, row * grid.columns));
    return [bound(Math.floor(rowAt(upper))), bound(Math.floor(rowAt(lower)))];
  }

  // ---- drawing: from tiles, pictures and the selection alone

  function draw() {
    frame = undefined;
    if (!list.isConnected || !list.clientWidth || performance.now() < patient) return;
    const [first, last] = visible();
    const from = Math.max(0, first - 2 * grid.columns);
    const to = Math.min(count, last + 2 * grid.columns);
    for (const [position, element] of shown) {
      if (position >= from && position < to) continue;
      shown.delete(position);
      spare.push(element);
      element.remove();
    }
    const chosen = selected();
    const shift = list.scrollTop - top(); // 0 unless the list is scaled
    for (let position = from; position < to; position++) {
      let element = shown.get(position);
      if (!element) {
        element = spare.pop() ?? makeTile();
        shown.set(position, element);
        element.id = `${name}-${position}`;
        element.dataset.position = position;
        element.setAttribute("aria-posinset", position + 1);
        placeInOrder(element, position);
      }
      element.setAttribute("aria-setsize", count);
      const row = Math.floor(position / grid.columns);
      const column = position % grid.columns;
      element.style.width = `${grid.width}px`;
      element.style.height = `${grid.height - GAP}px`;
      element.style.transform = `translate(${GAP + column * (grid.width + GAP)}px, ${GAP + row * grid.height + shift}px)`;
      fillTile(element, tiles.get(position));
      element.setAttribute("aria-selected", String(inRanges(chosen.ranges, position)));
      element.classList.toggle("vl-g-active", position === chosen.active);
    }
    if (shown.has(chosen.active)) list.setAttribute("aria-activedescendant", `${name}-${chosen.active}`);
    else list.removeAttribute("aria-activedescendant");
    forget(from, to);
    clearTimeout(settle);
    if (performance.now() - hurried > SETTLE_MS) want(from, to);
    else settle = setTimeout(() => want(from, to), SETTLE_MS);
    linger();
  }
  const linger = () => {
    clearTimeout(dwell);
    dwell = setTimeout(look, SEEN_MS);
  };
  const drawSoon = () => {
    frame ??= requestAnimationFrame(draw);
  };

  // In the page in the order of the list, for those who read it without seeing it.
  function placeInOrder(element, position) {
    for (let next = position + 1; next < position + 4 * grid.columns; next++) {
      if (shown.has(next) && shown.get(next).isConnected) return canvas.insertBefore(element, shown.get(next));
    }
    return canvas.append(element);
  }

  function fillTile(element, tile) {
    const { image, badge, given, arrow, better, chance, chips, blank } = element.parts;
    const problem = tile && (tile.problem || problems.get(tile.key) || "");
    const state = tile ? tile.state || (problem ? "broken" : "") : "";
    const url = tile?.key ? pictures.get(tile.key) : undefined;
    const now = JSON.stringify([tile?.file, tile?.label, state, tile?.marked, tile?.suggested, tile?.probability, tile?.chips, problem, url && tile.key]);
    if (element.now === now) return;
    element.now = now;
    element.dataset.state = tile ? state : "loading";
    if (url && image.getAttribute("src") !== url) image.src = url;
    image.hidden = !url;
    blank.hidden = Boolean(url) || !tile;
    blank.textContent = problem ? `${problem}` : "";
    const word = state === "relabel" ? tile.marked : STATE_WORDS[state] ?? "";
    badge.replaceChildren(...(state ? [make("span", "vl-g-sign", { "aria-hidden": "true" }, STATE_SIGNS[state]), word] : []));
    badge.hidden = !state;
    given.textContent = tile?.label ?? "";
    arrow.hidden = better.hidden = !tile?.suggested;
    better.textContent = tile?.suggested ?? "";
    chance.textContent = tile?.suggested ? tile.probability : "";
    const all = tile?.chips ?? [];
    chips.replaceChildren(...all.slice(0, 1).map(([kind, words]) => make("span", `vl-g-chip vl-g-${kind}`, { title: words }, words)));
    if (all.length > 1) chips.append(make("span", "vl-g-chip", {}, `+${all.length - 1}`));
    element.setAttribute("aria-label", tile ? describe(tile, state, problem) : "Not loaded yet");
  }

  function describe(tile, state, problem) {
    const parts = [tile.name, `label ${tile.label}`];
    if (tile.suggested) parts.push(`suggested ${tile.suggested} ${tile.probability}`);
    parts.push(...tile.chips.map(([, words]) => words));
    if (state) parts.push(state === "relabel" ? `to be ${tile.marked}` : STATE_WORDS[state]);
    if (problem) parts.push(problem);
    return parts.join(", ");
  }

  // ---- what is missing is asked for, what is far away is forgotten

  function want(from, to) {
    const now = performance.now();
    for (let block = Math.floor(from / BLOCK); block * BLOCK < to; block++) {
      if (now - (asked.get(block) ?? -AGAIN_MS) < AGAIN_MS) continue;
      let rows = false;
      let missing = false;
      for (let position = Math.max(from, block * BLOCK); position < Math.min(to, (block + 1) * BLOCK); position++) {
        const tile = tiles.get(position);
        rows ||= !tile || tile.stale;
        missing ||= !tile || (tile.key && !tile.problem && !problems.has(tile.key) && !pictures.get(tile.key));
      }
      if (!rows && !missing) continue;
      asked.set(block, now);
      ask(block * BLOCK, Math.min(count, (block + 1) * BLOCK), missing, age);
    }
  }

  function forget(from, to) {
    for (const block of asked.keys()) {
      if ((block + 1) * BLOCK <= from || block * BLOCK >= to) asked.delete(block);
    }
    while (tiles.size > KEPT_BLOCKS * BLOCK) {
      const oldest = Math.floor(tiles.keys().next().value / BLOCK);
      if ((oldest + 1) * BLOCK > from && oldest * BLOCK < to) break;
      for (let position = oldest * BLOCK; position < (oldest + 1) * BLOCK; position++) tiles.delete(position);
    }
  }

  function look() {
    const [first, last] = inSight();
    if (document.visibilityState !== "visible" || !list.clientWidth || first >= last) return;
    let start = first;
    while (start < last && (looked.has(start) || !tiles.has(start))) start++;
    let stop = last;
    while (stop > start && (looked.has(stop - 1) || !tiles.has(stop - 1))) stop--;
    if (start >= stop) return;
    for (let position = start; position < stop; position++) looked.add(position);
    seen(start, stop);
  }

  // ---- what happens to it

  list.addEventListener("scroll", () => {
    hurried = performance.now();
    drawSoon();
  });
  canvas.addEventListener("click", (event) => {
    const element = event.target.closest("[data-position]");
    if (element) pick(Number(element.dataset.position), event);
  });
  canvas.addEventListener("dblclick", (event) => {
    const element = event.target.closest("[data-position]");
    if (element) open(Number(element.dataset.position));
  });
  const watcher = new ResizeObserver(() => {
    const active = selected().active;
    const was = shown.has(active);
    measure();
    if (was) reveal(active);
    drawSoon();
  });
  watcher.observe(list);
  document.addEventListener("scroll", linger, { capture: true, passive: true }); // of whatever the list lies in

  return {
    element: list,
    pictures,
    draw: drawSoon,
    bring,
    reveal,
    visible,
    tile: (position) => tiles.get(position),
    problem: (tile) => tile.problem || problems.get(tile.key) || "",
    columns: () => grid.columns,
    rowsInView: () => Math.max(1, Math.floor(grid.view / grid.height)),
    turn(pages) {
      list.scrollTop += (pages * Math.max(1, Math.floor(grid.view / grid.height)) * grid.height) / scale();
    },
    resize(to) {
      size = to;
      measure();
      reveal(selected().active);
      drawSoon();
    },
    // Another list: what was shown stays until its rows come. Those of a new one may be on their way unasked.
    reset(length, fresh, coming) {
      count = length;
      asked.clear();
      looked = new Set();
      if (fresh) {
        age = 0;
        tiles.clear();
        list.scrollTop = 0;
      }
      if (fresh && coming && length) {
        asked.set(0, performance.now() - AGAIN_MS + PATIENCE_MS);
        patient = performance.now() + PATIENCE_MS;
        setTimeout(drawSoon, PATIENCE_MS + 20);
      }
      for (const tile of tiles.values()) tile.stale = true;
      measure();
      drawSoon();
    },
    stale() {
      age += 1;
      for (const tile of tiles.values()) tile.stale = true;
      asked.clear();
      drawSoon();
    },
    fill(rows, asOf) {
      patient = 0;
      for (const tile of rows) {
        tile.stale = asOf < age;
        tiles.delete(tile.position);
        tiles.set(tile.position, tile);
      }
      drawSoon();
    },
    refuse(key, problem) {
      problems.set(key, problem);
      drawSoon();
    },
    remove() {
      document.removeEventListener("scroll", linger, { capture: true });
      watcher.disconnect();
      clearTimeout(settle);
      clearTimeout(dwell);
    },
  };
}

function makeTile() {
  const element = make("div", "vl-g-tile", { role: "option" });
  const frame = make("div", "vl-g-frame");
  const image = make("img", "vl-g-image", { alt: "", decoding: "async", draggable: "false" });
  image.addEventListener("load", () => image.classList.toggle("vl-g-pixels", image.naturalWidth <= 48));
  const blank = make("div", "vl-g-blank");
  const badge = make("div", "vl-g-badge");
  const check = make("span", "vl-g-check", { "aria-hidden": "true" }, "✓");
  frame.append(image, blank, badge, check);
  const labels = make("div", "vl-g-labels");
  const given = make("span", "vl-g-given");
  const arrow = make("span", "vl-g-arrow", { "aria-hidden": "true" }, "→");
  const better = make("strong", "vl-g-better");
  const pair = make("span", "vl-g-pair");
  const chance = make("span", "vl-g-chance");
  pair.append(given, arrow, better);
  labels.append(pair, chance);
  const chips = make("div", "vl-g-chips");
  element.append(frame, labels, chips);
  element.parts = { image, blank, badge, given, arrow, better, chance, chips };
  return element;
}

// ---- ranges of positions: [[from, up to but not with], ...], sorted, apart

function inRanges(ranges, position) {
  return ranges.some(([start, stop]) => position >= start && position < stop);
}

function toggled(ranges, position) {
  if (!inRanges(ranges, position)) {
    const sorted = [...ranges, [position, position + 1]].sort((a, b) => a[0] - b[0]);
    return sorted.reduce((merged, [start, stop]) => {
      const last = merged.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], stop);
      else merged.push([start, stop]);
      return merged;
    }, []);
  }
  return ranges.flatMap(([start, stop]) =>
    position < start || position >= stop ? [[start, stop]] : [[start, position], [position + 1, stop]].filter(([a, b]) => a < b),
  );
}

function howMany(ranges) {
  return ranges.reduce((sum, [start, stop]) => sum + stop - start, 0);
}
