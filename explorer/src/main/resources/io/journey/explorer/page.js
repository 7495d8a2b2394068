// What all parts of the page share.
import * as link from "./link.js";

export const $ = (id) => document.getElementById(id);

/** What is known and shown now: the run, its images, the column that colours them, the answer and one to compare with. */
export const page = {
  run: null, images: [], column: null, answer: null, places: null, kept: null, drawing: null, live: null,
};

/** What a person has chosen. */
export const view = {
  target: 0, place: 0, mask: null, estimator: "", seed: 0, find: "", column: "", group: "",
  shown: link.FEW, pins: [], hidden: new Set(), image: null,
};

export const target = () => page.run.targets[view.target];
export const step = () => target().timesteps[view.place];
export const address = (kind, number, t) => "/picture/" + page.run.key + "/" + kind + "/" + number + (t === undefined ? "" : "/" + t);
export const imageAddress = (i) => address("image", i);
export const title = (i) => page.images[i][2] || page.images[i][1] || page.images[i][0];
export const wordsOf = (one, n) => (one.file ? one.file + (one.words ? ": " + one.words : "") : one.words || "picture " + (n + 1));

export function remember() {
  history.replaceState(null, "", location.pathname + link.hash(view, target(), step()));
}

let toasting = 0;

export function toast(text, milliseconds = 2500) {
  $("toast").textContent = text;
  $("toast").classList.add("on");
  clearTimeout(toasting);
  toasting = setTimeout(() => $("toast").classList.remove("on"), milliseconds);
}

/** A raw score in few digits. */
export function plain(score) {
  const size = Math.abs(score);
  const text = size >= 1e5 || (size > 0 && size < 1e-3) ? score.toExponential(1) : String(Number(score.toPrecision(3)));
  return text.replaceAll("-", "−").replace("e+", "e");
}
