// The page: what is looked at, what is asked, what is shown.
import { Gone, ask, client, get, lines } from "./ask.js";
import { Mask, drawable, paint } from "./draw.js";
import { Cards, classColour, correlation, el, highest, matcher, ranks, signed } from "./lists.js";
import { chart, fill } from "./panel.js";
import * as save from "./save.js";

const $ = (id) => document.getElementById(id);
const FIRST = 12;
const MOST = 96;
const SWEPT = 24;

let run;
let images = [];
let classes = [];
const view = {
  target: 0, place: 0, mask: null, estimator: "", seed: 0, find: "", className: "",
  shown: FIRST, pins: [], hidden: new Set(), image: null,
};
let answer = null;
let places = null;
let kept = null;
let drawing = null;
let asking = null;
let timer = 0;
let swept = new Map();
let sweeping = null;
let panelParts = null;
const strips = new Map();

const target = () => run.targets[view.target];
const step = () => target().timesteps[view.place];
const address = (kind, number, t) => "/picture/" + run.key + "/" + kind + "/" + number + (t === undefined ? "" : "/" + t);
const imageAddress = (i) => address("image", i);
const title = (i) => images[i][2] || images[i][1] || images[i][0];
const wordsOf = (one, n) => one.words || "picture " + (n + 1);

// ---- the view as a part of the address

function hash() {
  const parts = { t: view.target, s: step(), e: view.estimator };
  if (target().wish) parts.w = JSON.stringify(target().wish);
  if (view.mask) parts.m = view.mask.text();
  if (view.seed) parts.n = view.seed;
  if (view.find) parts.f = view.find;
  if (view.className) parts.c = view.className;
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

function fromHash() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const number = (name, below) => {
    const value = Number(parts.get(name));
    return parts.has(name) && Number.isInteger(value) && value >= 0 && value < below ? value : null;
  };
  const numbers = (name) => (parts.get(name) ?? "").split(".").filter((s) => /^\d+$/.test(s)).map(Number).filter((i) => i < run.images);
  view.target = number("t", run.targets.length) ?? 0;
  const at = target().timesteps.indexOf(number("s", 1e9));
  view.place = at >= 0 ? at : Math.floor(target().timesteps.length * 0.6);
  view.estimator = run.estimators.some((e) => e.name === parts.get("e")) ? parts.get("e") : run.estimators[0].name;
  view.mask = parts.has("m") ? Mask.fromText(parts.get("m"), run.width, run.height) : null;
  view.seed = number("n", 2 ** 31) ?? 0;
  view.find = parts.get("f") ?? "";
  view.className = classes.includes(parts.get("c")) ? parts.get("c") : "";
  view.pins = numbers("p");
  view.hidden = new Set(numbers("h"));
  view.image = number("i", run.images);
}

function remember() {
  history.replaceState(null, "", location.pathname + hash());
}

// ---- the drawing

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
function prefetch() {
  const steps = target().timesteps;
  const order = steps.map((t, i) => [Math.abs(i - view.place), t]).sort((a, b) => a[0] - b[0]);
  const number = view.target;
  for (const [, t] of order) {
    stepPicture("x0", number, t);
    stepPicture("xt", number, t);
  }
}

function redraw() {
  const shown = drawing ? drawing.mask : view.mask;
  for (const [id, kind] of [["noisy", "xt"], ["predicted", "x0"]]) {
    const canvas = $(id);
    const side = Math.round(canvas.clientWidth * devicePixelRatio) || 300;
    const scale = side / run.width;
    const height = Math.round(run.height * scale);
    if (canvas.width !== side || canvas.height !== height) {
      canvas.width = side;
      canvas.height = height;
    }
    const picture = live?.[kind] ?? stepPicture(kind, view.target, step());
    paint(canvas, picture, live ? null : shown, scale, drawing?.trail);
  }
}

function showTarget() {
  const one = target();
  $("words").textContent = wordsOf(one, view.target);
  document.querySelectorAll("#targets input").forEach((input, n) => (input.checked = n === view.target));
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

function choose(number) {
  view.target = (number + run.targets.length) % run.targets.length;
  view.place = Math.min(view.place, target().timesteps.length - 1);
  showTarget();
  prefetch();
  question();
  document.querySelector("#targets input:checked")?.parentElement.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function scrub(place, wait = 90) {
  view.place = Math.min(target().timesteps.length - 1, Math.max(0, place));
  showStep();
  question(wait);
}

function setMask(mask) {
  view.mask = mask;
  $("rect").value = mask ? (mask.rect ? mask.rect.join(", ") : "drawn by hand") : "";
  redraw();
  question();
}

// ---- questions and answers

function asked() {
  return {
    client: client("ask"), target: view.target, step: step(), estimator: view.estimator,
    seed: view.seed, mask: view.mask ? view.mask.question() : null,
  };
}

/** Asks, unless something else is asked within a moment. */
function question(wait = 0) {
  remember();
  clearTimeout(timer);
  asking?.abort();
  $("answer").classList.add("stale");
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
      answer = found;
      places = null;
      $("answer").classList.remove("stale");
      showAnswer();
    });
    returned();
    sweep();
  } catch (e) {
    failed(e, control);
  }
}

