// Shares of a whole as one bar, each with its name and number beside it.
import { el } from "./dom.js";
import { percent } from "./format.js";

/// `parts`: `[{name, share}]`. A share may be negative (it speaks against): the bar shows sizes, the number its sign.
export function shareBar(label, parts) {
  const whole = parts.reduce((sum, { share }) => sum + Math.abs(share), 0) || 1;
  const bar = el("div", { class: "bar", "aria-hidden": "true" });
  const names = el("ul", { class: "legend" });
  parts.forEach(({ name, share }, at) => {
    const piece = el("span", { class: `piece colour-${at % 6}${share < 0 ? " against" : ""}` });
    piece.style.flexGrow = String(Math.abs(share) / whole);
    bar.append(piece);
    names.append(
      el(
        "li",
        {},
        el("span", { class: `dot colour-${at % 6}`, "aria-hidden": "true" }),
        name,
        " ",
        el("strong", {}, percent(share)),
      ),
    );
  });
  return el("div", { class: "shares" }, el("h4", {}, label), bar, names);
}
