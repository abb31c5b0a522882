/**
 * Makes an element. Text from outside only ever becomes text: a name is not to be believed.
 * @param {string} tag
 * @param {Object<string, string>} attributes
 * @param {...(Node|string)} children
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A coloured word. */
export function pill(text, mood = "") {
  return el("span", { class: `pill ${mood}` }, text);
}

/** The element of that id. */
export function byId(id) {
  return document.getElementById(id);
}
