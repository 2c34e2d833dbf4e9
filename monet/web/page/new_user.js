// Somebody the model has never seen: what she likes is clicked together, and goes along with each request.
import { at, get } from "./api.js";
import { betaSlider } from "./beta.js";
import { card } from "./card.js";
import { collection } from "./collection.js";
import { connection } from "./connection.js";
import { button, el } from "./dom.js";
import { many } from "./format.js";
import { remember } from "./items.js";
import { searchedList } from "./more.js";
import { openPanel } from "./panel.js";
import { reasonFor, recommendations, recommendedCard } from "./recommend.js";
import { results } from "./results.js";
import { session } from "./session.js";

const size = 24;

/// What to choose from: what is popular, until something is searched for.
async function offer(search, after, signal) {
  const { items, next } = search
    ? await get(at(["items"], { search, limit: size, after }), signal)
    : (await recommendations({}, size, signal)).data;
  remember(items);
  return { entries: items, next };
}

/// As shopView, without a user.
export function newUserView(root, { artifact, servedBy, signal }) {
  const { liked } = session;
  const question = () => ({ history: [...liked], beta: session.beta ?? undefined });
  const jump = button("", { class: "primary jump", hidden: true, onclick: () => list.heading.focus() });

  const list = results({
    title: "Then you may like",
    nothing: ["Nothing to recommend", "All of it is liked."],
    size,
    query: (own) => recommendations(question(), size, own),
    draw: recommendedCard(open, toggle),
    answered: servedBy,
    signal,
  });
  const likes = collection({
    title: "You like",
    className: "liked",
    ids: liked,
    words: (number) => (number ? many(number, "item") : "Click what you like; two or three will do."),
    more: betaSlider(artifact, () => liked.size && list.reload()),
    open,
    changed,
  });
  const choice = searchedList({
    label: "Search items",
    id: "item-search",
    className: "grid small choose",
    page: offer,
    draw: (item) => card(item, { open: toggle(item.item).run, toggle: toggle(item.item) }),
    nothing: (text) => (text ? `No item with “${text}”` : "Nothing to choose from"),
    signal,
  });

  function toggle(id) {
    const on = liked.has(id);
    return { icon: "like", on, label: on ? "Like no more" : "Like", run: () => likes.put(id, !liked.has(id)) };
  }
  function changed() {
    list.element.hidden = jump.hidden = liked.size === 0;
    jump.textContent = `${many(liked.size, "item")} liked: what comes of it`;
    choice.mark();
    if (liked.size) list.reload();
  }
  function open(id, first, opener) {
    openPanel(id, {
      first,
      opener,
      by: artifact?.similarities,
      explain: liked.has(id) ? null : reasonFor(question(), id),
      toggle: toggle(id),
      then: (next, from) => open(next, undefined, from),
    });
  }

  const head = el(
    "header",
    { class: "view-head" },
    el("h1", { tabindex: "-1" }, "Somebody new"),
    el("p", { class: "quiet" }, "No account and no training: what is clicked goes along with each request."),
  );
  if (artifact?.takes_history === false) {
    const sorry = "This model ranks by its own history only: it has nothing to say to somebody new.";
    root.replaceChildren(head, el("p", { class: "notice" }, sorry));
    return Promise.resolve();
  }
  const choosing = el("section", { class: "choosing", "aria-label": "Choose" }, el("h2", {}, "Click what you like"));
  choosing.append(choice.element);
  list.element.hidden = true;
  const outcome = el("div", { class: "outcome" }, likes.element, list.element);
  root.replaceChildren(head, el("div", { class: "new-user" }, choosing, outcome), jump);
  const load = () => choice.load().then(changed);
  connection.addEventListener("back", load, { signal });
  return load();
}
