// Lists of training images, ranked by an answer.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value != null) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

/** A number with a real minus. */
export function signed(value, digits = 1) {
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) !== 0 ? "−" : "+") + text;
}

const texts = new WeakMap();

/** What words are found in, in small letters: made once for all images. */
function searched(images) {
  if (!texts.has(images)) {
    texts.set(images, images.map((one) => one.join(" ").toLowerCase()));
  }
  return texts.get(images);
}

/** Images that a search and a group leave, as a test of their numbers; null: all. */
export function matcher(images, words, isOfGroup) {
  const wanted = words.toLowerCase().split(/\s+/).filter((w) => w !== "");
  if (wanted.length === 0) {
    return isOfGroup;
  }
  const all = searched(images);
  return (i) => (!isOfGroup || isOfGroup(i)) && wanted.every((w) => all[i].includes(w));
}

/** Numbers of the highest scores among those that are kept, best first. */
export function highest(scores, count, kept, sign = 1) {
  const best = [];
  for (let i = 0; i < scores.length; i++) {
    const score = sign * scores[i];
    if (best.length === count && score <= sign * scores[best[count - 1]]) {
      continue;
    }
    if (kept && !kept(i)) {
      continue;
    }
    let place = best.length;
    while (place > 0 && sign * scores[best[place - 1]] < score) {
      place--;
    }
    best.splice(place, 0, i);
    if (best.length > count) {
      best.pop();
    }
  }
  return best;
}

/** The place of every image, from 1, highest first. */
export function ranks(scores) {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
  const places = new Uint32Array(scores.length);
  order.forEach((image, place) => (places[image] = place + 1));
  return places;
}

/** Spearman's correlation of two orders. */
export function correlation(a, b) {
  const n = a.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += (a[i] - b[i]) ** 2;
  }
  return n < 2 ? 1 : 1 - (6 * sum) / (n * (n * n - 1));
}

/** Keeps the cards of a list, so that a refined answer moves them instead of making them anew. */
export class Cards {
  constructor(place, make) {
    this.place = place;
    this.make = make;
    this.cards = new Map();
  }

  show(images, update) {
    const focus = document.activeElement;
    const next = new Map();
    images.forEach((image, place) => {
      const card = this.cards.get(image) ?? this.make(image);
      update(card, image);
      if (this.place.children[place] !== card) {
        this.place.insertBefore(card, this.place.children[place] ?? null);
      }
      next.set(image, card);
    });
    for (const [image, card] of this.cards) {
      if (!next.has(image)) {
        card.remove();
      }
    }
    this.cards = next;
    if (focus && focus !== document.activeElement && focus.isConnected) {
      focus.focus({ preventScroll: true });
    }
  }
}
