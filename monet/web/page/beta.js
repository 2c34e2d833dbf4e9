// The slider for β: how much the past items that are like a candidate weigh against the taste in general.
import { button, debounced, el } from "./dom.js";
import { session } from "./session.js";

const pauseMs = 120;

/// Null where the model has no β (`artifact.kind` is not target_aware). `changed()` is called when it was moved.
export function betaSlider(artifact, changed) {
  if (artifact?.kind !== "target_aware") return null;
  const trained = artifact.beta;
  const value = el("output", { for: "beta" });
  const slider = el("input", {
    id: "beta",
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-describedby": "beta-ends",
  });
  const reset = button(`As trained (${trained})`, { class: "link", onclick: () => set(null) });
  const later = debounced(pauseMs, changed);

  function show() {
    const now = session.beta ?? trained;
    slider.value = now;
    value.textContent = now.toFixed(2);
    reset.hidden = session.beta === null;
  }
  function set(beta) {
    session.beta = beta;
    show();
    later();
  }
  slider.addEventListener("input", () => set(Number(slider.value)));
  reset.addEventListener("click", () => slider.focus());
  show();
  return el(
    "div",
    { class: "beta" },
    el("div", { class: "row" }, el("label", { for: "beta" }, "β"), value, reset),
    slider,
    el(
      "p",
      { class: "ends row", id: "beta-ends" },
      el("span", {}, "General taste"),
      el("span", {}, "Past items like it"),
    ),
  );
}
