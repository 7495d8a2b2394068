// The figure: one column a step, noise on the left; below each, the images that counted most.

function journeyTable(target, number) {
  const table = el("table", { class: "journey" });
  table.style.minWidth = "calc(var(--side) + " + data.steps.length + " * (var(--image) + 20px))";
  table.append(el("caption", { class: "hidden" }, "Picture " + number + ", step by step"));
  const head = el("tr", {}, el("th", { scope: "col", class: "side" }, "step ", el("var", {}, "t")));
  for (const step of data.steps) {
    head.append(el("th", { scope: "col" }, String(step)));
  }
  table.append(el("thead", {}, head));
  const rows = el("tbody", {});
  rows.append(latentRow(target, "xt", ["x", el("sub", {}, "t")], data.drawn ? "so far" : "with noise", (data.drawn ? "the image so far at timestep t = " : "the picture with noise of timestep t = ")));
  rows.append(latentRow(target, "x0", ["x̂₀"], data.drawn ? "its guess" : "asked about", (data.drawn ? "the finished picture as guessed at step t = " : "the picture itself, at step t = ")));
  table.append(rows);
  table.append(influencers(target, "pos", data.drawn ? "pushed towards it" : "more likely by"));
  table.append(influencers(target, "neg", data.drawn ? "pushed away from it" : "less likely by"));
  if (target.columns[0].agree) {
    table.append(agreementRow(target));
  }
  return table;
}

function latentRow(target, key, label, hint, alt) {
  const side = el("th", { scope: "row", class: "side" }, el("b", {}, ...label), el("span", { class: "hint" }, hint));
  const row = el("tr", { class: "latents" }, side);
  target.columns.forEach((column, c) => {
    const image = picture(column[key], alt + data.steps[c], "step");
    row.append(el("td", {}, key === "x0" ? masked(target, image, true) : el("span", { class: "frame" }, image)));
  });
  return row;
}

function influencers(target, key, label) {
  const body = el("tbody", { class: key });
  const count = target.columns[0][key].length;
  for (let place = 0; place < count; place++) {
    const row = el("tr", {});
    if (place === 0) {
      const words = el("span", { class: "turned" }, label);
      row.append(el("th", { scope: "rowgroup", rowspan: count, class: "side" }, words));
    }
    for (const column of target.columns) {
      row.append(el("td", {}, influencer(...column[key][place])));
    }
    body.append(row);
  }
  return body;
}

/** What a score says by itself; of scores with a unit and several checkpoints, how sure it is. */
function scoreWords(score, margin) {
  const interval = margin === undefined ? "" : " ± " + raw(margin) + " (95 % over checkpoints)";
  return (data.change ? "without it f_t would change by " : "score ") + raw(score) + interval;
}

function influencer(example, deviations, score, margin) {
  const sign = score < 0 ? "neg" : "pos";
  const { id, label, image, training } = data.examples[example];
  const captions = captionsOf(example);
  const flags = training ? ["⚠ " + training] : [];
  const button = el("button", {
    type: "button",
    class: "example " + sign,
    "data-example": example,
    "aria-pressed": "false",
    tabindex: "-1",
    title: [exampleName(example), scoreWords(score, margin), ...flags, ...captions].join("\n"),
  });
  button.append(picture(image, "Training image " + id, "training"));
  button.append(el("span", { class: "score" }, signed(deviations, 1) + "σ"));
  button.append(...flags.map((flag) => el("span", { class: "words flag" }, flag)));
  if (className(label)) {
    button.append(el("span", { class: "class" }, className(label)));
  }
  if (captions.length > 0) {
    button.append(el("span", { class: "words", dir: "auto" }, words(captions[0])));
  }
  return button;
}

function agreementRow(target) {
  const side = el("th", { scope: "row", class: "side", title: "mean over pairs of checkpoints, each asked alone" });
  side.append("agree");
  const row = el("tr", { class: "agree" }, side);
  for (const column of target.columns) {
    const [overlap, spearman] = column.agree;
    const title = "Two checkpoints share " + overlap + " of their top " + data.top
      + "; Spearman’s correlation of their scores is " + spearman;
    row.append(el("td", { title }, overlap.toFixed(1) + " of " + data.top));
  }
  return el("tbody", {}, row);
}

/** One stop for Tab; the arrow keys move from image to image. */
function walkable(table) {
  const grid = [...table.rows]
    .map((row) => [...row.querySelectorAll(".example")])
    .filter((row) => row.length > 0);
  if (grid.length === 0) {
    return;
  }
  grid[0][0].tabIndex = 0;
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  table.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    const row = grid.findIndex((line) => line.includes(event.target));
    if (!move || row < 0) {
      return;
    }
    event.preventDefault();
    const next = grid[row + move[0]]?.[grid[row].indexOf(event.target) + move[1]];
    if (next) {
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  });
}
