// All training images, however many: cards are made for what is in sight.
const WIDTH = 92;
const HEIGHT = 142;
const BESIDE = 2;

export class Every {
  constructor(place, make, update) {
    this.place = place;
    this.make = make;
    this.update = update;
    this.order = new Uint32Array(0);
    this.cards = new Map();
    this.waiting = false;
    const soon = () => this.soon();
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
  }

  /** Shows images in this order. */
  show(order) {
    this.order = order;
    this.render(true);
  }

  soon() {
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        this.render(false);
      });
    }
  }

  render(isNew) {
    const box = this.place.getBoundingClientRect();
    if (box.width === 0) {
      return; // The list is closed.
    }
    const columns = Math.max(1, Math.floor(box.width / WIDTH));
    const rows = Math.ceil(this.order.length / columns);
    this.place.style.height = rows * HEIGHT + "px";
    const first = Math.max(0, Math.floor(-box.top / HEIGHT) - BESIDE);
    const last = Math.min(rows, Math.ceil((innerHeight - box.top) / HEIGHT) + BESIDE);
    const seen = new Map();
    for (let place = first * columns; place < Math.min(this.order.length, last * columns); place++) {
      const image = this.order[place];
      const old = this.cards.get(image);
      const card = old ?? this.make(image);
      if (!old || isNew) {
        this.update(card, image);
      }
      card.style.left = (place % columns) * (box.width / columns) + "px";
      card.style.width = box.width / columns - 8 + "px";
      card.style.top = Math.floor(place / columns) * HEIGHT + "px";
      if (!old) {
        this.place.append(card);
      }
      seen.set(image, card);
    }
    for (const [image, card] of this.cards) {
      if (!seen.has(image)) {
        card.remove();
      }
    }
    this.cards = seen;
  }
}

/** Numbers of the images that are kept, by score where there are scores. */
export function ordered(size, kept, scores, by) {
  const chosen = [];
  for (let i = 0; i < size; i++) {
    if (!kept || kept(i)) {
      chosen.push(i);
    }
  }
  const order = Uint32Array.from(chosen);
  const sign = by === "lowest" ? -1 : 1;
  return scores && by !== "data" ? order.sort((a, b) => sign * (scores[b] - scores[a]) || a - b) : order;
}