function failed(e, control) {
  if (e.name === "AbortError" || control.signal.aborted) {
    return;
  }
  if (e instanceof Gone) {
    gone(e.message);
  } else {
    state(e.message, null);
  }
}

let waiting = 0;

function gone(why) {
  $("gone").hidden = false;
  $("gone").textContent = why === "The explorer has stopped."
    ? why + " Start it again with journey explore; this page goes on when it is back at the same port."
    : why + " Open the address that it printed; add what follows the # here to see the same view.";
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    try {
      const again = await get("/api/run");
      if (again.key !== run.key) {
        location.reload();
      } else {
        returned();
        question();
      }
    } catch (e) {
      gone(e.message);
    }
  }, 2000);
}

function returned() {
  $("gone").hidden = true;
  clearTimeout(waiting);
}

function state(text, found) {
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

function stateText(found) {
  const of = found.ofCheckpoints > 1 ? " of " + found.checkpoints + " of " + found.ofCheckpoints + " checkpoints" : "";
  const error = found.error === undefined ? "" : " · ± " + (found.error / found.sd).toFixed(2) + " σ";
  const shared = found.shared < 0 ? "" : " · " + found.shared + " of the strongest ten by both halves";
  return stability(found) + ": " + found.draws + " of " + found.ofDraws + " draws" + of + shared + error + " · " + found.seconds.toFixed(1) + " s";
}

const isShown = () => {
  const found = matcher(images, view.find, view.className);
  return view.hidden.size === 0 ? found : (i) => !view.hidden.has(i) && (!found || found(i));
};

function listed() {
  const filter = isShown();
  return {
    positive: highest(answer.scores, view.shown, filter).filter((i) => answer.scores[i] > 0),
    negative: highest(answer.scores, view.shown, filter, -1).filter((i) => answer.scores[i] < 0),
  };
}

let lists;

function showAnswer() {
  if (!answer) {
    return;
  }
  state(stateText(answer), answer);
  $("answer").dataset.finished = answer.finished;
  const { positive, negative } = listed();
  lists.positive.show(positive, updateCard);
  lists.negative.show(negative, updateCard);
  $("pinned").hidden = view.pins.length === 0;
  lists.pinned.show(view.pins, updateCard);
  for (const [id, list] of [["positive", positive], ["negative", negative]]) {
    $(id).classList.toggle("none", list.length === 0);
  }
  $("more").hidden = view.shown >= MOST || Math.max(positive.length, negative.length) < view.shown;
  $("unhide").hidden = view.hidden.size === 0;
  $("unhide").textContent = "Show " + view.hidden.size + " hidden";
  showCompared();
  showPanel();
}

function placesOf() {
  places ??= ranks(answer.scores);
  return places;
}

function makeCard(image) {
  const picture = el("img", { src: imageAddress(image), alt: "", loading: "lazy", width: run.width, height: run.height });
  const open = el("button", { type: "button", class: "open", onclick: () => openPanel(image) },
    picture, el("span", { class: "score" }), el("span", { class: "words" }, title(image)));
  const tools = el("span", { class: "card-tools" },
    el("button", { type: "button", class: "pin", title: "Pin", "aria-label": "Pin " + title(image), onclick: () => pin(image) }, "⚲"),
    el("button", { type: "button", class: "hide", title: "Hide", "aria-label": "Hide " + title(image), onclick: () => hide(image) }, "×"));
  const card = el("div", { class: "card-of", "data-image": image }, open, tools);
  if (images[image][1]) {
    const dot = el("i", { class: "class-dot", title: images[image][1] });
    dot.style.background = classColour(classes, images[image][1]);
    open.querySelector(".words").prepend(dot);
  }
  return card;
}

function updateCard(card, image) {
  const score = answer.scores[image] / answer.sd;
  card.classList.toggle("neg", score < 0);
  card.classList.toggle("pos", score >= 0);
  card.classList.toggle("chosen", image === view.image);
  card.classList.toggle("is-pinned", view.pins.includes(image));
  const before = kept ? ", was #" + kept.places[image] : "";
  card.querySelector(".score").textContent = signed(score) + " σ" + before;
  card.querySelector(".open").title = title(image) + "\n" + images[image][0] + "\nscore " + plain(answer.scores[image])
    + (answer.error === undefined ? "" : " ± " + plain(answer.error)) + ", place " + placesOf()[image] + " of " + run.images;
}

function pin(image) {
  view.pins = view.pins.includes(image) ? view.pins.filter((i) => i !== image) : [...view.pins, image];
  remember();
  showAnswer();
}

function hide(image) {
  view.hidden.add(image);
  view.pins = view.pins.filter((i) => i !== image);
  remember();
  showAnswer();
}

// ---- comparing

function where() {
  const patch = view.mask ? (view.mask.rect ? "patch " + view.mask.rect.join(", ") : "a drawn patch") : "the whole";
  return "“" + wordsOf(target(), view.target) + "” at t = " + step() + ", " + patch + ", " + view.estimator;
}

function keep() {
  if (kept) {
    kept = null;
  } else if (answer) {
    kept = { places: placesOf(), top: new Set(highest(answer.scores, 10)), where: where() };
  }
  $("keep").textContent = kept ? "Stop comparing" : "Keep to compare";
  showAnswer();
}

function showCompared() {
  $("compared").hidden = !kept;
  if (kept) {
    const same = highest(answer.scores, 10).filter((i) => kept.top.has(i)).length;
    $("compared").textContent = "Beside the answer kept, " + kept.where + ": " + same + " of the strongest ten are the same, rank correlation "
      + signed(correlation(placesOf(), kept.places), 2) + " over all.";
  }
}

// ---- one training image

function openPanel(image) {
  view.image = image;
  remember();
  const [id, className, caption] = images[image];
  const facts = [["id", id]];
  if (caption) facts.unshift(["caption", caption]);
  if (className) facts.push(["class", className]);
  panelParts = fill($("panel"), {
    facts, name: title(image), picture: imageAddress(image), close: closePanel,
    pin: el("button", { type: "button", onclick: () => pin(image) }, "Pin"),
    hide: el("button", { type: "button", onclick: () => { hide(image); closePanel(); } }, "Hide"),
  });
  $("panel").hidden = false;
  document.body.classList.add("with-panel");
  redraw();
  showAnswer();
  sweep();
  get("/api/near?image=" + image).then(({ near }) => {
    if (view.image === image) {
      panelParts.near.replaceChildren(...near.map((one) => el("button", {
        type: "button", title: title(one.image), onclick: () => openPanel(one.image),
      }, el("img", { src: imageAddress(one.image), alt: title(one.image) }), (100 * one.distance).toFixed(1) + " %")));
    }
  }).catch((e) => (e instanceof Gone ? gone(e.message) : panelParts.near.replaceChildren(el("p", { class: "note" }, e.message))));
}

function closePanel() {
  const image = view.image;
  view.image = null;
  $("panel").hidden = true;
  document.body.classList.remove("with-panel");
  remember();
  redraw();
  showAnswer();
  document.querySelector('.card-of[data-image="' + image + '"] .open')?.focus({ preventScroll: true });
}

/** A raw score in few digits. */
function plain(score) {
  const size = Math.abs(score);
  const text = size >= 1e5 || (size > 0 && size < 1e-3) ? score.toExponential(1) : String(Number(score.toPrecision(3)));
  return text.replaceAll("-", "−").replace("e+", "e");
}

function showPanel() {
  if (view.image === null || !panelParts || !answer) {
    return;
  }
  const score = answer.scores[view.image];
  panelParts.scored.replaceChildren(
    signed(score / answer.sd, 2) + " σ", el("span", { class: "raw" }, " = " + plain(score)
      + (answer.error === undefined ? "" : " ± " + plain(answer.error)) + ", place " + placesOf()[view.image] + " of " + run.images));
  showSwept();
}

const sweepName = () => [view.target, view.estimator, view.seed, view.mask ? view.mask.text() : ""].join(" ");

/** Asks about all steps, once for a patch, while a panel is open. */
async function sweep() {
  if (view.image === null || asking === null || !answer?.finished) {
    return;
  }
  const name = sweepName();
  if (swept.has(name)) {
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
  } catch (e) {
    swept.delete(name);
    failed(e, control);
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
  panelParts.steps.replaceChildren(chart(points, target().timesteps[0], step(), (t) => scrub(target().timesteps.indexOf(t), 0)));
}

// ---- drawing another picture

function addTarget(one, n) {
  $("targets").append(el("label", { class: "target" },
    el("input", { type: "radio", name: "target", value: n, onchange: () => choose(n) }),
    el("img", { src: address("target", n), alt: wordsOf(one, n), loading: "lazy" }),
    el("span", {}, wordsOf(one, n))));
}

let live = null;

/** Draws while one watches; then the new picture is the one that is asked about. */
async function drawAnother(wish) {
  if (live) {
    return;
  }
  asking?.abort();
  clearTimeout(timer);
  live = { place: 0 };
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
      live = { place: line.place, xt: new Image(), x0: new Image() };
      for (const kind of ["xt", "x0"]) {
        live[kind].onload = redraw;
        live[kind].src = line[kind];
      }
      $("step").value = line.place;
      $("step-name").textContent = "t = " + line.step;
      state("Drawing: step " + (line.place + 1) + " of " + target().timesteps.length, null);
    });
    run.targets = (await get("/api/run")).targets; // Others may have drawn, too.
    $("targets").replaceChildren();
    run.targets.forEach(addTarget);
    live = null;
    if (drawn !== null) {
      choose(drawn);
    }
  } catch (e) {
    if (e instanceof Gone) {
      gone(e.message);
    } else {
      toast(e.message);
    }
    live = null;
    showTarget();
    question();
  } finally {
    live = null;
    $("draw-it").disabled = false;
  }
}

