// Scores over the whole trajectory: the strongest images, and what each step says of them.

/** A table of one sign: an image, its score over all steps, its scores at each. */
function overTable(target, key, title) {
  const table = el("table", { class: "over " + key });
  table.append(el("caption", {}, title));
  const weights = el("span", { class: dense ? "strip dense" : "strip" });
  const heaviest = Math.max(...target.over.weights);
  target.over.weights.forEach((weight, c) => {
    const words = "t = " + data.steps[c] + ": weight " + finePercent(weight);
    const bar = el("span", { class: "weight", title: words }, el("span", { class: "hidden" }, words));
    bar.style.setProperty("--share", (weight / heaviest).toFixed(3));
    weights.append(bar);
  });
  const last = data.steps.length - 1;
  const ends = el("span", { class: "ends" }, el("span", {}, "t = " + data.steps[0]), el("span", {}, last > 0 ? String(data.steps[last]) : ""));
  table.append(el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "over all"), el("th", { scope: "col" }, weights, ends))));
  const body = el("tbody", {});
  for (const [example, deviations, score, steps] of target.over[key]) {
    body.append(el("tr", {}, el("td", {}, influencer(example, deviations, score)), el("td", {}, stepCells(steps.map((z) => [z, 0])))));
  }
  table.append(body);
  return table;
}

const WEIGHED = {
  equal: "Every step counts alike.",
  inference: "A step counts by the inference steps that it stands for.",
  decided: "A step counts by the share of the picture that is decided there: by how much more of the finished picture’s variance x̂₀ explains from one inference step to the next.",
};

function renderOver(target, number) {
  byId("over-section").hidden = !data.over;
  if (!data.over) {
    return;
  }
  byId("over-title").textContent = "Picture " + number + (data.drawn ? ", over the whole trajectory" : ", over all steps");
  const tables = [
    overTable(target, "pos", data.drawn ? "pushed towards it" : "more likely by"),
    overTable(target, "neg", data.drawn ? "pushed away from it" : "less likely by"),
  ];
  byId("over").replaceChildren(...tables.map((table) => el("div", { class: "scroll" }, table)));
  tables.forEach(walkable);
  byId("over-caption").textContent = "The weighted mean over steps of an image’s scores, each in standard deviations of all scores at its step, as scores of"
    + " different steps have different units; written in standard deviations of all such means. " + WEIGHED[data.over]
    + " Bars: the weights. Cells: the score at each step, from noise to picture; green pushes towards, red away. What follows unfolds the steps.";
}
