// Pictures that are made or found while the page is open.
import { get, Gone, lines } from "./ask.js";
import { choose, markChosen, redraw, showTarget } from "./drawing.js";
import { el } from "./lists.js";
import { $, address, page, step, target, toast, view, wordsOf } from "./page.js";
import { gone, interrupt, question, state } from "./questions.js";

export function addTarget(one, n) {
  $("targets").append(el("label", { class: "target" },
    el("input", { type: "radio", name: "target", value: n, onchange: () => choose(n) }),
    el("img", { src: address("target", n), alt: wordsOf(one, n), loading: "lazy" }),
    el("span", {}, wordsOf(one, n))));
}

/** Fetches what the run has now: others draw, and stages finish. */
export async function refresh() {
  const now = await get("/api/run");
  const first = page.run.estimators.length === 0 && now.estimators.length > 0;
  Object.assign(page.run, { targets: now.targets, estimators: now.estimators, missing: now.missing });
  const isFocused = $("targets").contains(document.activeElement);
  $("targets").replaceChildren();
  page.run.targets.forEach(addTarget);
  markChosen();
  if (isFocused) {
    document.querySelector("#targets input:checked").focus();
  }
  $("missing").hidden = !page.run.missing;
  $("missing").textContent = page.run.missing ?? "";
  if (first) {
    listEstimators();
    question();
  }
}

export function listEstimators() {
  $("estimator").replaceChildren(...page.run.estimators.map((e) => el("option", { value: e.name }, e.name + (e.everyStepAlike ? " (all steps alike)" : ""))));
  if (!page.run.estimators.some((e) => e.name === view.estimator)) {
    view.estimator = page.run.estimators[0]?.name ?? "";
  }
  $("estimator").value = view.estimator;
}

/** Draws while one watches; then the new picture is the one that is asked about. */
export async function drawAnother(wish) {
  if (page.live) {
    return;
  }
  interrupt();
  page.live = { place: 0 };
  let drawn = null;
  $("draw-it").disabled = true;
  $("answer").classList.add("stale");
  $("words").textContent = wish.prompt || "A new picture";
  state("Drawing …", null);
  try {
    await lines("/api/draw", wish, undefined, (line) => {
      if (line.target !== undefined) {
        drawn = line.target;
        return;
      }
      page.live = { place: line.place, xt: new Image(), x0: new Image() };
      for (const kind of ["xt", "x0"]) {
        page.live[kind].onload = redraw;
        page.live[kind].src = line[kind];
      }
      $("step").value = line.place;
      $("step-name").textContent = "t = " + line.step;
      state("Drawing: step " + (line.place + 1) + " of " + target().timesteps.length, null);
    });
    await refresh(); // Others may have drawn, too.
    page.live = null;
    if (drawn !== null) {
      choose(drawn);
    }
  } catch (e) {
    if (e instanceof Gone) {
      gone(e.message);
    } else {
      toast(e.message);
    }
    page.live = null;
    showTarget();
    question();
  } finally {
    page.live = null;
    $("draw-it").disabled = false;
  }
}
