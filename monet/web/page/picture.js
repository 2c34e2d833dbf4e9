// An item's picture; where there is none, a tile drawn for it: initials on shapes and a colour that its id decides.
import { send } from "./api.js";
import { el } from "./dom.js";
import { nameOf } from "./format.js";
import { hasKey } from "./key.js";

/// FNV-1a, 32 bits.
function hash(text) {
  let value = 0x811c9dc5;
  for (const unit of text) value = Math.imul(value ^ unit.codePointAt(0), 0x01000193);
  return value >>> 0;
}

function initials(item) {
  const words = nameOf(item).match(/[\p{L}\p{N}]+/gu) || ["?"];
  return words
    .slice(0, 2)
    .map((word) => [...word][0])
    .join("")
    .toUpperCase();
}

export function tile(item) {
  const bits = hash(item.item);
  const place = (shift) => ((bits >>> shift) % 80) + 10;
  return el(
    "svg",
    {
      viewBox: "0 0 100 100",
      class: `tile tile-${bits % 10}`,
      "aria-hidden": "true",
      preserveAspectRatio: "xMidYMid slice",
    },
    el("rect", { class: "ground", width: 100, height: 100 }),
    el("circle", { class: "shape", cx: place(4), cy: place(11), r: 28 + ((bits >>> 18) % 16) }),
    el("circle", { class: "shape", cx: place(20), cy: place(14), r: 12 + ((bits >>> 24) % 12) }),
    el("text", { x: 50, y: 50, "text-anchor": "middle", "dominant-baseline": "central" }, initials(item)),
  );
}

/// Beside its title a picture says nothing new, so it has no text of its own.
export function picture(item) {
  const frame = el("span", { class: "picture" });
  if (!item.picture) {
    frame.append(tile(item));
    return frame;
  }
  const image = el("img", { alt: "", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => frame.replaceChildren(tile(item)));
  frame.append(image);
  if (hasKey()) whenSeen(frame, () => withKey(image, frame, item));
  else image.src = item.picture;
  return frame;
}

const wanted = new WeakMap();
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      wanted.get(target)();
    }
  },
  { rootMargin: "300px" },
);

function whenSeen(frame, load) {
  wanted.set(frame, load);
  seen.observe(frame);
}

// An <img> sends no key.
async function withKey(image, frame, item) {
  try {
    const address = URL.createObjectURL(await (await send(item.picture)).blob());
    image.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
    image.src = address;
  } catch {
    frame.replaceChildren(tile(item));
  }
}
