// Asking for recommendations, and for the reason of one. A question is `{user, history, beta}` of which each may be
// missing.
import { at, post } from "./api.js";

const path = at(["recommendations"]);

export const recommendations = (question, k, signal) => post(path, { ...question, k }, signal);

/// Gives a list with at most this item, explained as it scores for the question, whether it is in her list or not.
export const reasonFor = (question, id) => async (signal) => {
  const rules = { only: [id], seen: true, available: false };
  return (await post(path, { ...question, k: 1, explain: true, rules }, signal)).data;
};

/// What each recommended item offers.
export const reasonActions = (id, open) => [
  { label: "Why?", run: () => open(id, "why") },
  { label: "More like this", run: () => open(id, "similar") },
];
