// Why an item is recommended: parts of its score, modalities, and the past items that drove it.
import { shareBar } from "./bar.js";
import { thumb } from "./card.js";
import { el } from "./dom.js";
import { percent } from "./format.js";
import { complete, itemOf } from "./items.js";
import { empty, failed, isAbort } from "./states.js";

const mostPast = 8;

function pastItems(because, open) {
  const heaviest = Math.max(...because.map(({ weight }) => Math.abs(weight)));
  const rows = because.slice(0, mostPast).map(({ item, weight }) => {
    const meter = el("span", { class: "weight", "aria-hidden": "true" }, el("span"));
    meter.firstChild.style.width = `${heaviest ? (100 * Math.abs(weight)) / heaviest : 0}%`;
    const row = thumb(itemOf(item), { open: () => open(item) });
    row.append(meter, el("span", { class: "number" }, percent(weight)));
    return row;
  });
  return el("div", {}, el("h4", {}, "Because of"), el("ul", { class: "because" }, ...rows));
}

function explained(why, open) {
  const parts = [];
  if (why.target_oriented.share || why.because.length) {
    parts.push(
      shareBar("Score", [
        { name: "general taste", share: why.general.share },
        { name: "past items like it", share: why.target_oriented.share },
      ]),
    );
  }
  const modalities = Object.entries(why.modalities ?? {}).map(([name, { share }]) => ({ name, share }));
  if (modalities.length) parts.push(shareBar("Modalities", modalities));
  if (why.because.length) parts.push(pastItems(why.because, open));
  if (why.parts?.length)
    parts.push(
      shareBar(
        "Models",
        why.parts.map(({ model, share }) => ({ name: model, share })),
      ),
    );
  for (const { model, explanation } of why.parts ?? []) {
    const own = explained(explanation, open);
    if (own.length) parts.push(el("details", {}, el("summary", {}, `Because of ${model}`), ...own));
  }
  return parts;
}

/// `explain(signal)` gives a list of at most this one item, explained; `open(id)` is for a past item.
export function whySection(explain, { open, signal }) {
  const body = el(
    "div",
    { class: "why-body", "aria-busy": "true" },
    el("span", { class: "bone" }),
    el("span", { class: "bone short" }),
  );
  async function load() {
    try {
      const { items, fallback } = await explain(signal);
      const explanation = items[0]?.explanation;
      if (items.length === 0) {
        body.replaceChildren(empty("Not recommended", "It is hidden, or not available."));
      } else if (fallback || !explanation) {
        body.replaceChildren(
          empty("It is popular", "The model knows nothing of this user yet, so there is no other reason."),
        );
      } else {
        const past = [explanation, ...(explanation.parts ?? []).map((part) => part.explanation)].flatMap(
          ({ because }) => because.slice(0, mostPast),
        );
        await complete(
          past.map(({ item }) => item),
          signal,
        );
        const parts = explained(explanation, open);
        body.replaceChildren(
          ...(parts.length
            ? parts
            : [empty("General taste", "This model scores neither by past items nor by modalities.")]),
        );
      }
    } catch (error) {
      if (isAbort(error)) return;
      body.replaceChildren(failed(error, load));
    }
    body.removeAttribute("aria-busy");
  }
  load();
  return el("section", { class: "why", "aria-label": "Why" }, el("h3", {}, "Why"), body);
}
