// Asking for recommendations, and for the reason of one. A question is `{user, history, beta}` of which each may be
// missing.
import { at, post } from "./api.js";
import { card } from "./card.js";

const path = at(["recommendations"]);

export const recommendations = (question, k, signal) => post(path, { ...question, k }, signal);

/// Gives a list with at most this item, explained as it scores for the question, whether it is in her list or not.
export const reasonFor = (question, id) => async (signal) => {
  const rules = { only: [id], seen: true, available: false };
  return (await post(path, { ...question, k: 1, explain: true, rules }, signal)).data;
};

/// Draws recommended items: what each offers, and the round button that `toggle(id)` gives it.
export const recommendedCard = (open, toggle) => (item, change) =>
  card(item, {
    change,
    open: () => open(item.item),
    actions: [
      { label: "Why?", run: () => open(item.item, "why") },
      { label: "More like this", run: () => open(item.item, "similar") },
    ],
    toggle: toggle(item.item),
  });
