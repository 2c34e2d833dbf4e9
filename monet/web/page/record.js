// The switch that has clicks stored, so that they count for good.
import { el } from "./dom.js";
import { session } from "./session.js";

/// `{element, refused}`; `refused(error)` says why a click was not stored, and switches off.
export function recordSwitch() {
  const box = el("input", {
    type: "checkbox",
    role: "switch",
    id: "record",
    "aria-describedby": "record-hint",
    checked: session.recording,
  });
  const complaint = el("p", { class: "complaint", role: "alert" });
  box.addEventListener("change", () => {
    session.recording = box.checked;
    complaint.textContent = "";
  });
  function refused(error) {
    session.recording = box.checked = false;
    complaint.textContent = `Not stored: ${error.message}`;
  }
  const element = el(
    "div",
    { class: "record" },
    el("label", { class: "row", for: "record" }, "Record clicks", box),
    el(
      "p",
      { class: "quiet", id: "record-hint" },
      "What is opened or put into the basket is stored as this user's interactions.",
    ),
    complaint,
  );
  return { element, refused };
}
