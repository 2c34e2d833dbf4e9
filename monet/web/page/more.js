// A searched list that comes in pages: a field, what was found, a button for more.
import { button, debounced, el, icon } from "./dom.js";
import { redraw } from "./redraw.js";
import { empty, failed, isAbort } from "./states.js";

const pauseMs = 150;

/// `page(text, after, signal)` gives `{entries, next}`; `draw(entry)` a list element. `label` names the field; Enter
/// calls `entered(entry)` with the first one found. `nothing(text)`: the title when none is. `mark()` draws them
/// anew.
export function searchedList({ label, id, className, page, draw, entered, nothing, signal }) {
  const field = el("input", { id, type: "search", autocomplete: "off", spellcheck: "false", placeholder: label });
  const list = el("ul", { class: className });
  const more = button("More", { class: "wide", hidden: true, onclick: () => load(next) });
  const body = el("div", { class: "found" }, list, more);
  let next = null;
  let found = [];
  let asking = new AbortController();

  /// True when what was asked for is there.
  async function load(after = null) {
    later.cancel();
    asking.abort();
    asking = new AbortController();
    const own = AbortSignal.any([asking.signal, signal]);
    body.setAttribute("aria-busy", "true");
    try {
      const text = field.value.trim();
      const answer = await page(text, after, own);
      found = after ? [...found, ...answer.entries] : answer.entries;
      next = answer.next ?? null;
      const drawn = answer.entries.map(draw);
      if (after) list.append(...drawn);
      else list.replaceChildren(...drawn);
      body.replaceChildren(...(found.length ? [list, more] : [empty(nothing(text))]));
      if (after && next === null) drawn[0]?.querySelector("a, button")?.focus();
      more.hidden = next === null;
      return true;
    } catch (error) {
      if (isAbort(error)) return false;
      body.replaceChildren(failed(error, () => load()));
      return false;
    } finally {
      if (!own.aborted) body.removeAttribute("aria-busy");
    }
  }
  const later = debounced(pauseMs, () => load());
  field.addEventListener("input", later);
  const form = el(
    "form",
    {
      role: "search",
      class: "search",
      onsubmit: (event) => {
        event.preventDefault();
        load().then((there) => there && found.length && entered?.(found[0]));
      },
    },
    el("label", { for: id, class: "spoken" }, label),
    icon("search"),
    field,
  );
  return { element: el("div", {}, form, body), load, mark: () => redraw(list, found.map(draw), field) };
}
