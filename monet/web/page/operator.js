// Who runs the service looks here: is it well, what does it serve, how fast.
import { ask, at, get } from "./api.js";
import { connection } from "./connection.js";
import { button, el } from "./dom.js";
import { factList, numberTable, tiles, valueText } from "./facts.js";
import { count, ms } from "./format.js";
import { histogram } from "./histogram.js";
import { failed, isAbort } from "./states.js";

const everyMs = 5000;
/// Null: nobody has asked yet.
const time = (seconds) => (seconds === null ? "–" : ms(1000 * seconds));

function section(title, className, ...children) {
  return el("section", { class: `block ${className}`, "aria-label": title }, el("h2", {}, title), ...children);
}

/// Requests a second between two answers of /v1/status.
function rate(now, before) {
  if (!before || now.status.started !== before.status.started) return null;
  const answered = ({ requests }) => requests.recommendations + requests.similar;
  return `${((answered(now.status) - answered(before.status)) / ((now.at - before.at) / 1000)).toFixed(1)} a second`;
}

function overview(now, before) {
  const { status } = now;
  const { requests, latency } = status;
  return tiles([
    ["State", status.ready ? "Ready" : "Not ready", `started ${valueText(status.started)}, version ${status.program}`],
    ["Recommendations", count(requests.recommendations), rate(now, before)],
    ["Similar items", count(requests.similar)],
    ["Errors", count(requests.errors), `${count(requests.refused)} refused`],
    ["Median latency", time(latency.p50)],
    ["99th percentile", time(latency.p99)],
  ]);
}

function retraining(status) {
  const { comparison, ...facts } = status.retraining;
  return section(
    "Retraining",
    "retraining",
    factList(facts),
    comparison ? numberTable("On held-out events", comparison) : null,
  );
}

/// `reloadedArtifact` is called when another one serves.
export function operatorView(root, { reloadedArtifact, signal }) {
  const body = el("div", { class: "operator", "aria-busy": "true" });
  const outcome = el("p", { class: "quiet", role: "status" });
  const again = button("Open the artifact anew", { onclick: reload });
  let before = null;
  let timer = 0;

  function show(status) {
    const now = { status, at: performance.now() };
    const { validation, ...artifact } = status.artifact;
    body.replaceChildren(
      overview(now, before),
      el(
        "div",
        { class: "stack" },
        section("Latency", "latency", histogram(status.latency)),
        section(
          "Events and catalogue",
          "events",
          factList({
            "events stored": status.events.stored,
            "users with events": status.events.users,
            items: status.catalogue.items,
            "items available": status.catalogue.available,
            "items hidden": status.catalogue.hidden,
          }),
        ),
        status.retraining ? retraining(status) : null,
      ),
      el(
        "div",
        { class: "stack" },
        section(
          "Artifact",
          "artifact",
          factList(artifact),
          validation ? numberTable("On validation", validation) : null,
        ),
      ),
    );
    before = now;
  }
  async function load() {
    clearTimeout(timer);
    try {
      if (document.visibilityState === "visible" || !before) show(await get(at(["status"]), signal));
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      body.replaceChildren(failed(error, load));
      if (error.status === 401 || error.status === 403) return;
    } finally {
      body.removeAttribute("aria-busy");
    }
    if (!signal.aborted) timer = setTimeout(load, everyMs);
  }
  async function reload() {
    again.disabled = true;
    outcome.textContent = "Opening …";
    try {
      const { milliseconds } = await ask(at(["reload"]), { method: "POST", signal });
      outcome.textContent = `Opened in ${ms(milliseconds)}.`;
      reloadedArtifact();
      await load();
    } catch (error) {
      if (isAbort(error)) return;
      outcome.textContent = `Not opened, the old one goes on serving: ${error.message}`;
    } finally {
      again.disabled = false;
    }
  }
  signal.addEventListener("abort", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && load(), { signal });
  connection.addEventListener("back", load, { signal });
  root.replaceChildren(
    el("header", { class: "view-head row" }, el("h1", { tabindex: "-1" }, "Operator"), again, outcome),
    body,
  );
  return load();
}
