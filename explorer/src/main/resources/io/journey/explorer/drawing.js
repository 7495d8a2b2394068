// The drawing: its steps, and the patch on it.
import { paint } from "./draw.js";
import { $, address, page, step, target, toast, view, wordsOf } from "./page.js";
import { question } from "./questions.js";

const strips = new Map();

/** The pictures of all steps of a target, from the server once. */
function strip(number) {
  if (!strips.has(number)) {
    if (strips.size >= 6) {
      strips.delete(strips.keys().next().value);
    }
    const made = { xt: new Map(), x0: new Map() };
    strips.set(number, made);
  }
  return strips.get(number);
}

function stepPicture(kind, number, t) {
  const made = strip(number)[kind];
  if (!made.has(t)) {
    const image = new Image();
    image.onload = () => redraw();
    image.src = address(kind, number, t);
    made.set(t, image);
  }
  return made.get(t);
}

/** Fetches the steps around the present one first. */
export function prefetch() {
  const steps = target().timesteps;
  const order = steps.map((t, i) => [Math.abs(i - view.place), t]).sort((a, b) => a[0] - b[0]);
  const number = view.target;
  for (const [, t] of order) {
    stepPicture("x0", number, t);
    stepPicture("xt", number, t);
  }
}

export function redraw() {
  const shown = page.drawing ? page.drawing.mask : view.mask;
  for (const [id, kind] of [["noisy", "xt"], ["predicted", "x0"]]) {
    const canvas = $(id);
    const side = Math.round(canvas.clientWidth * devicePixelRatio) || 300;
    const scale = side / page.run.width;
    const height = Math.round(page.run.height * scale);
    if (canvas.width !== side || canvas.height !== height) {
      canvas.width = side;
      canvas.height = height;
    }
    const picture = page.live?.[kind] ?? stepPicture(kind, view.target, step());
    paint(canvas, picture, page.live ? null : shown, scale, page.drawing?.trail);
  }
}

/** What the pictures and lists of the present target are. */
export function sayings() {
  return target().asked ? {
    noisy: "the picture with noise", predicted: "the picture itself",
    positive: "Makes the picture more likely", negative: "Makes it less likely",
    sign: "positive: without this image the model would find the patch less likely",
  } : {
    noisy: "the image so far", predicted: "the model’s guess of the end",
    positive: "Pushed it towards what it became", negative: "Pushed it away",
    sign: "positive: without this image the patch would have become less like it is",
  };
}

export function showTarget() {
  const one = target();
  $("words").textContent = wordsOf(one, view.target);
  $("asked").hidden = !one.asked;
  $("asked").textContent = one.asked ?? "";
  const said = sayings();
  $("noisy-name").textContent = ", " + said.noisy;
  $("predicted-name").textContent = ", " + said.predicted;
  $("positive-name").textContent = said.positive;
  $("negative-name").textContent = said.negative;
  $("sign").textContent = said.sign;
  markChosen();
  const slider = $("step");
  slider.max = one.timesteps.length - 1;
  slider.value = view.place;
  showStep();
}

function showStep() {
  $("step").value = view.place;
  $("step").setAttribute("aria-valuetext", "t = " + step());
  $("step-name").textContent = "t = " + step() + " (" + (view.place + 1) + " of " + target().timesteps.length + ")";
  redraw();
}

/** Whether a picture is being drawn: until it is done no other can be looked at. */
function isDrawing() {
  if (page.live) {
    toast("A picture is being drawn: look at others when it is done.");
  }
  return Boolean(page.live);
}

/** Marks the present target among the generated pictures. */
export function markChosen() {
  document.querySelectorAll("#targets input").forEach((input, n) => (input.checked = n === view.target));
}

export function choose(number) {
  if (isDrawing()) {
    markChosen();
    return;
  }
  view.target = (number + page.run.targets.length) % page.run.targets.length;
  view.place = Math.min(view.place, target().timesteps.length - 1);
  showTarget();
  prefetch();
  question();
  document.querySelector("#targets input:checked")?.parentElement.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export function scrub(place, wait = 90) {
  if (isDrawing()) {
    return;
  }
  view.place = Math.min(target().timesteps.length - 1, Math.max(0, place));
  showStep();
  question(wait);
}

export function setMask(mask) {
  if (isDrawing()) {
    return;
  }
  view.mask = mask;
  $("rect").value = mask ? (mask.rect ? mask.rect.join(", ") : "drawn by hand") : "";
  redraw();
  question();
}
