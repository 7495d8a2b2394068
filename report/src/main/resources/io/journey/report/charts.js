// The smaller figures: places over steps, agreement of steps, classes, words, training loss.

/** From this many steps on, tables of steps are drawn small, as colours without words. */
const DENSE = 31;
const dense = data.steps.length >= DENSE;

/** Which steps are written beside a dense figure: about twelve, the first and the last too. */
function isWritten(c) {
  const gap = Math.ceil(data.steps.length / 12);
  const last = data.steps.length - 1;
  return !dense || c === last || (c % gap === 0 && last - c >= gap / 2);
}

const BUMP = { top: 26, row: 34, image: 28, column: 76 };

/** The place of the strongest images at every step; a line joins the same image at neighbours. */
function bumpChart(target, width) {
  const columns = target.columns;
  const left = width < 640 ? 34 : 76;
  const column = Math.max(BUMP.column, (width - left) / columns.length);
  const x = (c) => left + column * (c + 0.5);
  const y = (place) => BUMP.top + BUMP.row * (place + 0.5);
  const size = [left + column * columns.length, BUMP.top + BUMP.row * data.top];
  const chart = svg("svg", { class: "bump", width: size[0], height: size[1], role: "img" });
  chart.append(svg("title", {}, "Places of the strongest training images at every step"));
  for (let place = 0; place < data.top; place++) {
    chart.append(svg("text", { x: left - 12, y: y(place) + 4, class: "place" }, String(place + 1)));
  }
  const lines = svg("g", {});
  const nodes = svg("g", {});
  columns.forEach((at, c) => {
    chart.append(svg("text", { x: x(c), y: 14, class: "step" }, "t = " + data.steps[c]));
    at.top.forEach((example, place) => {
      const before = c > 0 ? columns[c - 1].top.indexOf(example) : -1;
      if (before >= 0) {
        const bend = (x(c) + x(c - 1)) / 2;
        lines.append(svg("path", {
          d: `M${x(c - 1)} ${y(before)}C${bend} ${y(before)} ${bend} ${y(place)} ${x(c)} ${y(place)}`,
          class: "line",
          stroke: classColour(data.examples[example].label),
          "data-example": example,
        }));
      }
      nodes.append(bumpNode(example, x(c), y(place)));
    });
  });
  chart.append(lines, nodes);
  return chart;
}

function bumpNode(example, x, y) {
  const { label, image } = data.examples[example];
  const half = BUMP.image / 2;
  const box = { x: x - half, y: y - half, width: BUMP.image, height: BUMP.image };
  const node = svg("g", { class: "node", "data-example": example });
  node.append(svg("title", {}, [exampleName(example), ...captionsOf(example)].join("\n")));
  node.append(svg("image", { ...box, href: pictureUrl(image) }));
  node.append(svg("rect", { ...box, rx: 2, stroke: classColour(label) }));
  return node;
}

/** Below the diagonal what the top lists share, above it the correlation of all scores. */
function agreementTable(overlap, spearman, digits) {
  const head = el("tr", {}, el("th", { scope: "col" }, el("var", {}, "t")));
  data.steps.forEach((step, c) => head.append(el("th", { scope: "col" }, stepName(step, c))));
  const body = el("tbody", {});
  data.steps.forEach((step, r) => {
    const row = el("tr", {}, el("th", { scope: "row" }, stepName(step, r)));
    data.steps.forEach((other, c) => row.append(agreementCell(r, c, overlap, spearman, digits)));
    body.append(row);
  });
  const table = el("table", { class: dense ? "matrix dense" : "matrix" }, el("thead", {}, head), body);
  table.style.minWidth = dense ? 40 + data.steps.length * 4 + "px" : (data.steps.length + 1) * 33 + "px";
  return table;
}

/** A step in the margin; in a dense figure most are there for readers of the table alone. */
function stepName(step, c) {
  return el("span", { class: isWritten(c) ? false : "hidden" }, String(step));
}

function agreementCell(r, c, overlap, spearman, digits) {
  if (r === c) {
    return el("td", { class: "diagonal" }, "");
  }
  const below = r > c;
  const share = below ? overlap[r][c] / data.top : Math.abs(spearman[r][c]);
  const text = below
    ? overlap[r][c].toFixed(digits)
    : spearman[r][c].toFixed(2).replace("-", "−").replace("0.", ".");
  const pair = "t = " + data.steps[c] + " and t = " + data.steps[r];
  const cell = el("td", {
    class: (below ? "shared" : "correlated") + (share > 0.75 ? " strong" : ""),
    title: (below ? "Of the top " + data.top + ", shared by " : "Spearman between ") + pair + (dense ? ": " + text : ""),
  }, el("span", {}, text));
  cell.style.setProperty("--share", share.toFixed(3));
  return cell;
}

/** For every step one bar: the classes of the strongest images. */
function classBars(target) {
  const list = el("ol", { class: dense ? "bars dense" : "bars" });
  target.columns.forEach((column, c) => {
    const bar = el("span", { class: "bar" });
    column.classes.forEach((count, label) => {
      if (count > 0) {
        bar.append(classSegment(label, count));
      }
    });
    list.append(el("li", {}, el("span", { class: "when" }, isWritten(c) ? "t = " + data.steps[c] : ""), bar));
  });
  return list;
}

