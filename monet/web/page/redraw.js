// Drawing a list of items anew without anybody losing their place: focus stays, pictures are not loaded again.

// Which control of which item has the focus.
function focusIn(list) {
  const active = document.activeElement;
  const owner = list.contains(active) ? active.closest("[data-item]") : null;
  return (
    owner && { item: owner.dataset.item, rank: [...list.children].indexOf(owner), control: `.${active.classList[0]}` }
  );
}

/// Puts `entries` (elements with data-item) in place of what `list` holds. Who was on an item that is gone comes to
/// the one in its place, or to `otherwise`.
export function redraw(list, entries, otherwise) {
  const focus = focusIn(list);
  const before = new Map([...list.children].map((entry) => [entry.dataset.item, entry]));
  for (const entry of entries) {
    const drawn = before.get(entry.dataset.item)?.querySelector(".picture");
    if (drawn) entry.querySelector(".picture").replaceWith(drawn);
  }
  list.replaceChildren(...entries);
  if (!focus) return;
  const owner =
    list.querySelector(`[data-item="${CSS.escape(focus.item)}"]`) ?? list.children[focus.rank] ?? list.lastElementChild;
  (owner?.querySelector(focus.control) ?? otherwise)?.focus({ preventScroll: true });
}
