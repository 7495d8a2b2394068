// The panel of one training image.
import { ask, client, get, Gone } from "./ask.js";
import { hide, margin, pin, placesOf, rawMargin, showAnswer } from "./cards.js";
import { groupOf } from "./columns.js";
import { choose, redraw, scrub } from "./drawing.js";
import * as heat from "./heat.js";
import { el, signed } from "./lists.js";
import { $, address, imageAddress, page, plain, remember, step, target, title, view, wordsOf } from "./page.js";
import { chart, fill } from "./panel.js";
import { asked, failed, gone } from "./questions.js";

const SWEPT = 24;

const swept = new Map();
let sweeping = null;
let panelParts = null;

export function openPanel(image) {
  view.image = image;
  remember();
  const [id, className, caption] = page.images[image];
  const facts = [["id", id], ["source", page.run.data.split("?")[0].split("/").pop()]];
  if (caption) facts.unshift([caption.includes(" / ") ? "captions" : "caption", caption]);
  if (className) facts.push(["class", className]);
  const group = groupOf(page.column, image);
  if (group && page.column.name !== "class") facts.push([page.column.name, group]);
  panelParts = fill($("panel"), {
    facts, name: title(image), picture: imageAddress(image), close: closePanel,
    pin: el("button", { type: "button", "aria-pressed": "false", onclick: () => pin(image) }, "Pin"),
    hide: el("button", { type: "button", onclick: () => { hide(image); closePanel(); } }, "Hide"),
  });
  const wasOpen = !$("panel").hidden;
  $("panel").hidden = false;
  document.body.classList.add("with-panel");
  if (!wasOpen) {
    panelParts.close.focus({ preventScroll: true });
  }
  redraw();
  showAnswer();
  sweep();
  get("/api/near?image=" + image).then(({ near, width, height }) => {
    if (view.image === image) {
      panelParts.stored.textContent = ", " + width + " × " + height + " pixels";
      panelParts.near.replaceChildren(...near.map((one) => el("button", {
        type: "button", title: title(one.image), onclick: () => openPanel(one.image),
      }, el("img", { src: imageAddress(one.image), alt: title(one.image) }), (100 * one.distance).toFixed(1) + " %",
      one.alike ? el("b", { class: "alike" }, "near-duplicate") : "")));
    }
  }).catch((e) => (e instanceof Gone ? gone(e.message) : panelParts.near.replaceChildren(el("p", { class: "note" }, e.message))));
}

export function closePanel() {
  const image = view.image;
  view.image = null;
  $("panel").hidden = true;
  document.body.classList.remove("with-panel");
  remember();
  redraw();
  showAnswer();
  document.querySelector('.card-of[data-image="' + image + '"] .open')?.focus({ preventScroll: true });
}

export function showPanel() {
  if (view.image !== null && panelParts) {
    const isPinned = view.pins.includes(view.image);
    panelParts.pin.textContent = isPinned ? "Unpin" : "Pin";
    panelParts.pin.setAttribute("aria-pressed", isPinned);
  }
  if (view.image === null || !panelParts || !page.answer) {
    return;
  }
  const score = page.answer.scores[view.image];
  panelParts.scored.replaceChildren(
    signed(score / page.answer.sd, 2) + margin(view.image, 2) + " σ", el("span", { class: "raw" }, " = " + plain(score)
      + rawMargin(view.image) + ", place " + placesOf()[view.image] + " of " + page.run.images));
  showSwept();
}

const sweepName = () => [view.target, view.estimator, view.seed, view.mask ? view.mask.text() : ""].join(" ");

/** Asks about all steps, once for a patch, while a panel is open. */
export async function sweep() {
  if (view.image === null || !page.answer?.finished) {
    return;
  }
  const name = sweepName();
  if (swept.has(name)) {
    fillHeat();
    return;
  }
  sweeping?.abort();
  const control = new AbortController();
  sweeping = control;
  if (swept.size >= SWEPT) {
    swept.delete(swept.keys().next().value);
  }
  swept.set(name, []);
  try {
    await ask("/api/steps", { ...asked(), client: client("steps") }, control.signal, (found) => {
      const list = swept.get(name) ?? [];
      swept.set(name, [...list.filter((one) => one.step !== found.step), found]);
      showSwept();
    });
    fillHeat();
  } catch (e) {
    swept.delete(name);
    failed(e, control);
  }
}

/** Asks about all pictures when nothing else is asked. */
function fillHeat() {
  if (view.image !== null) {
    heat.fill(view, page.run.targets, showHeat).then(showHeat, (e) => failed(e, { signal: { aborted: false } }));
  }
}

function showHeat() {
  if (view.image !== null && panelParts) {
    panelParts.heat.replaceChildren(heat.table(view, view.image, page.run.targets, wordsOf, (n) => address("target", n), (n, t) => {
      view.mask = null; // The cell is of the whole picture.
      $("rect").value = "";
      view.place = page.run.targets[n].timesteps.indexOf(t);
      choose(n);
    }));
  }
}

function showSwept() {
  if (view.image === null || !panelParts) {
    return;
  }
  const found = swept.get(sweepName()) ?? [];
  const points = found.map((one) => ({
    t: one.step, value: one.scores[view.image] / one.sd, error: (one.error ?? 0) / one.sd,
  }));
  showHeat();
  const focused = document.activeElement?.closest(".dot")?.dataset.t;
  panelParts.steps.replaceChildren(chart(points, target().timesteps[0], step(), (t) => scrub(target().timesteps.indexOf(t), 0)));
  panelParts.steps.querySelector('.dot[data-t="' + focused + '"]')?.focus();
}
