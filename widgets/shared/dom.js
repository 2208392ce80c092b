// What every script here needs of the DOM.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {Record<string, string | undefined>} attributes those without a value are left out
 * @param {string} text
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className = "", attributes = {}, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  if (text) element.textContent = text; // never markup
  element.dataset.lmSuppressShortcuts = "true"; // Jupyter's one-letter shortcuts look at the focused element first
  return element;
}

/** @param {string} text @param {string} className */
export function button(text, className = "") {
  return make("button", `vl-button ${className}`.trim(), { type: "button" }, text);
}

// Take over a widget's own element.
/** @param {HTMLElement} element @param {string} className */
export function adopt(element, className) {
  element.classList.add("voilens", className);
}