// ---- saving

function toast(text) {
  $("toast").textContent = text;
  $("toast").classList.add("on");
  setTimeout(() => $("toast").classList.remove("on"), 2500);
}

async function saveAs(kind) {
  $("save-menu").hidden = true;
  $("save").setAttribute("aria-expanded", "false");
  if (kind === "link") {
    try {
      await navigator.clipboard.writeText(location.href);
      toast("The link is copied. It opens this view while the explorer runs.");
    } catch (e) {
      toast("The address of this page is the link.");
    }
    return;
  }
  if (!answer) {
    return;
  }
  const file = [run.name, view.target, "t" + step(), view.estimator].join("-").replaceAll(/[^\w-]+/g, "-");
  const now = {
    ...listed(), answer, images, file, run: run.name, target: view.target, words: wordsOf(target(), view.target), step: step(),
    estimator: view.estimator, mask: view.mask ? view.mask.question() : null, seed: view.seed,
    filter: { words: view.find, class: view.className }, state: stateText(answer), picture: imageAddress, title,
  };
  await save[kind](now, $("noisy"), $("predicted"));
}

// ---- the keyboard

function key(event) {
  const typing = event.target.closest("input:not([type=radio]):not([type=range]), select, textarea");
  if (event.key === "Escape") {
    if (!$("save-menu").hidden) {
      $("save-menu").hidden = true;
      $("save").focus();
    } else if (typing) {
      typing.blur();
    } else if (view.image !== null) {
      closePanel();
    } else if (view.mask) {
      setMask(null);
    }
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $("keys").open) {
    return;
  }
  const image = Number(event.target.closest(".card-of")?.dataset.image ?? view.image ?? NaN);
  const move = event.shiftKey ? 5 : 1;
  const keys = {
    ArrowLeft: () => scrub(view.place - move),
    ArrowRight: () => scrub(view.place + move),
    ArrowUp: () => choose(view.target - 1),
    ArrowDown: () => choose(view.target + 1),
    Home: () => scrub(0),
    End: () => scrub(target().timesteps.length - 1),
    "?": () => $("keys").showModal(),
    "/": () => $("find").focus(),
    k: keep,
    d: () => (run.prompts ? $("prompt") : run.classes.length ? $("label") : $("draw-seed")).focus(),
    r: () => tool("rect"),
    l: () => tool("lasso"),
    b: () => tool("brush"),
    p: () => Number.isNaN(image) || pin(image),
    h: () => Number.isNaN(image) || hide(image),
  };
  if (keys[event.key] && !(event.target.type === "range" && event.target.id === "brush")) {
    event.preventDefault();
    keys[event.key]();
  }
}

