// Questions, and what is said of their answers.
import { ask, client, Gone } from "./ask.js";
import * as heat from "./heat.js";
import { el } from "./lists.js";
import { $, address, page, remember, step, view } from "./page.js";

/** What is done with each answer, and after the last: set by who shows them. */
export const after = { answer: () => {}, last: () => {} };

let asking = null;
let timer = 0;

export function asked() {
  return {
    client: client("ask"), target: view.target, step: step(), estimator: view.estimator,
    seed: view.seed, mask: view.mask ? view.mask.question() : null,
  };
}

/** Whether what is shown answers what is asked: not while a new question waits for its first answer. */
export function isAnswered() {
  return !page.live && page.answer !== null && page.answer !== undefined && !$("answer").classList.contains("stale");
}

/** Ends what is asked. */
export function interrupt() {
  clearTimeout(timer);
  asking?.abort();
  heat.pause();
}

/** Asks, unless something else is asked within a moment, or a picture is being drawn: that one is asked about next. */
export function question(wait = 0) {
  remember();
  if (page.live) {
    return;
  }
  interrupt();
  if (page.run.estimators.length === 0) {
    state("", null);
    return;
  }
  $("answer").classList.add("stale");
  $("answer").dataset.finished = "false";
  timer = setTimeout(send, wait);
}

async function send() {
  const control = new AbortController();
  asking = control;
  const began = performance.now();
  state("Asking …", null);
  try {
    await ask("/api/ask", asked(), control.signal, (found) => {
      if (control.signal.aborted) {
        return;
      }
      found.seconds = (performance.now() - began) / 1000;
      performance.mark("answer", { detail: { draws: found.draws, finished: found.finished } });
      page.answer = found;
      page.places = null;
      $("answer").classList.remove("stale");
      after.answer();
    });
    after.last();
  } catch (e) {
    failed(e, control);
  }
}

export function failed(e, control) {
  if (e.name === "AbortError" || control.signal.aborted) {
    return;
  }
  if (e instanceof Gone) {
    gone(e.message);
  } else {
    state(e.message, null);
  }
}

export function gone(why) {
  $("gone").hidden = false;
  $("gone").textContent = why === "The explorer has stopped."
    ? why + " Start journey explore again with the same --port and --token, and this page goes on; what is shown stays."
    : why + " Open the address that it printed, with what follows the # here to see the same view.";
}

export function returned() {
  const was = !$("gone").hidden;
  $("gone").hidden = true;
  if (was) {
    question();
  }
}

export function state(text, found) {
  $("state").textContent = text;
  const dots = $("dots");
  dots.replaceChildren();
  for (let i = 0; i < 10; i++) {
    dots.append(el("i", { class: found && i < found.shared ? "on" : "" }));
  }
}

function stability(found) {
  if (found.shared < 0) {
    return "first look";
  }
  return found.stable ? "stable" : found.finished ? "all draws are in, and the order is not sure" : "settling";
}

export function stateText(found) {
  const of = found.ofCheckpoints > 1 ? " of " + found.checkpoints + " of " + found.ofCheckpoints + " checkpoints" : "";
  const error = found.error === undefined ? "" : " · standard error " + (found.error / found.sd).toFixed(2) + " σ";
  const shared = found.shared < 0 ? "" : " · " + found.shared + " of the strongest ten by both halves";
  return stability(found) + ": " + found.draws + " of " + found.ofDraws + " draws" + of + shared + error + " · " + found.seconds.toFixed(1) + " s";
}
