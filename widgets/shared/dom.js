// What every script needs of the DOM.

export function make(tag, className = "", attributes = {}, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text; // never markup
  element.dataset.lmSuppressShortcuts = "true"; // Jupyter's one-letter shortcuts look at the focused element first
  return element;
}

export function button(text, className = "") {
  return make("button", `vl-button ${className}`.trim(), { type: "button" }, text);
}

// Take over a widget's own element.
export function adopt(element, className) {
  element.classList.add("voilens", className);
}

