// A user's shop: what she did, what is recommended to her, and what changes that: β, a basket, clicks.
import { betaSlider } from "./beta.js";
import { collection } from "./collection.js";
import { connection } from "./connection.js";
import { el } from "./dom.js";
import { many } from "./format.js";
import { historyStrip } from "./history.js";
import { openPanel } from "./panel.js";
import { reasonFor, recommendations, recommendedCard } from "./recommend.js";
import { recordSwitch } from "./record.js";
import { results } from "./results.js";
import { basketOf, record, session } from "./session.js";

const size = 24;

/// Draws into `root` until `signal`. `artifact`: that of the status, or null when it is not to be had. `servedBy` is
/// told which one answered.
export function shopView(root, { user, artifact, servedBy, signal }) {
  const ids = basketOf(user);
  const takesItems = artifact?.takes_history !== false;
  const question = () => ({ user, beta: session.beta ?? undefined, history: ids.size ? [...ids] : undefined });

  const history = historyStrip(user, { open, signal });
  const recording = recordSwitch();
  const list = results({
    title: "Recommended",
    nothing: ["Nothing to recommend", "Everything there is has been seen."],
    size,
    query: (own) => recommendations(question(), size, own),
    draw: recommendedCard(open, toggle),
    answered: servedBy,
    signal,
  });
  const basket = collection({
    title: "Basket",
    className: "basket",
    ids,
    words: (number) =>
      number === 0
        ? "Put something in, and the list takes it into account at once."
        : `${many(number, "item")}, counted as bought.`,
    open,
    changed: list.reload,
  });

  function toggle(id) {
    if (!takesItems || history.has(id)) return null;
    const on = ids.has(id);
    const run = () => {
      basket.put(id, !on);
      if (!on) recorded(id, "basket");
    };
    return { icon: "add", on, label: on ? "Remove from basket" : "Add to basket", run };
  }
  async function recorded(id, kind) {
    try {
      if (!(await record(user, id, kind))) return;
      history.reload();
      list.reload();
    } catch (error) {
      recording.refused(error);
    }
  }
  function open(id, first, opener) {
    openPanel(id, {
      first,
      opener,
      by: artifact?.similarities,
      explain: history.has(id) || ids.has(id) ? null : reasonFor(question(), id),
      toggle: toggle(id),
      then: (next, from) => open(next, undefined, from),
    });
    if (!first) recorded(id, "click");
  }

  const noBasket = "This model ranks by its own history only: a basket would not change the list.";
  const controls = [
    betaSlider(artifact, list.reload),
    takesItems ? basket.element : el("p", { class: "notice" }, noBasket),
    recording.element,
  ];
  const title = el("h1", { tabindex: "-1", dir: "auto" }, user);
  root.replaceChildren(
    el("header", { class: "view-head row" }, title, el("a", { href: "#/shop" }, "Another user")),
    el(
      "div",
      { class: "shop" },
      history.element,
      el("aside", { class: "controls", "aria-label": "What changes the list" }, ...controls),
      list.element,
    ),
  );
  const load = () => Promise.all([history.reload(), list.reload()]);
  connection.addEventListener("back", load, { signal });
  return load();
}
