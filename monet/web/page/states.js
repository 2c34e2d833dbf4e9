// What stands where content is to come: loading, empty, failed.
import { button, el } from "./dom.js";

/// Grey entries of a list in the shape of what will come.
export function loading(number) {
  const entry = () =>
    el(
      "li",
      { class: "waiting" },
      el("span", { class: "picture" }),
      el("span", { class: "bone" }),
      el("span", { class: "bone short" }),
    );
  return Array.from({ length: number }, entry);
}

export function empty(title, text) {
  return el("div", { class: "state" }, el("p", { class: "state-title" }, title), text ? el("p", {}, text) : null);
}

const titles = {
  0: "No connection to the server",
  401: "A key is needed",
  403: "This key may not do that",
  404: "Not there",
  503: "Not ready just now",
};

/// The problem's own words, and a button that tries again.
export function failed(error, again) {
  return el(
    "div",
    { class: "state problem", role: "alert" },
    el("p", { class: "state-title" }, titles[error.status] ?? error.title ?? "That did not work"),
    el("p", {}, error.message),
    again ? button("Try again", { onclick: again }) : null,
  );
}

export const isAbort = (error) => error.name === "AbortError";