function tool(name) {
  document.querySelector('input[name="tool"][value="' + name + '"]').checked = true;
  document.body.dataset.tool = name;
}

const toolName = () => document.querySelector('input[name="tool"]:checked').value;

// ---- the beginning

function listen() {
  $("step").addEventListener("input", () => scrub(Number($("step").value)));
  $("whole").addEventListener("click", () => setMask(null));
  $("rect").addEventListener("change", () => {
    const text = $("rect").value.trim();
    const mask = text === "" ? null : Mask.parse(text, run.width, run.height);
    if (text !== "" && !mask) {
      toast("Four whole numbers inside " + run.width + " × " + run.height + ": x, y, width, height.");
      $("rect").value = view.mask?.rect ? view.mask.rect.join(", ") : "";
    } else {
      setMask(mask);
    }
  });
  $("estimator").addEventListener("change", () => { view.estimator = $("estimator").value; question(); });
  $("seed").addEventListener("change", () => {
    view.seed = Math.min(2 ** 31 - 1, Math.max(0, Math.floor(Number($("seed").value) || 0)));
    $("seed").value = view.seed;
    question();
  });
  $("find").addEventListener("input", () => { view.find = $("find").value; remember(); showAnswer(); });
  $("class").addEventListener("change", () => { view.className = $("class").value; remember(); showAnswer(); });
  $("unhide").addEventListener("click", () => { view.hidden.clear(); remember(); showAnswer(); });
  $("more").addEventListener("click", () => { view.shown = Math.min(MOST, view.shown * 2); showAnswer(); });
  $("keep").addEventListener("click", keep);
  $("draw").addEventListener("submit", (event) => {
    event.preventDefault();
    drawAnother({
      prompt: run.prompts ? $("prompt").value : "",
      class: run.prompts || run.classes.length === 0 ? -1 : Number($("label").value),
      seed: Math.min(2 ** 31 - 1, Math.max(0, Math.floor(Number($("draw-seed").value) || 0))),
    });
  });
  $("help").addEventListener("click", () => $("keys").showModal());
  $("save").addEventListener("click", () => {
    $("save-menu").hidden = !$("save-menu").hidden;
    $("save").setAttribute("aria-expanded", String(!$("save-menu").hidden));
  });
  document.querySelectorAll("[data-save]").forEach((b) => b.addEventListener("click", () => saveAs(b.dataset.save)));
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".menu")) {
      $("save-menu").hidden = true;
    }
  });
  document.querySelectorAll('input[name="tool"]').forEach((i) => i.addEventListener("change", () => tool(i.value)));
  document.addEventListener("keydown", key);
  addEventListener("resize", redraw);
  addEventListener("hashchange", () => { fromHash(); showAll(); question(); });
  for (const id of ["noisy", "predicted"]) {
    drawable($(id), toolName, () => ({ width: run.width, height: run.height, brush: Number($("brush").value) }), () => view.mask,
      (mask, trail, isEnd) => {
        if (isEnd) {
          drawing = null;
          setMask(mask);
        } else {
          drawing = { mask, trail };
          redraw();
        }
      });
  }
}

