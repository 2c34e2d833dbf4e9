// How many requests took how long: bars, and the same as a table.
import { el } from "./dom.js";
import { count, ms } from "./format.js";

const height = 170;
const foot = 26;

/// What fell between two limits: the status counts all below each (`le`, in seconds), as Prometheus does.
export function perBucket({ le, count: below }) {
  return le.map((limit, at) => ({ limit, requests: below[at] - (at ? below[at - 1] : 0) }));
}

/// Without the empty buckets at both ends, of which there are many.
function trimmed(buckets) {
  const used = buckets.map(({ requests }, at) => (requests ? at : -1)).filter((at) => at >= 0);
  return used.length ? buckets.slice(Math.max(0, used[0] - 1), used.at(-1) + 2) : [];
}

export function histogram(latency) {
  const buckets = trimmed(perBucket(latency));
  if (!buckets.length) return el("p", { class: "quiet" }, "No request yet.");
  const width = matchMedia("(max-width: 40rem)").matches ? 320 : 560; // near what it is shown at
  const most = Math.max(...buckets.map(({ requests }) => requests));
  const step = width / buckets.length;
  const every = Math.ceil(58 / step);
  const bars = buckets.map(({ limit, requests }, at) => {
    const tall = requests ? Math.max(2, (requests / most) * (height - foot - 18)) : 0;
    const middle = (at + 0.5) * step;
    return el(
      "g",
      {},
      el("rect", { class: "column", x: at * step + 2, y: height - foot - tall, width: step - 4, height: tall, rx: 2 }),
      requests && step > 30
        ? el("text", { x: middle, y: height - foot - tall - 5, "text-anchor": "middle" }, count(requests))
        : null,
      at % every === 0
        ? el("text", { class: "axis", x: middle, y: height - 8, "text-anchor": "middle" }, `≤ ${ms(1000 * limit)}`)
        : null,
    );
  });
  const drawing = el(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "histogram", "aria-hidden": "true" },
    ...bars,
    el("line", { class: "ground", x1: 0, x2: width, y1: height - foot, y2: height - foot }),
  );
  const rows = buckets.map(({ limit, requests }) =>
    el("tr", {}, el("th", { scope: "row" }, ms(1000 * limit)), el("td", {}, count(requests))),
  );
  return el(
    "div",
    {},
    drawing,
    el(
      "div",
      { class: "spoken" },
      el(
        "table",
        {},
        el("caption", {}, "Requests by latency"),
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "up to"), el("th", { scope: "col" }, "requests"))),
        el("tbody", {}, ...rows),
      ),
    ),
  );
}
