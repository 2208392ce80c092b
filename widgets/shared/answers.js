// What is said of a photo: states, headlines, rows and the table as text, from predictions and codes of refusals.
//
// The only place where an answer becomes words. Knows neither the page nor the kernel; the sentences lie in words.json.

import { fill, listing, numberOf, percent } from "./text.js";
import WORDS from "./words.json" with { type: "json" };

/**
 * model/types.Prediction as JSON; `classes` are the vocabulary in its order, which an object does not keep.
 * @typedef {{ label: string, probability: number, probabilities: Record<string, number>, classes?: string[],
 *   status: "sure" | "unsure" | "unfamiliar", seconds?: number, note?: string }} Prediction
 * Why there is no answer: a code with its values; `sentence` is what is said where the code is not known here.
 * @typedef {{ code: string, values?: Record<string, string | number>, sentence: string, photo: boolean }} Refusal
 * One of several photos; `place` is its number where the person may say what it shows, `said` what they said.
 * @typedef {{ name: string, thumbnail: string, prediction?: Prediction, refusal?: Refusal, place?: number, said?: string }} Row
 * What there is to say, without words.
 * @typedef {{ kind?: undefined } | { kind: "looking" | "loading" } | { kind: "waiting", sentence: string }
 *   | { kind: "progress", answered: number, expected: number } | { kind: "answer", prediction: Prediction, ask: boolean }
 *   | { kind: "refused", refusal: Refusal } | { kind: "several", rows: Row[], sendable: boolean, classes?: string[] }} Content
 * @typedef {"" | "running" | "waiting" | "sure" | "unsure" | "unfamiliar" | "refused" | "several"} State
 * @typedef {{ label: string, share: number, text: string }} Share
 * What the person is asked of an answer: whether it is right, or, where `answer` is empty, only what it is.
 * @typedef {{ answer: string, choices: string[] }} Asked
 * @typedef {{ name: string, thumbnail: string, label: string, share: number, text: string, status: keyof typeof WORDS.state,
 *   detail: string, place: number, asked: Asked | null, said: string }} Line
 * What stands on the screen. In a headline every second part is stressed.
 * @typedef {{ state: State, headline: string[], detail: string, shares: Share[], folded: string,
 *   asked: Asked | null, rows: Line[] | null, sendable: boolean }} View
 * An earlier answer: of one photo, or of `count` of them.
 * @typedef {{ thumbnail: string, name: string, prediction: Prediction } | { thumbnail: string, count: number }} Past
 */

const SHARES = 5; // classes shown under an answer
const RIVAL = 0.15; // the share from which a second class is named beside the first

/** @type {View} */
const NOTHING = { state: "", headline: [], detail: "", shares: [], folded: "", asked: null, rows: null, sendable: false };

/** @param {Content} content @returns {View} */
export function view(content) {
  const { headline } = WORDS;
  switch (content.kind) {
    case "looking":
      return { ...NOTHING, state: "running", headline: [headline.looking] };
    case "loading":
      return { ...NOTHING, state: "waiting", headline: [headline.loading] };
    case "waiting":
      return { ...NOTHING, state: "waiting", headline: [content.sentence] };
    case "progress":
      return { ...NOTHING, state: "running", headline: [fill(headline.progress, content)] };
    case "answer":
      return answer(content.prediction, content.ask);
    case "refused": {
      const said = content.refusal.photo ? headline.refused : headline.failed;
      return { ...NOTHING, state: "refused", headline: [said], detail: reason(content.refusal) };
    }
    case "several": {
      const lines = content.rows.map((row) => line(row, content.classes ?? []));
      const rows = lines.sort((a, b) => a.share - b.share); // the least sure first
      const said = fill(headline.several, { count: rows.length });
      return { ...NOTHING, state: "several", headline: [said], detail: tally(rows), rows, sendable: content.sendable };
    }
    default:
      return NOTHING;
  }
}

/** @param {Prediction} prediction the sentence of an answer @returns {string[]} parts, every second one stressed */
export function headlineOf(prediction) {
  const { status, label, probability } = prediction;
  const [, [rival, rivalShare] = ["", 0]] = ranked(prediction);
  const sentence = WORDS.headline[status === "unsure" && rivalShare >= RIVAL ? "unsure_of_two" : status];
  const values = { label, share: percent(probability), rival, rival_share: percent(rivalShare) };
  return sentence.split("*").map((part) => fill(part, values));
}

