// The page: which picture is chosen, which training image is marked.

const byId = (id) => document.getElementById(id);
const hint = byId("readout").textContent;
const askedAs = data.drawn ? "sampled as" : "asked as";
const prompted = data.targets.some((target) => "prompt" in target);
let current = 0;
let pinned = null;

function renderChooser() {
  data.targets.forEach((target, number) => {
    const input = el("input", { type: "radio", name: "target", value: number, id: "choose-" + number });
    input.addEventListener("change", () => choose(number, true));
    const kin = className(target.kin);
    const label = el("label", { for: "choose-" + number, title: target.file ?? target.prompt ?? classNote(target) });
    const described = target.file ? ": " + target.file : target.prompt ? ": " + target.prompt : target.asked ? ", " + askedAs + " " + target.asked : kin ? ", like " + kin : "";
    label.append(masked(target, picture(target.final, "Picture " + number + described, "final"), false));
    label.append(el("span", { "aria-hidden": "true", class: "number" }, String(number)));
    if (prompted || target.file) {
      label.append(el("span", { "aria-hidden": "true", class: "words", dir: "auto" }, target.file ?? words(target.prompt)));
    }
    byId("chooser").append(el("span", { class: "choice" }, input, label));
  });
}

// The class a model was told to sample, where it was told one, and the one the picture looks like.
function classNote(target) {
  const kin = className(target.kin);
  const notes = [target.asked ? askedAs + ": " + target.asked : null, kin ? "nearest class: " + kin : null];
  return notes.filter((note) => note).join("; ") || null;
}

/** The chosen picture, larger, with all that it was sampled from. */
function targetCard(target, number) {
  const facts = el("dl", {});
  const add = (name, ...value) => facts.append(el("dt", {}, name), el("dd", { dir: "auto" }, ...value));
  if (target.file) {
    add("File", target.file);
  }
  if (prompted) {
    add("Prompt", words(target.prompt));
  }
  if (target.asked) {
    add(data.drawn ? "Sampled as" : "Asked as", target.asked);
  }
  if (data.masks.length > 0 && !("mask" in target)) {
    add("Asked about", "the whole picture");
  }
  if (data.negative) {
    add("Negative prompt", data.negative);
  }
  if (data.guidance) {
    add("Guidance", data.guidance);
  }
  if (className(target.kin)) {
    add("Nearest class", className(target.kin));
  }
  return [masked(target, picture(target.final, "Picture " + number, "close"), true), facts];
}

function choose(number, byHand) {
  current = number;
  pinned = null;
  const target = data.targets[number];
  byId("choose-" + number).checked = true;
  if (byHand) {
    history.replaceState(null, "", "#target-" + number);
  }
  const carded = prompted || !data.drawn || data.masks.length > 0;
  const note = carded ? null : classNote(target);
  byId("target").replaceChildren(...(carded ? targetCard(target, number) : []));
  byId("journey-title").textContent = "Picture " + number + ", step by step" + (note ? " (" + note + ")" : "");
  renderOver(target, number);
  const table = journeyTable(target, number);
  byId("journey").replaceChildren(table);
  walkable(table);
  byId("bump-title").textContent = "How the strongest images of picture " + number + " change";
  byId("overlap-one-title").textContent = "Picture " + number;
  byId("overlap-one").replaceChildren(agreementTable(target.overlap, target.spearman, 0));
  if (data.classes.length > 0) {
    byId("classes-title").textContent = "Which classes push picture " + number;
    byId("classes").replaceChildren(classBars(target), classLegend(target));
  }
  renderWords(target, number);
  renderGroups(number);
  renderSized();
  mark(null);
}

/** Words and captions of a picture, where its prompt has any. */
function renderWords(target, number) {
  byId("words-section").hidden = !(data.captioned && target.words);
  if (!byId("words-section").hidden) {
    byId("words-title").textContent = "Which words of the prompt the strongest images of picture " + number + " have";
    byId("words").replaceChildren(...(target.words.rows.length > 0 ? [wordsTable(target.words)] : []));
    byId("words-caption").replaceChildren(...wordsNote(target.words));
  }
}

/** What groups of training images got for a picture. */
function renderGroups(number) {
  byId("groups-section").hidden = data.groups.length === 0;
  byId("groups-title").textContent = "Which groups push picture " + number;
  byId("groups").replaceChildren(...data.groups.flatMap((grouping) => groupFigure(grouping, number)));
}

