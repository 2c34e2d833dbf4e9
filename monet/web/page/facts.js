// Names and values: tiles with large numbers, lists, tables of metrics.
import { el } from "./dom.js";
import { ago, number } from "./format.js";

const timeful = /^\d{4}-\d\d-\d\dT/;

export function valueText(value) {
  if (Array.isArray(value)) return value.map(valueText).join(", ") || "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" && timeful.test(value)) return ago(value);
  return value === null || value === undefined ? "–" : number(value);
}

/// Metrics stand under one another, so they have as many decimals.
const metric = (value) =>
  typeof value === "number" && !Number.isInteger(value) && Math.abs(value) < 10 ? value.toFixed(4) : valueText(value);

/// "takes_history" as people write it.
const words = (name) => name.replaceAll("_", " ");

/// `entries`: `[[name, value, note]]`.
export function tiles(entries) {
  return el(
    "dl",
    { class: "tiles" },
    ...entries.map(([name, value, note]) =>
      el("div", {}, el("dt", {}, name), el("dd", {}, value, note ? el("small", {}, note) : null)),
    ),
  );
}

/// What is no object itself among the members of `object`.
export function factList(object) {
  const plain = Object.entries(object).filter(
    ([, value]) => typeof value !== "object" || value === null || Array.isArray(value),
  );
  return el(
    "dl",
    { class: "facts-list" },
    ...plain.map(([name, value]) =>
      el(
        "div",
        {},
        el("dt", {}, words(name)),
        el("dd", { title: typeof value === "string" ? value : null }, valueText(value)),
      ),
    ),
  );
}

/// A row of numbers for each name: `{"recall@20": 0.11}`, or `{"recall@20": {"before": 0.11, "after": 0.12}}`.
export function numberTable(caption, rows) {
  const columns = [
    ...new Set(Object.values(rows).flatMap((row) => (row && typeof row === "object" ? Object.keys(row) : []))),
  ];
  const cells = (row) => (columns.length ? columns.map((name) => row?.[name]) : [row]);
  return el(
    "table",
    { class: "numbers" },
    el("caption", {}, caption),
    columns.length
      ? el("thead", {}, el("tr", {}, el("td", {}), ...columns.map((name) => el("th", { scope: "col" }, words(name)))))
      : null,
    el(
      "tbody",
      {},
      ...Object.entries(rows).map(([name, row]) =>
        el("tr", {}, el("th", { scope: "row" }, name), ...cells(row).map((value) => el("td", {}, metric(value)))),
      ),
    ),
  );
}
