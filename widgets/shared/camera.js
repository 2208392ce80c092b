// A live camera: its picture with an answer that changes as the picture does, and a button that takes one. The camera's light goes out
// when the page is left or hidden. Knows no model: it is given what looks at a picture.

import { headlineOf } from "./answers.js";
import { adopt, button, make } from "./dom.js";
import { makeSteady } from "./steady.js";
import WORDS from "./words.json" with { type: "json" };

/**
 * @import { Prediction } from "./answers.js"
 * @typedef {{ side: number, look: (bitmap: ImageBitmap) => Promise<Prediction>, take: (photo: File) => void,
 *   begun: () => void }} Uses `side` is how many pixels the shorter side of a bitmap has that is looked at; `look` closes it;
 *   `begun` is called when the camera's picture is there
 */

/** @type {Record<string, string>} what the browser calls a failure, and what is said of it */
const FAILURES = {
  NotAllowedError: WORDS.camera.denied,
  SecurityError: WORDS.camera.denied,
  NotFoundError: WORDS.camera.missing,
  OverconstrainedError: WORDS.camera.missing,
};

/** @param {Uses} uses */
export function makeCamera({ side, look, take, begun }) {
  const words = WORDS.camera;
  const element = make("section", "", { "aria-label": words.seen });
  adopt(element, "vl-camera");
  const start = button(words.start);
  const video = make("video", "vl-camera-picture", { playsinline: "", muted: "", "aria-label": words.seen });
  video.muted = true;
  const says = make("p", "vl-camera-answer");
  const spoken = make("p", "vl-unseen", { role: "status" }); // changes with the answer, not with each share
  const said = make("p", "vl-small", { role: "status" });
  const taking = button(words.take, "vl-primary");
  const stop = button(words.stop);
  const deeds = make("div", "vl-row");
  deeds.append(taking, stop);
  const live = make("div", "vl-camera-live");
  live.append(video, says, spoken, deeds);
  element.append(start, said, live);
  live.hidden = true;

  const steady = makeSteady();
  /** @type {MediaStream | null} */
  let stream = null;
  let round = 0; // of the camera: what was asked in one before counts for nothing

  async function begin() {
    if (!navigator.mediaDevices?.getUserMedia) return void (said.textContent = words.not_here);
    const mine = (round += 1);
    start.disabled = true;
    said.textContent = words.starting;
    try {
      const given = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" } } });
      if (mine !== round) return given.getTracks().forEach((track) => track.stop());
      stream = given;
      video.srcObject = given;
      await video.play();
    } catch (error) {
      if (mine !== round) return;
      end();
      said.textContent = FAILURES[/** @type {DOMException} */ (error).name] ?? words.in_use;
      return;
    }
    said.textContent = "";
    live.hidden = false;
    start.hidden = true;
    begun();
    taking.focus();
    lookOn(mine);
  }

  // While a picture is looked at, the answer before it is shown and the next picture taken: what looks never waits for the page.
  /** @param {number} mine */
  async function lookOn(mine) {
    try {
      let looking = look(await grab());
      let next = grab();
      for (;;) {
        const prediction = await looking;
        if (mine !== round) break;
        looking = look(await next);
        looking.catch(() => {}); // told where it is awaited
        next = grab();
        if (mine === round) show(steady.add(prediction));
      }
      (await next).close();
    } catch (error) {
      if (mine !== round) return; // a camera that is stopped gives no picture
      console.error(error);
      end();
      said.textContent = words.failed;
    }
  }

  function grab() {
    const scale = side / Math.min(video.videoWidth, video.videoHeight);
    const size = { resizeWidth: Math.round(video.videoWidth * scale), resizeHeight: Math.round(video.videoHeight * scale) };
    const bitmap = createImageBitmap(video, { ...size, resizeQuality: "medium" });
    bitmap.catch(() => {}); // told where it is awaited
    return bitmap;
  }

  /** @param {Prediction} prediction */
  function show(prediction) {
    says.replaceChildren(...headlineOf(prediction).map((part, place) => (place % 2 ? make("strong", "", {}, part) : part)));
    says.dataset.state = prediction.status;
    const told = prediction.status === "unfamiliar" ? WORDS.headline.unfamiliar : `${prediction.label}, ${WORDS.state[prediction.status]}`;
    if (spoken.textContent !== told) spoken.textContent = told;
  }

  function end() {
    round += 1;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    live.hidden = true;
    start.hidden = start.disabled = false;
    said.textContent = says.textContent = spoken.textContent = "";
    steady.clear();
  }

  async function takeOne() {
    const canvas = make("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    end();
    const blob = await /** @type {Promise<Blob | null>} */ (new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95)));
    if (blob) take(new File([blob], words.name, { type: blob.type }));
  }

  start.addEventListener("click", begin);
  stop.addEventListener("click", () => {
    end();
    start.focus();
  });
  taking.addEventListener("click", takeOne);
  const onHidden = () => document.hidden && end();
  document.addEventListener("visibilitychange", onHidden);
  return {
    element,
    end, // for a part of a page that is left
    close() {
      document.removeEventListener("visibilitychange", onHidden);
      end();
    },
  };
}
