// What every script here needs of the DOM. Python puts this text before each of them (see assets.py).

function make(tag, className = "", attributes = {}, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text; // never markup
  return element;
}

function button(text, className = "") {
  return make("button", `vl-button ${className}`.trim(), { type: "button" }, text);
}

