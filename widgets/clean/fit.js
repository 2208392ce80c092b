// The cleaner's height: on a page of its own, the room that is left below what stands above it.

const LEAST_HEIGHT = 380; // pixels: in a window of 800 there is room for the parts, words on what to do next, and a line on what goes on
const BELOW = 16;

/** @param {HTMLElement} el so that its bar is always in sight @returns {() => void} ends it */
export function fitToWindow(el) {
  /** @type {Element | null} */
  let beside = null; // the part of the page that it is in, known once it is drawn there
  const fit = () => {
    if (!("voila" in document.body.dataset) || !el.offsetParent) return;
    if (!beside && (beside = el.closest(".vl-panel") ?? el.parentElement)) {
      fitter.observe(beside);
      const page = el.closest(".vl-app");
      if (page) fitter.observe(page); // what comes and goes above moves the cleaner, and makes the page longer
    }
    const above = el.getBoundingClientRect().top + (document.scrollingElement?.scrollTop ?? 0);
    const room = Math.floor(innerHeight - above - BELOW);
    el.style.setProperty("--vl-cleaner-height", `${room >= LEAST_HEIGHT ? room : Math.max(LEAST_HEIGHT, innerHeight - BELOW)}px`);
  };
  const fitter = new ResizeObserver(fit); // it may be made in a part of the page that is not shown yet
  fitter.observe(el);
  window.addEventListener("resize", fit);
  requestAnimationFrame(fit);
  return () => {
    fitter.disconnect();
    window.removeEventListener("resize", fit);
  };
}
