// The classify panel without a kernel: what widgets/classify/panel.py does in Python, done by the page itself. Its widgets are those of
// the page with a kernel; a newer photo replaces an older one.

import { makeWhy } from "./explaining.js";
import { refusalOf } from "./refused.js";

/**
 * @import { Content, Past, Prediction, Refusal, Row } from "../shared/answers.js"
 * @import { Classifier } from "./classifier.js"
 * @import { Handed } from "./hand_over.js"
 * @import { Local } from "../shared/local_model.js"
 * @typedef {{ turn: number, index: number, name: string, file: File, thumbnail: string, said?: string }} Photo `said` is
 *   what the person says that it shows
 * @typedef {{ photo: Photo, prediction: Prediction } | { rows: Row[] }} Kept an earlier answer
 * @typedef {{ prediction: Prediction } | { refusal: Refusal }} Outcome
 */

const LENGTH = 12; // earlier answers
const LONGEST_LABEL = 80;

/**
 * @param {{ uploader: Local, answer: Local, history: Local }} widgets
 * @param {Classifier} classifier @param {Promise<void>} ready when photos can be answered
 * @param {string[]} classes @param {(file: File, prediction: Prediction, said: string) => Promise<string>} keep what is said of a photo;
 *   gives what became of it
 * @returns {{ leave: () => void, without: (refusal: Refusal | null) => void, answered: () => Promise<void> }} `answered` once the photos that have come by now are
 */
export function runPanel({ uploader, answer, history }, classifier, ready, classes, keep) {
  let turn = -1;
  let loading = true;
  /** @type {Refusal | null} */
  let trouble = null; // why there is no model, while nobody loads it
  let before = Promise.resolve(); // photos are asked about one after the other, so that a newer one need not wait for all of them
  let asked = -1; // the turn that has a photo
  let shown = 0;
  /** @type {string[]} */
  let names = []; // of the photos of this turn
  /** @type {Row[]} */
  let rows = [];
  /** @type {{ photo: Photo, prediction: Prediction }[]} */
  let answered = []; // what the person may say something of, by the place that the answer knows
  /** @type {Kept[]} */
  let kept = [];
  const why = makeWhy(answer, classifier);

  ready.then(() => (loading = false));
  uploader.hear((/** @type {any} */ message) => {
    if (message.type === "start") begin(message.turn, message.names);
    else if (message.type === "photo" && message.turn === turn) {
      asked = turn;
      if (!message.index) working();
      before = before.then(() => answerPhoto(message));
    }
    else if (message.type === "cancel") begin(-1, []);
  });
  answer.hear((/** @type {any} */ message) => {
    if (message.type === "why") why.ask(message.of);
    if (message.type === "say") say(message.label, answered[message.place ?? 0]);
  });
  history.hear((/** @type {any} */ message) => {
    if (message.type === "clear") remember([]);
    if (message.type === "return" && kept[message.place]) goBack(kept[message.place]);
  });

  // The old answer goes before anything else happens; what was answered of a table that is not complete is remembered.
  /** @param {number} next @param {string[]} of */
  function begin(next, of) {
    if (rows.length && rows.length < names.length) remember([{ rows }, ...kept]);
    [turn, names, rows, answered] = [next, of, [], []];
    uploader.set("answer", {});
    uploader.set("busy", false);
    show({});
  }

  /** @param {Content} content @param {File | null} file what can be asked why */
  function show(content, file = null) {
    shown += 1;
    why.of(file);
    answer.set("note", "");
    answer.set("content", { ...content, shown });
  }

  /** @param {Handed} handed */
  async function answerPhoto({ turn: mine, file, index, thumbnail: small }) {
    await ready;
    if (mine !== turn) return;
    if (!index) working();
    const looking = classifier.classify(file).then((prediction) => ({ prediction }), (error) => ({ refusal: refusalOf(error) }));
    const [outcome, thumbnail] = await Promise.all([looking, small]);
    if (mine !== turn) return;
    const photo = { turn, index, name: names[index], file, thumbnail };
    if (names.length > 1) return addRow(photo, outcome);
    uploader.set("busy", false);
    if ("refusal" in outcome) return show({ kind: "refused", refusal: outcome.refusal });
    showOne(photo, outcome.prediction);
    remember([{ photo, prediction: outcome.prediction }, ...kept]);
  }

  function working() {
    uploader.set("busy", !trouble);
    show(trouble ? { kind: "refused", refusal: trouble } : { kind: loading ? "loading" : "looking" });
  }

  // The model cannot be had, or is loaded again: a photo that waits for it says so.
  /** @param {Refusal | null} refusal */
  function without(refusal) {
    trouble = refusal;
    if (loading && turn >= 0 && asked === turn) working();
  }

  /** @param {Photo} photo @param {Outcome} outcome */
  function addRow(photo, outcome) {
    const place = "prediction" in outcome ? answered.push({ photo, prediction: outcome.prediction }) - 1 : undefined;
    rows = [...rows, { name: photo.name, thumbnail: photo.thumbnail, ...outcome, place }];
    const complete = rows.length === names.length;
    if (!complete) return show({ kind: "progress", answered: rows.length, expected: names.length });
    uploader.set("busy", false);
    show({ kind: "several", rows, sendable: false, classes });
    remember([{ rows }, ...kept]);
  }

  /** @param {Photo} photo @param {Prediction} prediction */
  function showOne(photo, prediction) {
    answered = [{ photo, prediction }];
    show({ kind: "answer", prediction, ask: !photo.said }, photo.file);
    uploader.set("answer", prediction);
  }

  // "" says that the answer is right. A table that is returned to shows what was said.
  /** @param {string} label @param {{ photo: Photo, prediction: Prediction } | undefined} of */
  async function say(label, of) {
    if (!of || of.photo.said) return;
    const { photo, prediction } = of;
    photo.said = plain(label) || prediction.label;
    for (const row of rows) if (row.place !== undefined && answered[row.place] === of) row.said = photo.said;
    const now = shown;
    const became = await keep(photo.file, prediction, photo.said);
    if (now === shown) answer.set("note", became);
  }

  /** @param {string} label as a class is written */
  const plain = (label) => (classes.includes(label) ? label : label.replace(/\p{C}/gu, "").split(/\s+/).join(" ").slice(0, LONGEST_LABEL).trim());

  // Neither a photo nor an answer.
  function leave() {
    begin(-1, []);
    uploader.tell({ type: "clear" });
  }

  /** @param {Kept} past */
  function goBack(past) {
    leave();
    if ("rows" in past) return show({ kind: "several", rows: past.rows, sendable: false });
    const { turn: of, index, name } = past.photo;
    uploader.tell({ type: "show", turn: of, index, name });
    showOne(past.photo, past.prediction);
  }

  /** @param {Kept[]} now newest first */
  function remember(now) {
    kept = now.slice(0, LENGTH);
    history.set("entries", kept.map(pastOf));
  }

  return { leave, without, answered: () => before };
}

/** @param {Kept} past @returns {Past} */
function pastOf(past) {
  if (!("rows" in past)) return { name: past.photo.name, thumbnail: past.photo.thumbnail, prediction: past.prediction };
  return { thumbnail: past.rows.find(({ thumbnail }) => thumbnail)?.thumbnail ?? "", count: past.rows.length };
}
