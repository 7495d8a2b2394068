// Training images as cards: the strongest, the pinned, all; coloured, filtered, compared.
import { Gone } from "./ask.js";
import { colour, groupOf, groups, legend } from "./columns.js";
import { Every, ordered } from "./every.js";
import { Cards, correlation, el, highest, matcher, ranks, signed } from "./lists.js";
import { $, imageAddress, page, plain, remember, step, target, title, toast, view, wordsOf } from "./page.js";
import { gone, isAnswered, state, stateText } from "./questions.js";

/** Most cards of a list of the strongest. */
export const MOST = 96;

const isShown = () => {
  const wanted = page.column && view.group !== "" ? page.column.names.indexOf(view.group) : null;
  const found = matcher(page.images, view.find, wanted === null ? null : (i) => page.column.members[i] === wanted);
  return view.hidden.size === 0 ? found : (i) => !view.hidden.has(i) && (!found || found(i));
};

export function listed() {
  const filter = isShown();
  return {
    positive: highest(page.answer.scores, view.shown, filter).filter((i) => page.answer.scores[i] > 0),
    negative: highest(page.answer.scores, view.shown, filter, -1).filter((i) => page.answer.scores[i] < 0),
  };
}

let lists;
let every;
let panel;

/** Makes the lists; the panel of one image has open(image) and show(). */
export function makeLists(ofImage) {
  panel = ofImage;
  lists = {
    positive: new Cards($("positive"), makeCard),
    negative: new Cards($("negative"), makeCard),
    pinned: new Cards($("pinned").querySelector(".cards"), makeCard),
  };
  every = new Every($("everything"), makeCard, updateCard);
}

export function showAnswer() {
  $("unhide").hidden = view.hidden.size === 0;
  $("unhide").textContent = "Show " + view.hidden.size + " hidden";
  showEvery();
  if (!page.answer) {
    return;
  }
  if (isAnswered()) {
    state(stateText(page.answer), page.answer);
    $("answer").dataset.finished = page.answer.finished;
  }
  const { positive, negative } = listed();
  lists.positive.show(positive, updateCard);
  lists.negative.show(negative, updateCard);
  $("pinned").hidden = view.pins.length === 0;
  lists.pinned.show(view.pins, updateCard);
  for (const [id, list] of [["positive", positive], ["negative", negative]]) {
    $(id).classList.toggle("none", list.length === 0);
  }
  $("more").hidden = view.shown >= MOST || Math.max(positive.length, negative.length) < view.shown;
  legend($("legend"), page.column, [...positive, ...negative], view.group, chooseGroup);
  showCompared();
  panel.show();
}

export function placesOf() {
  page.places ??= ranks(page.answer.scores);
  return page.places;
}

/** All images, in the order of scores, while their list is open. */
export function showEvery() {
  const open = $("every").open;
  $("every-count").textContent = page.run.images.toLocaleString("en");
  if (open) {
    const order = ordered(page.run.images, isShown(), page.answer?.scores, $("every-order").value);
    $("every-count").textContent = (order.length < page.run.images ? order.length.toLocaleString("en") + " of " : "") + page.run.images.toLocaleString("en");
    every.show(order);
  }
}

export async function chooseColumn(name, group) {
  view.column = name;
  view.group = "";
  page.column = null;
  $("column").value = name;
  if (name !== "") {
    const option = $("column").selectedOptions[0];
    const text = option.textContent;
    option.textContent = text + " …";
    try {
      const found = await groups(page.run, name);
      if (view.column !== name) {
        return;
      }
      page.column = found;
      view.group = found.names.includes(group) ? group : "";
    } catch (e) {
      view.column = "";
      $("column").value = "";
      if (e instanceof Gone) {
        gone(e.message);
      } else {
        toast(e.message);
      }
    } finally {
      option.textContent = text;
    }
  }
  $("group-filter").hidden = !page.column;
  $("group").replaceChildren(el("option", { value: "" }, "all"), ...(page.column?.names ?? []).map((g) => el("option", { value: g }, g)));
  $("group").value = view.group;
  remember();
  showAnswer();
}

