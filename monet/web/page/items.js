// Items that were in an answer, so that a list of ids has titles and pictures without asking again.
import { at, get } from "./api.js";

const known = new Map();

export function remember(items) {
  for (const item of items) known.set(item.item, { ...known.get(item.item), ...item });
}

export const itemOf = (id) => known.get(id) ?? { item: id };

/// The item with its description, which lists leave out.
export async function details(id, signal) {
  if (itemOf(id).recommendable === undefined) remember([await get(at(["items", id]), signal)]);
  return itemOf(id);
}

/// Makes sure that those of `ids` that have a picture are known with it; one that the catalogue lacks stays an id.
export async function complete(ids, signal) {
  const missing = [...new Set(ids)].filter(
    (id) => itemOf(id).picture === undefined && itemOf(id).recommendable === undefined,
  );
  await Promise.all(
    missing.map((id) =>
      details(id, signal).catch((error) => {
        if (error.status !== 404) throw error;
      }),
    ),
  );
}
