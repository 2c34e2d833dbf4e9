// An item in a grid: picture, title, facts, and what can be done with it.
import { button, el, icon, spoken } from "./dom.js";
import { nameOf, priceText } from "./format.js";
import { picture } from "./picture.js";

function facts(item) {
  const category = item.categories?.at(-1) ?? item.categories?.[0];
  const parts = [];
  if (category) parts.push(el("span", { class: "category" }, category));
  if (typeof item.price === "number") parts.push(el("span", { class: "price" }, priceText(item.price)));
  return parts.length ? el("p", { class: "facts" }, ...parts) : null;
}

/// "new", or how many places an item rose or fell since the list before: {text, words, rose}.
function mark(change) {
  return change
    ? el(
        "span",
        { class: `mark ${change.kind}` },
        el("span", { "aria-hidden": "true" }, change.text),
        spoken(change.words),
      )
    : null;
}

/// `open()`: the picture or the title was chosen. `actions`: links below, `{label, run}`. `toggle`: `{icon, on,
/// label, run}`, the round button on the picture. `change`: of its place in the list.
export function card(item, { open, actions = [], toggle, change }) {
  const name = nameOf(item);
  const round =
    toggle &&
    button(
      toggle.label,
      {
        class: "round",
        "aria-pressed": String(toggle.on),
        "aria-label": `${toggle.label}: ${name}`,
        onclick: () => toggle.run(),
      },
      icon(toggle.on ? "done" : toggle.icon),
    );
  return el(
    "li",
    { class: "card", "data-item": item.item },
    el(
      "div",
      { class: "shot" },
      button(
        name,
        { class: "opener", onclick: () => open() },
        picture(item),
        el("span", { class: "title", dir: "auto" }, name),
      ),
      mark(change),
      round || null,
    ),
    facts(item),
    actions.length
      ? el(
          "p",
          { class: "actions" },
          ...actions.map(({ label, run }) =>
            button(label, { class: "link", "aria-label": `${label} ${name}`, onclick: () => run() }),
          ),
        )
      : null,
  );
}

/// A small item in a strip or a list. `remove` adds a button that takes it out.
export function thumb(item, { open, remove, note }) {
  const name = nameOf(item);
  return el(
    "li",
    { class: "thumb", "data-item": item.item },
    button(
      name,
      { class: "opener", title: name, onclick: () => open() },
      picture(item),
      el("span", { class: "title", dir: "auto" }, name),
    ),
    note ? el("span", { class: "mark new" }, note) : null,
    remove
      ? button("", { class: "round small", "aria-label": `Take out ${name}`, onclick: remove }, icon("close"))
      : null,
  );
}
