// Scores of groups: a row a group, beside what chance gives.

const RANGE = { height: 22, wide: 190, narrow: 110 };

/** A grouping: what was found in words, and its groups that are farthest from chance. */
function groupFigure(grouping, number) {
  const { sentence, rows, more } = grouping.targets[number];
  const out = [el("h3", {}, "By ", el("bdi", {}, grouping.column)), el("p", { class: "verdict", dir: "auto" }, sentence)];
  const widest = Math.max(4, ...rows.map((row) => Math.abs(row.z))) * 1.12;
  const shares = rows.some((row) => row.share);
  const head = el("tr", {});
  for (const title of ["group", "images", "beside chance", "σ", "p", ...(shares ? ["share"] : []), "at each step"]) {
    head.append(el("th", { scope: "col" }, title));
  }
  const body = el("tbody", {});
  for (const row of rows) {
    const line = el("tr", { class: row.beyond ? (row.z > 0 ? "pos" : "neg") : false });
    line.append(
      el("th", { scope: "row", dir: "auto" }, row.name),
      el("td", {}, row.images.toLocaleString("en")),
      el("td", { class: "range" }, groupRange(row, widest)),
      el("td", {}, signed(row.z, 1)),
      el("td", {}, row.p.toFixed(3)));
    if (shares) {
      line.append(groupShare(row));
    }
    line.append(el("td", { class: "cells" }, stepCells(row.steps)));
    body.append(line);
  }
  const table = el("table", { class: "groups" }, el("thead", {}, head), body);
  out.push(el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "Groups by " + grouping.column }, table));
  if (more > 0) {
    out.push(el("p", { class: "note" }, more === 1 ? "One group nearer to chance is left out." : more.toLocaleString("en") + " groups nearer to chance are left out."));
  }
  return out;
}

/** Distance from chance: a dot, its interval, and the band of random groups. */
function groupRange(row, widest) {
  const { height } = RANGE;
  const width = window.innerWidth < 640 ? RANGE.narrow : RANGE.wide;
  const x = (z) => width / 2 + (Math.max(-widest, Math.min(widest, z)) / widest) * (width / 2 - 4);
  const chart = svg("svg", { width, height, role: "img" });
  chart.append(svg("title", {}, signed(row.z, 1) + " deviations from chance"
    + (row.interval ? ", interval over checkpoints " + signed(row.interval[0], 1) + " to " + signed(row.interval[1], 1) : "")));
  chart.append(svg("rect", { x: x(-1.96), y: 0, width: x(1.96) - x(-1.96), height, class: "band" }));
  chart.append(svg("line", { x1: x(0), x2: x(0), y1: 0, y2: height, class: "zero" }));
  if (row.interval) {
    chart.append(svg("line", { x1: x(row.interval[0]), x2: x(row.interval[1]), y1: height / 2, y2: height / 2, class: "interval" }));
    for (const end of row.interval.filter((z) => Math.abs(z) > widest)) {
      const tip = end > 0 ? width : 0;
      const back = tip - Math.sign(end) * 8;
      chart.append(svg("path", { d: `M${tip} ${height / 2}L${back} ${height / 2 - 5}V${height / 2 + 5}Z`, class: "cut" }));
    }
  }
  chart.append(svg("circle", { cx: x(row.z), cy: height / 2, r: 4.5, class: "dot" }));
  return chart;
}

function groupShare(row) {
  if (!row.share) {
    return el("td", {}, "");
  }
  const [share, low, high] = row.share;
  return el("td", { title: "of all images: " + finePercent(row.chance) }, finePercent(share),
    el("span", { class: "hint" }, finePercent(low) + " to " + finePercent(high) + "; of images " + finePercent(row.chance)));
}

/** A share; small ones with a digit behind the point. */
function finePercent(share) {
  return 100 * share < 9.95 && share > 0 ? (100 * share).toFixed(1) + "%" : percent(share);
}

/** A cell a step, greener the farther above 0, redder the farther below. */
function stepCells(steps) {
  const cells = el("span", { class: dense ? "strip dense" : "strip" });
  steps.forEach(([z, beyond], c) => {
    const title = "t = " + data.steps[c] + ": " + signed(z, 1) + (beyond ? ", beyond chance" : "");
    const cell = el("span", { class: (z < 0 ? "neg" : "pos") + (beyond ? " beyond" : ""), title }, el("span", { class: "hidden" }, title));
    cell.style.setProperty("--share", Math.min(1, Math.abs(z) / 8).toFixed(3));
    cells.append(cell);
  });
  return cells;
}
