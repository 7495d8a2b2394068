// The page: how it begins, and what its parts do.
import { watch } from "./alive.js";
import { get, Gone } from "./ask.js";
import { bringing } from "./bring.js";
import { chooseColumn, chooseGroup, keep, listed, makeLists, margin, MOST, showAnswer, showEvery } from "./cards.js";
import { groupOf } from "./columns.js";
import { drawable, Mask } from "./draw.js";
import { choose, prefetch, redraw, sayings, scrub, setMask, showTarget } from "./drawing.js";
import { closePanel, openPanel, showPanel, sweep } from "./image.js";
import { closeMenu, key, tool, toolName } from "./keys.js";
import * as link from "./link.js";
import { el } from "./lists.js";
import { addTarget, drawAnother, listEstimators, refresh } from "./make.js";
import { $, address, imageAddress, page, remember, step, target, title, toast, view, wordsOf } from "./page.js";
import { after, gone, interrupt, isAnswered, question, returned, state, stateText } from "./questions.js";
import * as save from "./save.js";

async function saveAs(kind) {
  closeMenu();
  if (kind === "link") {
    try {
      await navigator.clipboard.writeText(location.href);
      toast("The link is copied. It opens this view while the explorer runs.");
    } catch (e) {
      toast("The address of this page is the link.");
    }
    return;
  }
  if (!isAnswered()) {
    toast(page.live ? "A picture is being drawn: save when it is done." : "The answer to this question is not there yet: save it in a moment.");
    return;
  }
  const file = [page.run.name, view.target, "t" + step(), view.estimator].join("-").replaceAll(/[^\w-]+/g, "-");
  const now = {
    ...listed(), answer: page.answer, images: page.images, file, run: page.run.name, target: view.target, words: wordsOf(target(), view.target), step: step(),
    estimator: view.estimator, mask: view.mask ? view.mask.question() : null, seed: view.seed, dropped: target().file ?? null,
    column: page.column?.name ?? "", groupOf: (i) => groupOf(page.column, i), filter: { words: view.find, column: view.column, group: view.group }, state: stateText(page.answer), picture: imageAddress, title,
    sayings: sayings(), asked: target().asked ?? "", margin: (i) => margin(i, 1),
  };
  await save[kind](now, $("noisy"), $("predicted"));
}

function listen() {
  $("step").addEventListener("input", () => scrub(Number($("step").value)));
  $("whole").addEventListener("click", () => setMask(null));
  $("rect").addEventListener("change", () => {
    const text = $("rect").value.trim();
    const mask = text === "" ? null : Mask.parse(text, page.run.width, page.run.height);
    if (text !== "" && !mask) {
      toast("Four whole numbers inside " + page.run.width + " × " + page.run.height + ": x, y, width, height.");
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
  $("column").addEventListener("change", () => chooseColumn($("column").value, ""));
  $("group").addEventListener("change", () => chooseGroup($("group").value));
  $("every").addEventListener("toggle", showEvery);
  $("every-order").addEventListener("change", showEvery);
  $("unhide").addEventListener("click", () => { view.hidden.clear(); remember(); showAnswer(); });
  $("more").addEventListener("click", () => { view.shown = Math.min(MOST, view.shown * 2); remember(); showAnswer(); });
  $("keep").addEventListener("click", keep);
  $("draw").addEventListener("submit", (event) => {
    event.preventDefault();
    drawAnother({
      prompt: page.run.prompts ? $("prompt").value : "",
      class: page.run.prompts || page.run.classes.length === 0 ? -1 : Number($("label").value),
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
      closeMenu();
    }
  });
  document.querySelector(".menu").addEventListener("focusout", (event) => {
    if (event.relatedTarget && !event.relatedTarget.closest(".menu")) {
      closeMenu();
    }
  });
  document.querySelectorAll('input[name="tool"]').forEach((i) => i.addEventListener("change", () => tool(i.value)));
  document.addEventListener("keydown", key);
  addEventListener("resize", redraw);
  addEventListener("hashchange", reopen);
  for (const id of ["noisy", "predicted"]) {
    drawable($(id), toolName, () => ({ width: page.run.width, height: page.run.height, brush: Number($("brush").value) }), () => view.mask,
      (mask, trail, isEnd) => {
        if (isEnd) {
          page.drawing = null;
          setMask(mask);
        } else {
          page.drawing = { mask, trail };
          redraw();
        }
      });
  }
}

function showAll() {
  $("estimator").value = view.estimator;
  $("seed").value = view.seed;
  $("find").value = view.find;
  chooseColumn(view.column, view.group);
  $("rect").value = view.mask?.rect ? view.mask.rect.join(", ") : view.mask ? "drawn by hand" : "";
  showTarget();
  prefetch();
  if (view.image !== null) {
    openPanel(view.image);
  } else if (!$("panel").hidden) {
    closePanel();
  }
}

/** Shows the view that the address names; a picture that is not there is drawn, or asked for, again. */
function reopen() {
  const { wish, file } = link.read(view, page.run, MOST);
  showAll();
  if (wish) {
    drawAnother(wish); // The view was of a picture that an earlier start had drawn.
  } else {
    question();
  }
  if (file) {
    toast("This view was of " + file + ", which an earlier start was given: drop it again.", 8000);
  }
}

async function start() {
  if (location.search) {
    history.replaceState(null, "", location.pathname + location.hash); // The token is in a cookie now.
  }
  try {
    const [known, listing] = await Promise.all([get("/api/run"), get("/api/images")]);
    Object.assign(page, { run: known, images: listing.images });
  } catch (e) {
    $("gone").hidden = false;
    $("gone").textContent = e.message;
    return;
  }
  document.title = page.run.name + " – Journey explorer";
  $("run-name").textContent = page.run.name;
  $("column").append(el("option", { value: "" }, "nothing"), ...page.run.columns.map((c) => el("option", { value: c }, c)));
  listEstimators();
  page.run.targets.forEach(addTarget);
  $("missing").hidden = !page.run.missing;
  $("missing").textContent = page.run.missing ?? "";
  $("prompt-of").hidden = !page.run.prompts;
  $("label-of").hidden = page.run.prompts || page.run.classes.length === 0;
  $("label").append(...page.run.classes.map((c, n) => el("option", { value: n }, c)));
  document.documentElement.style.setProperty("--ratio", page.run.width + " / " + page.run.height);
  makeLists({ open: openPanel, show: showPanel });
  Object.assign(after, { answer: showAnswer, last: sweep });
  tool("rect");
  state("", null);
  listen();
  bringing(page.run, {
    toast,
    busy: (text) => { interrupt(); $("answer").classList.add("stale"); state(text, null); },
    made: async (number) => { await refresh(); view.mask = null; $("rect").value = ""; choose(number); },
    failed: (e) => { if (e instanceof Gone) { gone(e.message); } else { toast(e.message, 8000); } question(); },
  });
  reopen();
  showAnswer();
  watch(page.run, { gone, back: returned, changed: refresh });
}

start();