/** The classes in the bars, with their colours. */
function classLegend(target) {
  const list = el("ul", { class: "legend" });
  data.classes.forEach((name, label) => {
    if (target.columns.some((column) => column.classes[label] > 0)) {
      const swatch = el("span", { class: "swatch" });
      swatch.style.background = classColour(label);
      list.append(el("li", {}, swatch, name));
    }
  });
  return list;
}

function classSegment(label, count) {
  const words = className(label) + " " + count;
  const part = el("span", { class: "part", title: words }, el("span", {}, words));
  part.style.flexGrow = count;
  part.style.background = classColour(label);
  return part;
}

/** How many of the strongest images have each word of the prompt, at every step and by chance. */
function wordsTable({ rows, shares, chance: base }) {
  const head = el("tr", {}, el("th", { scope: "col" }, "word"));
  data.steps.forEach((step, c) => head.append(el("th", { scope: "col" }, stepName(step, c))));
  head.append(el("th", { scope: "col", class: "chance" }, "by chance"));
  const body = el("tbody", {});
  for (const { word, chance, at } of rows) {
    const row = el("tr", {}, el("th", { scope: "row", dir: "auto" }, word));
    at.forEach((count, c) => row.append(wordCell(count, count / data.top, word + " at t = " + data.steps[c])));
    row.append(el("td", { class: "chance" }, chance.toFixed(1)));
    body.append(row);
  }
  const mean = el("tr", {}, el("th", { scope: "row" }, "mean share"));
  shares.forEach((share, c) => mean.append(wordCell(percent(share), share, "mean share at t = " + data.steps[c])));
  mean.append(el("td", { class: "chance" }, percent(base)));
  const table = el("table", { class: dense ? "words dense" : "words" }, el("thead", {}, head), body, el("tfoot", {}, mean));
  table.style.minWidth = "calc(16em + " + (data.steps.length * (dense ? 8 : 40)) + "px)";
  return table;
}

function percent(share) {
  return Math.round(100 * share) + "%";
}

function wordCell(text, share, where) {
  const cell = el("td", { class: share > 0.75 ? "shared strong" : "shared", title: where + ": " + text }, el("span", {}, String(text)));
  cell.style.setProperty("--share", share.toFixed(3));
  return cell;
}

/** What the table of words leaves out, and what its last row compares with. */
function wordsNote({ left, absent, best }) {
  const notes = ["How many of the " + data.top + " strongest images have each content word of the prompt in one of their captions,"
    + " beside how many of " + data.top + " images taken by chance. The last row: the mean share of the prompt’s words that an image has;"
    + " the " + data.top + " images whose captions have most of them reach " + percent(best) + "."];
  if (left > 0) {
    notes.push(left === 1 ? "One more word is left out." : left + " more words are left out.");
  }
  const out = [notes.join(" ")];
  if (absent.length > 0) {
    out.push(" In no caption at all: ");
    absent.forEach((word, i) => out.push(i > 0 ? ", " : "", el("bdi", {}, word)));
    out.push(".");
  }
  return out;
}

/** Training loss, logarithmic, one line a checkpoint. */
function lossChart(curves, width) {
  const box = { left: 46, right: 26, top: 8, bottom: 34, height: 240 };
  const points = curves.flatMap((curve) => curve.points).filter((p) => p[1] > 0);
  const steps = points.map((p) => p[0]);
  const losses = points.map((p) => p[1]);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const [low, high] = [Math.log(Math.min(...losses)), Math.log(Math.max(...losses))];
  const x = (v) => box.left + ((v - first) / (last - first || 1)) * (width - box.left - box.right);
  const y = (v) => box.top + ((high - Math.log(v)) / (high - low || 1)) * (box.height - box.top - box.bottom);
  const chart = svg("svg", { class: "loss", width, height: box.height, role: "img" });
  chart.append(svg("title", {}, "Training loss over training steps, one line for each checkpoint"));
  for (const tick of ticks(Math.exp(low), Math.exp(high))) {
    chart.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(tick), y2: y(tick), class: "grid" }));
    chart.append(svg("text", { x: box.left - 8, y: y(tick) + 4, class: "y" }, String(tick)));
  }
  for (const step of evenSteps(first, last)) {
    chart.append(svg("text", { x: x(step), y: box.height - 12, class: "x" }, step.toLocaleString("en")));
  }
  for (const curve of curves) {
    const path = curve.points.filter((p) => p[1] > 0).map((p) => x(p[0]).toFixed(1) + " " + y(p[1]).toFixed(1));
    chart.append(svg("path", { d: "M" + path.join("L"), class: "curve" }, svg("title", {}, "checkpoint " + curve.checkpoint)));
  }
  return chart;
}

/** Round steps within a range, about five. */
function evenSteps(first, last) {
  const rough = (last - first || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const gap = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const found = [];
  for (let step = Math.ceil(first / gap) * gap; step <= last; step += gap) {
    found.push(step);
  }
  return found;
}

/** 1, 2 and 5 times powers of ten within a range; fewer where they are many. */
function ticks(low, high) {
  const decades = Math.log10(high / low);
  const factors = decades > 3 ? [1] : decades > 0.5 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(3));
      if (tick >= low && tick <= high) {
        found.push(tick);
      }
    }
  }
  return found;
}
