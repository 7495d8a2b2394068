// A view as a part of the address, which reopens it.
import { Mask } from "./draw.js";

/** How many images each list has at first. */
export const FEW = 12;

export function hash(view, target, step) {
  const parts = { t: view.target, s: step, e: view.estimator };
  if (target.wish) parts.w = JSON.stringify(target.wish);
  if (target.file) parts.d = target.file;
  if (view.mask) parts.m = view.mask.text();
  if (view.seed) parts.n = view.seed;
  if (view.find) parts.f = view.find;
  parts.k = view.column;
  if (view.shown !== FEW) parts.l = view.shown;
  if (view.group) parts.c = view.group;
  if (view.pins.length) parts.p = view.pins.join(".");
  if (view.hidden.size) parts.h = [...view.hidden].join(".");
  if (view.image !== null) parts.i = view.image;
  return "#" + new URLSearchParams(parts);
}

/** What a view's target was drawn from, where it was drawn here. */
function wishOf(parts) {
  try {
    const wish = JSON.parse(parts.get("w"));
    return wish && typeof wish.prompt === "string" && Number.isInteger(wish.seed) && Number.isInteger(wish.class) ? wish : null;
  } catch (e) {
    return null;
  }
}

/** Reads the address into the view. Returns what its target was made of, where that is not there: a wish, or a file. */
export function read(view, run, most) {
  const parts = new URLSearchParams(location.hash.slice(1));
  const number = (name, below) => {
    const value = Number(parts.get(name));
    return parts.has(name) && Number.isInteger(value) && value >= 0 && value < below ? value : null;
  };
  const numbers = (name) => (parts.get(name) ?? "").split(".").filter((s) => /^\d+$/.test(s)).map(Number).filter((i) => i < run.images);
  const wish = wishOf(parts);
  const file = parts.get("d");
  const same = run.targets.findIndex((one) => (wish ? JSON.stringify(one.wish) === JSON.stringify(wish) : one.file === file));
  const asked = number("t", run.targets.length) ?? 0;
  const isMade = Boolean(wish || file);
  view.target = !isMade ? asked : file && run.targets[asked].file === file ? asked : Math.max(0, same);
  const { timesteps } = run.targets[view.target];
  const at = timesteps.indexOf(number("s", 1e9));
  view.place = at >= 0 ? at : Math.floor(timesteps.length * 0.6);
  view.estimator = run.estimators.some((e) => e.name === parts.get("e")) ? parts.get("e") : run.estimators[0]?.name ?? "";
  view.mask = parts.has("m") ? Mask.fromText(parts.get("m"), run.width, run.height) : null;
  view.seed = number("n", 2 ** 31) ?? 0;
  view.find = parts.get("f") ?? "";
  const usual = run.columns[0] === "class" ? "class" : "";
  view.column = parts.get("k") === "" || run.columns.includes(parts.get("k")) ? parts.get("k") : usual;
  view.shown = Math.max(FEW, number("l", most + 1) ?? FEW);
  view.group = parts.get("c") ?? "";
  view.pins = numbers("p");
  view.hidden = new Set(numbers("h"));
  view.image = number("i", run.images);
  return { wish: wish && same < 0 ? wish : null, file: file && same < 0 ? file : null };
}