function showAll() {
  $("estimator").value = view.estimator;
  $("seed").value = view.seed;
  $("find").value = view.find;
  $("class").value = view.className;
  $("rect").value = view.mask?.rect ? view.mask.rect.join(", ") : view.mask ? "drawn by hand" : "";
  showTarget();
  prefetch();
  if (view.image !== null) {
    openPanel(view.image);
  }
}

async function start() {
  if (location.search) {
    history.replaceState(null, "", location.pathname + location.hash); // The token is in a cookie now.
  }
  try {
    [run, { images }] = await Promise.all([get("/api/run"), get("/api/images")]);
  } catch (e) {
    $("gone").hidden = false;
    $("gone").textContent = e.message;
    return;
  }
  document.title = run.name + " – Journey explorer";
  $("run-name").textContent = run.name;
  classes = [...new Set(images.map((one) => one[1]).filter((c) => c !== ""))].sort();
  $("class-filter").hidden = classes.length === 0;
  $("class").append(el("option", { value: "" }, "all"), ...classes.map((c) => el("option", { value: c }, c)));
  $("estimator").append(...run.estimators.map((e) => el("option", { value: e.name }, e.name + (e.everyStepAlike ? " (all steps alike)" : ""))));
  run.targets.forEach(addTarget);
  $("prompt-of").hidden = !run.prompts;
  $("label-of").hidden = run.prompts || run.classes.length === 0;
  $("label").append(...run.classes.map((c, n) => el("option", { value: n }, c)));
  document.documentElement.style.setProperty("--ratio", run.width + " / " + run.height);
  lists = {
    positive: new Cards($("positive"), makeCard),
    negative: new Cards($("negative"), makeCard),
    pinned: new Cards($("pinned").querySelector(".cards"), makeCard),
  };
  const wish = wishOf(new URLSearchParams(location.hash.slice(1)));
  fromHash();
  tool("rect");
  state("", null);
  listen();
  const same = (one) => JSON.stringify(one.wish) === JSON.stringify(wish);
  if (wish && run.targets.some(same)) {
    view.target = run.targets.findIndex(same);
  }
  showAll();
  if (wish && !run.targets.some(same)) {
    drawAnother(wish); // The view was of a picture that an earlier start had drawn.
  } else {
    question();
  }
}

start();
