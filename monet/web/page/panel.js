// What is known of one item, over the page: facts, why it is recommended, what is like it.
import { button, el, icon } from "./dom.js";
import { nameOf, priceText } from "./format.js";
import { details, itemOf } from "./items.js";
import { picture } from "./picture.js";
import { similarItems } from "./similar.js";
import { failed, isAbort } from "./states.js";
import { whySection } from "./why.js";

function head(item, close, toggle) {
  const facts = [...(item.categories ?? []), ...(typeof item.price === "number" ? [priceText(item.price)] : [])];
  return el(
    "header",
    { class: "panel-head" },
    picture(item),
    el(
      "div",
      {},
      el("h2", { id: "panel-title", tabindex: "-1", dir: "auto" }, nameOf(item)),
      facts.length ? el("p", { class: "facts" }, facts.join(" · ")) : null,
      item.available === false ? el("p", { class: "facts" }, "Not available") : null,
      toggle
        ? button(toggle.label, {
            class: toggle.on ? "" : "primary",
            onclick: () => {
              toggle.run();
              close();
            },
          })
        : null,
    ),
    button("", { class: "round close", "aria-label": "Close", onclick: close }, icon("close")),
  );
}

/// Lists may have been drawn anew meanwhile.
function focusAfter(opener, id) {
  const same = () => document.querySelector(`main [data-item="${CSS.escape(id)}"] .opener`);
  (opener?.isConnected ? opener : (same() ?? document.querySelector("main h1")))?.focus({ preventScroll: true });
}

/// Opens over the page. `first`: "why" or "similar" is what the visitor asked for, and comes first. `explain(signal)`
/// gives an explanation, null: there is none to ask for. `by`: what similarity can be by. `toggle`: `{label, on,
/// run}`. `then(id, opener)` opens another item, after which `opener` has the focus again.
export function openPanel(id, { first, explain, by, toggle, then, opener = document.activeElement }) {
  const closing = new AbortController();
  const description = el("p", { class: "description", dir: "auto", hidden: true });
  const content = el("div", { class: "panel-body" });
  const dialog = el("dialog", { class: "panel", "aria-labelledby": "panel-title" });
  const close = () => dialog.close();
  const show = (next) => {
    then(next, opener);
    close();
  };
  const sections = [
    explain ? whySection(explain, { open: show, signal: closing.signal }) : null,
    similarItems(id, { by, open: show, signal: closing.signal }),
  ];
  if (first === "similar") sections.reverse();
  content.append(description, ...sections.filter(Boolean));

  dialog.append(head(itemOf(id), close, toggle), content);
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => {
    closing.abort();
    dialog.remove();
    if (!document.querySelector("dialog[open]")) focusAfter(opener, id);
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("#panel-title").focus();

  details(id, closing.signal).then(
    (item) => {
      description.textContent = item.description ?? "";
      description.hidden = !item.description;
    },
    (error) => {
      // What the catalogue does not have has no description.
      if (!isAbort(error) && error.status !== 404) description.replaceWith(failed(error));
    },
  );
}
