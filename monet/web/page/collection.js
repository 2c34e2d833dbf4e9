// What the visitor gathered, which goes along with requests: a basket, or what somebody new likes.
import { button, el } from "./dom.js";
import { itemOf } from "./items.js";
import { thumb } from "./card.js";

/// `ids` is a Set, which only this changes: by `put(id, on)`, and by what the visitor takes out or empties. Each time
/// `changed()` is called. `words(size)`: what is said of so many. `more`: an element below. `open(id)`: one was chosen.
export function collection({ title, className, ids, words, more, open, changed }) {
  const list = el("ul", { class: "strip" });
  const text = el("p", { class: "quiet" });
  const heading = el("h2", { tabindex: "-1" }, title);
  const emptied = button("Empty it", { class: "link", onclick: () => takeOut(...ids) });
  const element = el(
    "section",
    { class: `collection ${className}`, "aria-label": title },
    el("div", { class: "row" }, heading, emptied),
    text,
    list,
    more,
  );
  function show() {
    emptied.hidden = ids.size === 0;
    text.textContent = words(ids.size);
    list.replaceChildren(
      ...[...ids].map((id) => thumb(itemOf(id), { open: () => open(id), remove: () => takeOut(id) })),
    );
  }
  function takeOut(...gone) {
    for (const id of gone) ids.delete(id);
    show();
    changed();
    heading.focus();
  }
  function put(id, on) {
    if (on) ids.add(id);
    else ids.delete(id);
    show();
    changed();
  }
  show();
  return { element, put };
}
