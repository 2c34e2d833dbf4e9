// What a user did before: the newest first, those since the training marked.
import { thumb } from "./card.js";
import { el } from "./dom.js";
import { count, many } from "./format.js";
import { at, get } from "./api.js";
import { remember } from "./items.js";
import { failed, isAbort, loading } from "./states.js";

const mostShown = 40;

/// `{element, reload, has}`; `has(id)`: the item is among what she did.
export function historyStrip(user, { open, signal }) {
  const strip = el("ul", { class: "strip" }, ...loading(5));
  const facts = el("p", { class: "quiet" });
  const body = el("div", {}, strip);
  let ids = new Set();

  function show({ trained, fresh, known }) {
    const items = [...fresh, ...trained];
    remember(items);
    ids = new Set(items.map(({ item }) => item));
    const since = fresh.length ? `, ${count(fresh.length)} of them since the training` : "";
    facts.textContent = items.length
      ? many(items.length, "past item") + since
      : known === false
        ? "Nobody of that name has been here yet."
        : "Nothing yet.";
    strip.replaceChildren(
      ...items
        .slice(0, mostShown)
        .map((item, at) => thumb(item, { open: () => open(item.item), note: at < fresh.length ? "new" : null })),
    );
    if (items.length > mostShown)
      strip.append(el("li", { class: "more quiet" }, `and ${items.length - mostShown} more`));
    body.replaceChildren(strip);
    strip.hidden = items.length === 0;
  }
  async function reload() {
    try {
      show(await get(at(["users", user]), signal));
    } catch (error) {
      if (isAbort(error)) return;
      if (error.status === 404) show({ trained: [], fresh: [], known: false });
      else body.replaceChildren(failed(error, reload));
    }
  }
  const element = el(
    "section",
    { class: "history", "aria-label": "History" },
    el("div", { class: "row" }, el("h2", {}, "History"), facts),
    body,
  );
  return { element, reload, has: (id) => ids.has(id) };
}