export function chooseGroup(group) {
  view.group = group;
  $("group").value = group;
  remember();
  showAnswer();
}

function makeCard(image) {
  const picture = el("img", { src: imageAddress(image), alt: "", loading: "lazy", width: page.run.width, height: page.run.height });
  const open = el("button", { type: "button", class: "open", onclick: () => panel.open(image) },
    picture, el("span", { class: "score" }), el("span", { class: "group-of" }), el("span", { class: "words" }, title(image)));
  const tools = el("span", { class: "card-tools" },
    el("button", { type: "button", class: "pin", title: "Pin", "aria-label": "Pin " + title(image), onclick: () => pin(image) }, "⚲"),
    el("button", { type: "button", class: "hide", title: "Hide", "aria-label": "Hide " + title(image), onclick: () => hide(image) }, "×"));
  return el("div", { class: "card-of", "data-image": image }, open, tools);
}

/** Half of a score's 95 % interval, in deviations; "" where it is not known. */
export function margin(image, digits) {
  if (!page.answer.margins) {
    return "";
  }
  const value = page.answer.margins[image] / page.answer.sd;
  return " ± " + value.toFixed(value < 0.05 ? 2 : digits);
}

function updateCard(card, image) {
  const group = groupOf(page.column, image);
  const mark = card.querySelector(".group-of");
  mark.hidden = group === "";
  if (group !== "") {
    const dot = el("i", { class: "class-dot" });
    dot.style.background = colour(page.column, group);
    mark.replaceChildren(dot, group);
  }
  card.classList.toggle("chosen", image === view.image);
  card.classList.toggle("is-pinned", view.pins.includes(image));
  card.querySelector(".open").title = title(image) + "\n" + page.images[image][0];
  if (!page.answer) {
    return;
  }
  const score = page.answer.scores[image] / page.answer.sd;
  card.classList.toggle("neg", score < 0);
  card.classList.toggle("pos", score >= 0);
  const before = page.kept ? ", was #" + page.kept.places[image] : "";
  card.querySelector(".score").textContent = signed(score) + margin(image, 1) + " σ" + before;
  card.querySelector(".open").title += "\nscore " + plain(page.answer.scores[image]) + rawMargin(image)
    + ", place " + placesOf()[image] + " of " + page.run.images;
}

/** The same of a raw score. */
export const rawMargin = (image) => (page.answer.margins ? " ± " + plain(page.answer.margins[image]) : "");

export function pin(image) {
  view.pins = view.pins.includes(image) ? view.pins.filter((i) => i !== image) : [...view.pins, image];
  remember();
  showAnswer();
}

export function hide(image) {
  const card = document.activeElement?.closest('.card-of[data-image="' + image + '"]');
  const beside = card?.nextElementSibling ?? card?.previousElementSibling;
  view.hidden.add(image);
  view.pins = view.pins.filter((i) => i !== image);
  remember();
  showAnswer();
  if (card) {
    (beside?.isConnected ? beside.querySelector(".open") : $("answer")).focus({ preventScroll: true });
  }
}

function where() {
  const patch = view.mask ? (view.mask.rect ? "patch " + view.mask.rect.join(", ") : "a drawn patch") : "the whole";
  return "“" + wordsOf(target(), view.target) + "” at t = " + step() + ", " + patch + ", " + view.estimator;
}

export function keep() {
  if (page.kept) {
    page.kept = null;
  } else if (!isAnswered()) {
    toast("The answer to this question is not there yet: keep it in a moment.");
  } else {
    page.kept = { places: placesOf(), top: new Set(highest(page.answer.scores, 10)), where: where() };
  }
  $("keep").textContent = page.kept ? "Stop comparing" : "Keep to compare";
  showAnswer();
}

function showCompared() {
  $("compared").hidden = !page.kept;
  if (page.kept) {
    const same = highest(page.answer.scores, 10).filter((i) => page.kept.top.has(i)).length;
    $("compared").textContent = "Beside the answer kept, " + page.kept.where + ": " + same + " of the strongest ten are the same, rank correlation "
      + signed(correlation(placesOf(), page.kept.places), 2) + " over all.";
  }
}
