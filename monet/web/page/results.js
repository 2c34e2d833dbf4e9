// A list that is asked for again and again: what is in it stays until the next answer is there, which is compared
// with it.
import { announce, el } from "./dom.js";
import { count, ms } from "./format.js";
import { remember } from "./items.js";
import { redraw } from "./redraw.js";
import { empty, failed, isAbort, loading } from "./states.js";

const fallbacks = {
  recent: "Nothing is known of this user yet: this is what was popular in the last days.",
  popularity: "Nothing is known of this user yet: this is what was popular when the model was trained.",
};

function changesOf(items, before) {
  const changes = new Map();
  if (!before) return changes;
  items.forEach(({ item }, rank) => {
    const rose = before.has(item) ? before.get(item) - rank : null;
    if (rose === null) changes.set(item, { kind: "new", text: "new", words: "new in the list" });
    else if (rose > 0) changes.set(item, { kind: "up", text: `▲ ${rose}`, words: `up ${rose}` });
    else if (rose < 0) changes.set(item, { kind: "down", text: `▼ ${-rose}`, words: `down ${-rose}` });
  });
  return changes;
}

/// `query(signal)` gives `{data, milliseconds}`, `draw(item, change)` a card, `answered(data)` hears of each answer.
/// `nothing`: title and text for an empty list.
export function results({ title, size, query, draw, answered, nothing, signal }) {
  const grid = el("ul", { class: "grid" });
  const place = el("div", { class: "results-body" }, grid);
  const speed = el("p", { class: "speed" });
  const note = el("p", { class: "notice", hidden: true });
  const heading = el("h2", { tabindex: "-1" }, title);
  const element = el(
    "section",
    { class: "results", "aria-label": title },
    el("div", { class: "row" }, heading, speed),
    note,
    place,
  );
  let before = null;
  let asking = new AbortController();

  function show({ data, milliseconds }) {
    remember(data.items);
    const changes = changesOf(data.items, before);
    before = new Map(data.items.map(({ item }, rank) => [item, rank]));
    note.hidden = !fallbacks[data.fallback];
    note.textContent = fallbacks[data.fallback] ?? "";
    speed.replaceChildren(el("strong", {}, ms(data.milliseconds)), ` server · ${ms(milliseconds)} round trip`);
    redraw(
      grid,
      data.items.map((item) => draw(item, changes.get(item.item))),
      heading,
    );
    if (data.items.length === 0) place.replaceChildren(empty(...nothing));
    else if (!grid.isConnected) place.replaceChildren(grid);
    const fresh = [...changes.values()].filter(({ kind }) => kind === "new").length;
    announce(`${count(data.items.length)} items${fresh ? `, ${fresh} new` : ""}.`);
    answered?.(data);
  }

  async function reload() {
    asking.abort();
    asking = new AbortController();
    const own = AbortSignal.any([asking.signal, signal]);
    place.setAttribute("aria-busy", "true");
    if (!before) place.replaceChildren(el("ul", { class: "grid" }, ...loading(Math.min(size, 12))));
    try {
      show(await query(own));
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      before = null;
      speed.replaceChildren();
      note.hidden = true;
      place.replaceChildren(failed(error, reload));
    }
    place.removeAttribute("aria-busy");
  }
  return { element, heading, reload };
}
