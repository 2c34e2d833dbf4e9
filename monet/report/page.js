"use strict";
// Draws the figures of the page (the JSON in #figures, described in page.h) into their places, and again when a place gets
// another width. Colours are variables of the style sheet, so that dark mode and print need no second drawing.
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const colours = 12;
  const colour = (i) => `var(--s${i % colours})`;
  // Past six series a dash tells apart what colour alone might not.
  const dash = (i) => ["none", "7 3", "2 3"][Math.floor(i / 6) % 3];
  const isNumber = (value) => value !== null && value !== undefined;
  // As the tables write them: four decimals below 1.
  function number(value) {
    if (!isNumber(value)) return "–";
    const size = Math.abs(value);
    if (size >= 1 || size === 0) return String(Number(value.toPrecision(4)));
    return size < 0.00005 ? value.toExponential(1) : value.toFixed(4);
  }
  // As an option is written: 0.5, 1e-5.
  function plain(value) {
    if (!isNumber(value)) return "–";
    return value !== 0 && Math.abs(value) < 0.001 ? String(Number(value.toPrecision(6)).toExponential()) : String(Number(value.toPrecision(6)));
  }
  const withError = (d) => number(d.y) + (d.error ? ` ± ${number(d.error)}` : "");

  // One object per number, with its series.
  function points(figure) {
    const all = [];
    figure.series.forEach((series, index) => {
      series.y.forEach((y, k) => {
        if (!isNumber(y)) return;
        const x = series.labels ? series.labels[k] : series.x[k];
        all.push({ x, x2: series.x ? series.x[k + 1] : x, y, error: (series.error && series.error[k]) || 0, name: series.name, index });
      });
    });
    return all;
  }

  function legend(figure) {
    const box = document.createElement("div");
    box.className = "legend";
    figure.series.forEach((series, i) => {
      const entry = document.createElement("span");
      const filled = figure.kind !== "line";
      entry.innerHTML = `<svg width="22" height="10" aria-hidden="true">${
        filled ? `<rect x="6" y="0" width="10" height="10" rx="2" fill="${colour(i)}"/>`
               : `<line x1="0" y1="5" x2="22" y2="5" stroke="${colour(i)}" stroke-width="2.5" stroke-dasharray="${dash(i)}"/>`
      }</svg>`;
      entry.append(series.name);
      box.append(entry);
    });
    return box;
  }

  const tip = (data, channels) => Plot.tip(data, Plot.pointer({ fill: "var(--card)", stroke: "var(--muted)", ...channels }));
  const axisText = { fontSize: 11.5 };
  const marginFor = (labels, width) =>
    Math.min(Math.max(...labels.map((label) => label.length)) * 7 + 14, width * 0.46);

  function line(figure, width) {
    const data = points(figure);
    const values = [...new Set(data.map((d) => d.x))].sort((a, b) => a - b);
    const few = values.length <= 10;
    const marks = [];
    if (figure.mark) {
      marks.push(Plot.ruleX([figure.mark.x], { stroke: "var(--muted)", strokeDasharray: "3 3" }));
      marks.push(Plot.text([figure.mark.label], { x: [figure.mark.x], frameAnchor: "bottom", dy: -6, dx: 5, textAnchor: "start", fill: "var(--muted)" }));
    }
    const strong = figure.series.length <= 3;
    figure.series.forEach((_, i) => {
      const own = data.filter((d) => d.index === i);
      marks.push(Plot.ruleX(own.filter((d) => d.error), { x: "x", y1: (d) => d.y - d.error, y2: (d) => d.y + d.error, stroke: colour(i), strokeOpacity: 0.7 }));
      marks.push(Plot.line(own, { x: "x", y: "y", stroke: colour(i), strokeWidth: strong ? 2 : 1.6, strokeDasharray: dash(i) }));
      if (own.length <= 12) marks.push(Plot.dot(own, { x: "x", y: "y", fill: colour(i), r: 3 }));
    });
    marks.push(tip(data, { x: "x", y: "y", title: (d) => `${d.name ? d.name + "\n" : ""}${figure.xLabel} ${plain(d.x)}\n${figure.yLabel} ${withError(d)}` }));
    const x = { label: figure.xLabel, labelAnchor: "center", labelArrow: "none", type: figure.xScale };
    if (figure.xScale === "point") Object.assign(x, { domain: values, tickFormat: plain });
    else if (few) Object.assign(x, { ticks: values, tickFormat: plain });
    return { marks, x, y: { label: figure.yLabel, labelArrow: "none", grid: true, nice: true }, height: width < 480 ? 260 : 320, marginLeft: 52, marginRight: 20 };
  }

  function errorBars(data, channels) {
    return Plot.ruleY(data.filter((d) => d.error), { x1: (d) => Math.max(d.y - d.error, 0), x2: (d) => d.y + d.error, stroke: "var(--text)", strokeWidth: 1.3, ...channels });
  }

  function bar(figure, width) {
    const data = points(figure);
    const labels = [...new Set(figure.series.flatMap((series) => series.labels))];
    const several = figure.series.length > 1;
    const names = figure.series.map((series) => series.name);
    const best = figure.highestIsBest ? Math.max(...data.map((d) => d.y)) : null;
    const marginLeft = marginFor(labels, width);
    const place = several ? { fy: "x", y: "name" } : { y: "x" };
    const lineWidth = (marginLeft - 10) / 11.5;
    const marks = [
      Plot.ruleX([0], { stroke: "var(--muted)" }),
      Plot.barX(data, { ...place, x: "y", fill: (d) => colour(several ? d.index : 0), fillOpacity: (d) => (best === null || d.y === best ? 0.9 : 0.55), insetTop: 1, insetBottom: 1 }),
      errorBars(data, place),
      Plot.text(data, { ...place, x: (d) => d.y + d.error, text: (d) => number(d.y), dx: 5, textAnchor: "start", fill: "var(--text)", fontSize: several ? 9.5 : 11 }),
    ];
    const axis = { anchor: "left", label: null, tickSize: 0, lineWidth, textOverflow: "ellipsis", ...axisText };
    marks.push(several ? Plot.axisFy(axis) : Plot.axisY(axis));
    const row = several ? 15 * names.length + 10 : 26;
    return {
      marks, marginLeft, marginRight: 58, marginTop: 6, height: labels.length * row + 46,
      x: { label: figure.yLabel, labelAnchor: "center", labelArrow: "none", grid: true, nice: true, ticks: Math.max(Math.floor((width - marginLeft - 58) / 60), 2) },
      ...(several ? { y: { domain: names, axis: null }, fy: { domain: labels, padding: 0.15 } } : { y: { domain: labels, padding: 0.2 } }),
    };
  }

  function histogram(figure, width) {
    const data = points(figure);
    const marks = [Plot.ruleY([0], { stroke: "var(--muted)" })];
    figure.series.forEach((_, i) => {
      const own = data.filter((d) => d.index === i);
      marks.push(Plot.rectY(own, { x1: "x", x2: "x2", y1: 0, y2: "y", fill: colour(i), fillOpacity: 0.35, stroke: colour(i), strokeOpacity: 0.9, strokeWidth: 0.8, inset: 0 }));
    });
    marks.push(tip(data, { x: (d) => (d.x + d.x2) / 2, y: "y", title: (d) => `${d.name}\n${plain(d.x)} to ${plain(d.x2)}\n${figure.yLabel} ${number(d.y)}` }));
    return { marks, x: { label: figure.xLabel, labelAnchor: "center", labelArrow: "none" }, y: { label: figure.yLabel, labelArrow: "none", grid: true, nice: true }, height: width < 480 ? 240 : 300, marginLeft: 52, marginRight: 20 };
  }

  function heat(figure, width) {
    const data = points(figure);
    const low = Math.min(...data.map((d) => d.y));
    const high = Math.max(...data.map((d) => d.y));
    const share = (d) => (high > low ? (d.y - low) / (high - low) : 1);
    const rows = figure.series.map((series) => series.name);
    const cols = figure.series[0].labels;
    const room = (width - 80) / cols.length;
    const marks = [
      Plot.cell(data, { x: "x", y: "name", fill: (d) => d3.interpolateRgb("#e6eef8", "#174a85")(share(d)), stroke: (d) => (d.y === high ? "var(--text)" : "none"), strokeWidth: 2, inset: 1 }),
      tip(data, { x: "x", y: "name", title: (d) => `${figure.xLabel} ${d.x}, ${figure.rowLabel} ${d.name}\n${figure.yLabel} ${number(d.y)}` }),
    ];
    if (room > 34) marks.splice(1, 0, Plot.text(data, { x: "x", y: "name", text: (d) => number(d.y), fill: (d) => (share(d) > 0.5 ? "#fff" : "#14171c"), fontSize: room > 52 ? 11.5 : 9.5 }));
    return {
      marks, padding: 0, marginLeft: Math.max(marginFor(rows, width), 46), marginRight: 16, marginTop: 6, height: rows.length * 40 + 46,
      x: { label: figure.xLabel, labelAnchor: "center", labelArrow: "none", domain: cols, type: "band", tickSize: 0 },
      y: { label: figure.rowLabel, labelArrow: "none", domain: [...rows].reverse(), type: "band", tickSize: 0 },
    };
  }

  function scatter(figure, width) {
    const data = points(figure);
    const marks = [
      Plot.ruleX(data.filter((d) => d.error), { x: "x", y1: (d) => d.y - d.error, y2: (d) => d.y + d.error, stroke: (d) => colour(d.index), strokeOpacity: 0.6 }),
      Plot.dot(data, { x: "x", y: "y", fill: (d) => colour(d.index), symbol: (d) => ["circle", "diamond", "triangle"][Math.floor(d.index / 6) % 3], r: 5 }),
      tip(data, { x: "x", y: "y", title: (d) => `${d.name}\n${figure.xLabel} ${plain(d.x)}\n${figure.yLabel} ${withError(d)}` }),
    ];
    return { marks, symbol: { type: "identity" }, x: { label: figure.xLabel, labelAnchor: "center", labelArrow: "none", type: figure.xScale, grid: true, nice: figure.xScale !== "log", inset: 12, ticks: width < 480 ? 4 : 8 }, y: { label: figure.yLabel, labelArrow: "none", grid: true, nice: true }, height: width < 480 ? 260 : 320, marginLeft: 52, marginRight: 20 };
  }

  const kinds = { line, bar, histogram, heat, scatter };

  function draw(place) {
    const figure = figures[Number(place.dataset.figure)];
    try {
      const width = Math.max(Math.round(place.clientWidth), 240);
      const options = kinds[figure.kind](figure, width);
      const chart = Plot.plot({ width, marginTop: 30, marginBottom: 40, className: "chart", style: { fontSize: "11.5px" }, ...options });
      const named = figure.kind !== "heat" && (figure.series.length > 1);
      place.replaceChildren(...(named ? [legend(figure), chart] : [chart]));
    } catch (error) {
      place.dataset.failed = String(error);
      place.textContent = "This figure could not be drawn; its numbers are below.";
    }
  }

  const widths = new WeakMap();
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (Math.abs((widths.get(target) || 0) - target.clientWidth) < 8) continue;
      widths.set(target, target.clientWidth);
      draw(target);
    }
  });
  for (const place of document.querySelectorAll(".plot")) {
    widths.set(place, place.clientWidth);
    draw(place);
    observer.observe(place);
  }
})();
