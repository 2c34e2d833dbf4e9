// "More like this": the nearest items, by all that the model knows or by one modality.
import { thumb } from "./card.js";
import { el } from "./dom.js";
import { at, get } from "./api.js";
import { remember } from "./items.js";
import { empty, failed, isAbort } from "./states.js";

const size = 12;
const words = { fused: "everything", model: "the model" };
let last = null;

export function similarItems(id, { by, open, signal }) {
  const list = el("ul", { class: "grid small" });
  const body = el("div", { class: "similar-body" }, list);
  const choices = by ?? [];
  const chosen = () => (choices.includes(last) ? last : choices[0]);
  let asking = new AbortController();

  async function load() {
    asking.abort();
    asking = new AbortController();
    body.setAttribute("aria-busy", "true");
    try {
      const answer = await get(
        at(["items", id, "similar"], { k: size, by: chosen() }),
        AbortSignal.any([asking.signal, signal]),
      );
      remember(answer.items);
      list.replaceChildren(...answer.items.map((item) => thumb(item, { open: () => open(item.item) })));
      body.replaceChildren(
        answer.items.length ? list : empty("Nothing is like it", "The model knows no similar items."),
      );
    } catch (error) {
      if (isAbort(error)) return;
      body.replaceChildren(failed(error, load));
    }
    body.removeAttribute("aria-busy");
  }
  function choice(name) {
    const radio = el("input", { type: "radio", name: "by", value: name, checked: name === chosen() });
    radio.addEventListener("change", () => {
      last = name;
      load();
    });
    return el("label", { class: "choice" }, radio, el("span", {}, words[name] ?? name));
  }
  load();
  return el(
    "section",
    { class: "similar", "aria-label": "More like this" },
    el("h3", {}, "More like this"),
    choices.length > 1 ? el("fieldset", { class: "choices" }, el("legend", {}, "by"), ...choices.map(choice)) : null,
    body,
  );
}
