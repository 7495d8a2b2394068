// Scores of one training image over all pictures and some of their steps.
import { ask, client } from "./ask.js";
import { el, signed } from "./lists.js";

const STEPS = 6;
const KEPT = 120;
const answers = new Map();
let control = null;

const name = (view, target) => [target, view.estimator, view.seed].join(" ");

/** Ends what is under way: something more urgent is asked. */
export function pause() {
  control?.abort();
  control = null;
}

/** Asks about the whole of every picture, one after the other; tells after each step. */
export async function fill(view, targets, tell) {
  if (control) {
    return;
  }
  const mine = new AbortController();
  control = mine;
  try {
    for (let target = 0; target < targets.length; target++) {
      const key = name(view, target);
      if (answers.get(key)?.isWhole) {
        continue;
      }
      if (answers.size >= KEPT) {
        answers.delete(answers.keys().next().value);
      }
      const found = { cells: [], isWhole: false };
      answers.set(key, found);
      const question = {
        client: client("heat"), target, step: targets[target].timesteps[0], estimator: view.estimator, seed: view.seed, mask: null,
        steps: STEPS, patient: true,
      };
      await ask("/api/steps", question, mine.signal, (answer) => {
        found.cells = [...found.cells.filter((one) => one.step !== answer.step), answer];
        tell();
      });
      found.isWhole = true;
    }
  } finally {
    if (control === mine) {
      control = null;
    }
  }
}

/** The table of an image: a row a picture, a cell a step, noise at the left. */
export function table(view, image, targets, label, picture, choose) {
  const rows = targets.map((one, target) => {
    const cells = [...(answers.get(name(view, target))?.cells ?? [])].sort((a, b) => b.step - a.step);
    const row = el("tr", { class: target === view.target ? "now" : "" }, el("th", { scope: "row" },
      el("img", { src: picture(target), alt: label(one, target), title: label(one, target), loading: "lazy" })));
    for (let n = 0; n < STEPS; n++) {
      const cell = cells[n];
      if (!cell) {
        row.append(el("td", {}, el("span", { class: "wait" }, "·")));
        continue;
      }
      const value = cell.scores[image] / cell.sd;
      const strength = Math.min(100, Math.round(22 * Math.abs(value)));
      const button = el("button", {
        type: "button", title: label(one, target) + ", t = " + cell.step + ": " + signed(value, 2) + " σ", onclick: () => choose(target, cell.step),
      }, signed(value));
      const td = el("td", {}, button);
      td.style.background = "color-mix(in srgb, var(" + (value < 0 ? "--neg" : "--pos") + ") " + strength + "%, transparent)";
      td.classList.toggle("strong", strength > 60);
      row.append(td);
    }
    return row;
  });
  return el("table", { class: "heat" }, el("caption", { class: "note" }, "noise → picture"), ...rows);
}
