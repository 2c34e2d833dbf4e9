// The key that a server asks for, kept as long as the tab is open.
import { button, el } from "./dom.js";

const slot = "monet-key";
let asking = null;

export const hasKey = () => sessionStorage.getItem(slot) !== null;
export const forgetKey = () => sessionStorage.removeItem(slot);
export const keyHeader = () => (hasKey() ? { Authorization: `Bearer ${sessionStorage.getItem(slot)}` } : {});

/// True when there is another key than the one `refused` was sent with; false when none was given. However many
/// requests want one, it is asked for once. `complaint`: why the last one would not do.
export function newKey(refused, complaint) {
  if (keyHeader().Authorization !== refused) return Promise.resolve(true);
  asking ??= askForKey(complaint || (refused ? "That key was refused." : "")).finally(() => (asking = null));
  return asking;
}

function askForKey(complaint) {
  return new Promise((resolve) => {
    const field = el("input", {
      id: "key",
      type: "password",
      autocomplete: "off",
      required: true,
      "aria-describedby": "key-hint",
    });
    const form = el(
      "form",
      { method: "dialog", onsubmit: () => sessionStorage.setItem(slot, field.value.trim()) },
      el("h2", { id: "key-title" }, "An API key, please"),
      el("p", { id: "key-hint" }, "This server answers only with a key. It stays in this tab."),
      complaint ? el("p", { class: "complaint", role: "alert" }, complaint) : null,
      el("label", { for: "key" }, "Key"),
      field,
      el(
        "div",
        { class: "row end" },
        button("Cancel", { class: "quiet", onclick: () => dialog.close("cancel") }),
        el("button", { type: "submit", class: "primary", value: "given" }, "Use this key"),
      ),
    );
    const dialog = el(
      "dialog",
      {
        class: "key",
        "aria-labelledby": "key-title",
        onclose: () => {
          dialog.remove();
          resolve(dialog.returnValue === "given");
        },
      },
      form,
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
