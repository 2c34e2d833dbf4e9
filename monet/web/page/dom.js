// Elements without markup in strings: what a catalogue says can only become text.

const svgNames = new Set(["svg", "path", "circle", "rect", "line", "text", "g", "title"]);

/// An element of `tag` with attributes, and children (elements, texts; null is left out). An attribute `onclick`
/// listens, `true` is present without a value, `false` and null are absent. Styles are not among them: the page
/// forbids inline ones.
export function el(tag, attributes = {}, ...children) {
  const element = svgNames.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/// Text that only screen readers read.
export const spoken = (text) => el("span", { class: "spoken" }, text);

export function button(label, attributes = {}, ...children) {
  return el("button", { type: "button", ...attributes }, ...(children.length ? children : [label]));
}

const paths = {
  add: "M12 5v14M5 12h14",
  done: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.5 15.5L20 20",
  like: "M12 19.5C5 15 3.5 11.5 3.5 9a4.3 4.3 0 0 1 8.5-1.3A4.3 4.3 0 0 1 20.5 9c0 2.5-1.5 6-8.5 10.5z",
};

/// A drawing of 24 × 24 that takes the colour of the text around it, and says nothing by itself.
export function icon(name) {
  return el(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" },
    el("path", { d: paths[name] }),
  );
}

/// Runs `work` once calls have stopped for `milliseconds`; `cancel()` makes it not run.
export function debounced(milliseconds, work) {
  let timer = 0;
  const cancel = () => clearTimeout(timer);
  const call = () => {
    cancel();
    timer = setTimeout(work, milliseconds);
  };
  return Object.assign(call, { cancel });
}

/// Says what changed to who cannot see it.
export function announce(text) {
  document.getElementById("announcements").textContent = text;
}
