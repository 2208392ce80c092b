// What goes between the cleaner and its Python side: its traits, its messages, and a row as a tile. Types only.

import type { Asks, Explainable } from "../shared/explanation.js";
import type { FilePart, NextPart } from "../shared/file_transfer.js";
import type { Model } from "../shared/widget.js";

export type Range = [number, number]; // from, up to but not with

export interface Query {
  reason: string | null;
  label: string | null;
  split: string | null;
  predicted: string | null;
  name: string;
  order: string;
  files: string[];
}

export interface Selection {
  stamp: number;
  active: number;
  anchor: number;
  ranges: Range[];
}

export interface Listing {
  stamp: number;
  count: number;
  total: number;
  fresh: boolean;
  judged: number; // pictures of which a model has said something
  scored: boolean; // whether the whole folder has been searched
}

export interface Tile {
  position: number;
  file: string;
  name: string;
  key?: string; // none where the picture is gone
  label: string;
  split?: string;
  suggested?: string;
  probability?: string;
  chips: [kind: string, words: string][];
  state: "" | "keep" | "delete" | "relabel" | "broken" | "gone";
  marked: string;
  problem?: string;
  facts?: string[];
  stale?: boolean; // set here: another row may stand in its place by now
}

export type Option = [key: string | null, words: string, count: number | null];

export interface Traits {
  state: "opening" | "listing" | "ready" | "empty" | "refused";
  sentence: string;
  title: string;
  query: Query;
  listing: Partial<Listing>;
  selection: Selection;
  filters: { reasons?: Option[]; labels?: Option[]; splits?: Option[] };
  confused_pairs: [label: string, predicted: string, count: number][];
  classes: string[];
  changes: { text?: string; waiting?: number; kept?: number; applied?: boolean };
  warnings: string[];
  progress: { share?: number; text?: string; advice?: string; may_stop?: boolean; ranked?: string };
  job: { kind?: string; text?: string; share?: number; status?: string; stoppable?: boolean };
  judge: { sentence?: string; warning?: string };
  notice: { text?: string; alarm?: boolean; number?: number };
  offers_other_folder: boolean;
  shows_private: boolean;
  explainable: Explainable["explainable"];
  why: Explainable["why"];
}

export type Action = "keep" | "delete" | "relabel" | "clear";

type Request =
  | { type: "rows"; start: number; stop: number; pictures: boolean; age: number }
  | { type: "detail" | "alike"; position: number }
  | { type: "take-ranking"; shown: number }
  | { type: "mark-seen"; ranges: Range[] }
  | { type: "mark"; ranges: Range[]; files: string[]; action: Action; label?: string }
  | { type: "accept-suggestion"; ranges: Range[]; files: string[] }
  | { type: "clear-mark"; files: string[] }
  | { type: "review"; start: number }
  | { type: "undo" | "redo" | "zip" | "apply" | "undo-apply" | "score" | "scan" | "stop" | "other-folder" }
  | NextPart;

export type Sent = (Request & { stamp: number }) | Asks;
export type Send = (request: Request) => void;

export type Act = (
  what: Action | "accept" | "label" | "previous" | "next" | "page" | "undo" | "redo" | "keys" | "enlarge" | "alike",
  label?: string,
) => void;

export type Received =
  | { type: "rows"; stamp: number; age: number; tiles: Tile[]; keys: string[] }
  | { type: "thumbnails"; keys: string[]; problems: string[] }
  | { type: "detail"; file: string; group: { file: string; label: string }[] }
  | { type: "large"; key: string; problem: string }
  | { type: "stale"; stamp: number }
  | { type: "ranked" }
  | { type: "review"; start: number; tiles: Tile[]; keys: string[] }
  | FilePart;

export type CleanerModel = Model<Traits, Sent, Received>;

export interface Pictures {
  get(key: string | undefined): string | undefined;
  put(key: string, buffer: DataView<ArrayBuffer>): void;
}