/** Figures that are rendered for the width there is. */
function renderSized() {
  if (!byId("bump-section").hidden) {
    byId("bump").replaceChildren(bumpChart(data.targets[current], byId("bump").clientWidth));
  }
  if (data.loss) {
    byId("loss").replaceChildren(lossChart(data.loss, byId("loss").clientWidth));
  }
}

/** Marks a training image everywhere it stands, and tells its places. */
function mark(example) {
  document.body.classList.toggle("marking", example !== null);
  for (const element of document.querySelectorAll("[data-example]")) {
    const same = element.dataset.example === example;
    element.classList.toggle("same", same);
    if (element.tagName === "BUTTON") {
      element.setAttribute("aria-pressed", String(pinned !== null && element.dataset.example === pinned));
    }
  }
  byId("readout").replaceChildren(...(example === null ? nothingMarked() : closeUp(example)));
}

function nothingMarked() {
  return [el("span", { class: "close empty" }), el("p", {}, hint)];
}

/** A training image, larger, with all its captions and its places. */
function closeUp(example) {
  const told = el("div", {}, el("p", {}, el("bdi", {}, exampleName(example)), ". ", places(example)));
  const { training } = data.examples[example];
  if (training) {
    told.append(el("p", { class: "flag" }, "⚠ " + training));
  }
  const captions = captionsOf(example);
  if (captions.length > 0) {
    told.append(el("ul", {}, ...captions.map((caption) => el("li", { dir: "auto" }, words(caption)))));
  }
  return [picture(data.examples[example].image, "", "close"), told];
}

function places(example) {
  const list = data.targets[current].places[example];
  const last = list.length - 1;
  // Of many steps the ends and the best are told.
  const told = dense ? new Set([0, list.indexOf(Math.min(...list)), last]) : new Set(list.keys());
  const at = (c) => (dense || c === 0 || c === last ? " (t\u00a0=\u00a0" + data.steps[c] + ")" : "");
  return "Place among " + data.size.toLocaleString("en") + ": "
    + [...told].sort((a, b) => a - b).map((c) => list[c].toLocaleString("en") + at(c)).join(" · ");
}

function exampleOf(node) {
  return node instanceof Element ? node.closest("[data-example]")?.dataset.example ?? null : null;
}

function listen() {
  const main = document.querySelector("main");
  const hover = (event) => mark(exampleOf(event.target) ?? pinned);
  main.addEventListener("pointerover", hover);
  main.addEventListener("focusin", hover);
  main.addEventListener("pointerleave", () => mark(pinned));
  main.addEventListener("click", (event) => {
    const example = exampleOf(event.target);
    if (example !== null) {
      pinned = pinned === example ? null : example;
      mark(pinned);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      pinned = null;
      mark(null);
    }
  });
  window.addEventListener("hashchange", () => choose(fromHash(), false));
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      renderSized();
      mark(pinned);
    }
  });
}

function fromHash() {
  const number = Number(/^#target-(\d+)$/.exec(location.hash)?.[1] ?? 0);
  return number < data.targets.length ? number : 0;
}

function renderStill() {
  document.body.classList.toggle("large", Math.max(data.width, data.height) > 48);
  document.body.classList.toggle("captioned", data.captioned);
  document.body.classList.toggle("prompted", prompted || !data.drawn);
  if (data.masks.length > 0) {
    document.body.append(maskShapes());
  }
  // One step alone has nothing to change into.
  byId("bump-section").hidden = data.targets[0].columns.length < 2;
  byId("overlap-all-title").textContent = data.targets.length === 1 ? "Mean over the only picture" : "Mean over all " + data.targets.length + " pictures";
  byId("overlap-all").replaceChildren(agreementTable(data.overlap, data.spearman, 1));
  byId("bump-caption").textContent = "Each column holds the " + data.top + " strongest images of a step, the strongest on top. "
    + "A line follows an image that stays" + (data.classes.length > 0 ? "; colours are classes." : ".");
  if (data.classes.length > 0) {
    byId("classes-section").hidden = false;
    byId("classes-caption").textContent = "Classes of the " + data.counted + " training images that pushed hardest towards the picture, at each step.";
  }
  if (data.loss && data.loss.length > 0) {
    byId("loss-section").hidden = false;
    byId("loss-caption").textContent = "Training loss over training steps, smoothed, on a logarithmic scale; one line for each checkpoint.";
  } else {
    delete data.loss;
  }
  if (data.targets[0].columns[0].agree) {
    byId("journey-caption").append(" The last row: how many of their " + data.top + " strongest two checkpoints share, each asked alone.");
  }
}

renderStill();
renderChooser();
listen();
choose(fromHash(), false);
