// What the visitor has set, as long as the page is open: β, whether clicks are recorded, baskets, what a new user
// likes.
import { at, post } from "./api.js";

const baskets = new Map();

/// Ids in the order they were put in.
export function basketOf(user) {
  if (!baskets.has(user)) baskets.set(user, new Set());
  return baskets.get(user);
}

export const session = { beta: null, recording: false, liked: new Set() };

/// Stores that `user` did `kind` to an item, if clicks are recorded; true when it did.
export async function record(user, item, kind) {
  if (!session.recording) return false;
  await post(at(["interactions"]), { user, item, kind });
  return true;
}