/** @param {Refusal} refusal */
export function reason({ code, values = {}, sentence }) {
  const said = Object.hasOwn(WORDS.refusal, code) ? fill(WORDS.refusal[/** @type {keyof typeof WORDS.refusal} */ (code)], values) : "";
  return said && !/\{\w+\}/.test(said) ? said : sentence;
}

/** @param {Past} past @returns {{ name: string, label: string, text: string }} */
export function pastOf(past) {
  if ("count" in past) return { name: WORDS.history.several, label: numberOf(past.count, WORDS.history.photos), text: "" };
  const { label, probability, status } = past.prediction;
  if (status === "unfamiliar") return { name: past.name, label: WORDS.state.unfamiliar, text: "" };
  return { name: past.name, label, text: percent(probability) };
}

/** @param {Line[]} rows the table as a spreadsheet opens it */
export function csv(rows) {
  // A leading = + - @ would be run as a formula.
  const cell = (/** @type {string} */ value) => `"${value.replace(/^([=+\-@\t\r])/, "'$1").replaceAll('"', '""')}"`;
  const lines = rows.map((row) => [row.name, row.label, row.share < 0 ? "" : row.share.toFixed(4), WORDS.state[row.status], row.detail, row.said]);
  return `\ufeff${[WORDS.csv.columns, ...lines].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("")}`;
}

/** @param {Prediction} prediction @param {boolean} ask @returns {View} */
function answer(prediction, ask) {
  const { status, note = "" } = prediction; // the note is on what was made of the file
  const shares = ranked(prediction).slice(0, SHARES).map(([name, share]) => ({ label: name, share, text: percent(share) }));
  const classes = vocabulary(prediction);
  const asked = ask ? question(prediction, classes) : null;
  const shown = { ...NOTHING, state: status, headline: headlineOf(prediction), detail: note, shares, asked };
  if (status === "sure") return shown;
  const unfamiliar = status === "unfamiliar";
  const said = unfamiliar ? fill(WORDS.detail.unfamiliar, { classes: listing(classes, "and") }) : WORDS.detail.unsure;
  return { ...shown, detail: note ? `${note} ${said}` : said, folded: unfamiliar ? WORDS.detail.nearest : "" };
}

// Where nothing was claimed, nothing is right or wrong, and no class is left out.
/** @param {Prediction} prediction @param {string[]} classes @returns {Asked} */
function question({ status, label }, classes) {
  if (status === "unfamiliar") return { answer: "", choices: classes };
  return { answer: label, choices: classes.filter((name) => name !== label) };
}

/** @param {Row} row @param {string[]} classes @returns {Line} */
function line({ name, thumbnail, prediction, refusal, place = -1, said = "" }, classes) {
  const whose = { name, thumbnail, place, said };
  if (prediction) {
    const { label, probability: share, status, note = "" } = prediction;
    const asked = place >= 0 && classes.length && !said ? question(prediction, classes) : null;
    return { ...whose, label, share, text: percent(share), status, detail: note, asked };
  }
  return { ...whose, label: "", share: -1, text: "", status: "refused", detail: refusal ? reason(refusal) : "", asked: null };
}

// "12 sure, 3 not sure, 1 unfamiliar, 0 refused".
/** @param {Line[]} rows */
function tally(rows) {
  const states = /** @type {(keyof typeof WORDS.state)[]} */ (Object.keys(WORDS.state));
  return states.map((state) => `${rows.filter(({ status }) => status === state).length} ${WORDS.state[state]}`).join(", ");
}

/** @param {Prediction} prediction */
const vocabulary = ({ classes, probabilities }) => classes ?? Object.keys(probabilities);

/** @param {Prediction} prediction @returns {[string, number][]} classes and probabilities, likeliest first */
function ranked(prediction) {
  const { probabilities } = prediction;
  return vocabulary(prediction).map((name) => /** @type {[string, number]} */ ([name, probabilities[name]])).sort((a, b) => b[1] - a[1]);
}
