// The patch: a mask of the picture's size, drawn on either picture.

export class Mask {
  constructor(width, height, inside, rect) {
    this.width = width;
    this.height = height;
    this.inside = inside;
    this.rect = rect;
  }

  static rectangle(width, height, [x, y, w, h]) {
    const inside = new Uint8Array(width * height);
    for (let row = y; row < y + h; row++) {
      inside.fill(1, row * width + x, row * width + x + w);
    }
    return new Mask(width, height, inside, [x, y, w, h]);
  }

  /** Reads x,y,w,h; null where it is no rectangle of the picture. */
  static parse(text, width, height) {
    const r = text.split(/[\s,;]+/).filter((s) => s !== "").map(Number);
    const fits = r.length === 4 && r.every(Number.isInteger) && r[0] >= 0 && r[1] >= 0
      && r[2] >= 1 && r[3] >= 1 && r[0] + r[2] <= width && r[1] + r[3] <= height;
    return fits ? Mask.rectangle(width, height, r) : null;
  }

  static runs(runs, width, height) {
    const inside = new Uint8Array(width * height);
    let at = 0;
    runs.forEach((length, i) => {
      inside.fill(i % 2, at, at + length);
      at += length;
    });
    return new Mask(width, height, inside, null);
  }

  /** A closed line of points in pixels, filled. */
  static lasso(width, height, points) {
    const canvas = new OffscreenCanvas(width * 4, height * 4);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.scale(4, 4);
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    context.closePath();
    context.fill();
    const alpha = context.getImageData(0, 0, width * 4, height * 4).data;
    const inside = new Uint8Array(width * height);
    for (let i = 0; i < inside.length; i++) {
      const x = (i % width) * 4 + 2;
      const y = Math.floor(i / width) * 4 + 2;
      inside[i] = alpha[4 * (y * width * 4 + x) + 3] > 127 ? 1 : 0;
    }
    return new Mask(width, height, inside, null);
  }

  /** The same with a disc more. */
  brushed(x, y, size) {
    const inside = this.inside.slice();
    const r = size / 2;
    for (let row = Math.max(0, Math.floor(y - r)); row < Math.min(this.height, y + r); row++) {
      for (let column = Math.max(0, Math.floor(x - r)); column < Math.min(this.width, x + r); column++) {
        if ((column + .5 - x) ** 2 + (row + .5 - y) ** 2 <= r * r) {
          inside[row * this.width + column] = 1;
        }
      }
    }
    return new Mask(this.width, this.height, inside, null);
  }

  get isEmpty() {
    return !this.inside.includes(1);
  }

  /** Lengths of stretches outside and inside in turn. */
  lengths() {
    const out = [];
    let value = 0;
    let length = 0;
    for (const one of this.inside) {
      if (one !== value) {
        out.push(length);
        length = 0;
        value = one;
      }
      length++;
    }
    out.push(length);
    return out;
  }

  question() {
    return this.rect ? { rect: this.rect } : { runs: this.lengths() };
  }

  /** As a part of an address. */
  text() {
    return this.rect
      ? "r" + this.rect.join(".")
      : "p" + this.lengths().map((n) => n.toString(36)).join(".");
  }

  static fromText(text, width, height) {
    const parts = text.slice(1).split(".");
    if (text[0] === "r") {
      return Mask.parse(parts.join(","), width, height);
    }
    const runs = parts.map((p) => parseInt(p, 36));
    const total = runs.reduce((a, b) => a + b, 0);
    return text[0] === "p" && runs.every((n) => n >= 0) && total === width * height
      ? Mask.runs(runs, width, height)
      : null;
  }

  /** The edge between inside and outside, as lines from corner to corner of pixels. */
  edge() {
    const path = new Path2D();
    const at = (x, y) => x >= 0 && y >= 0 && x < this.width && y < this.height && this.inside[y * this.width + x] === 1;
    for (let y = 0; y <= this.height; y++) {
      for (let x = 0; x <= this.width; x++) {
        if (at(x, y) !== at(x, y - 1)) {
          path.moveTo(x, y);
          path.lineTo(x + 1, y);
        }
        if (at(x, y) !== at(x - 1, y)) {
          path.moveTo(x, y);
          path.lineTo(x, y + 1);
        }
      }
    }
    return path;
  }
}

/** Draws a picture with the patch on it: what is outside is darkened, the edge outlined. */
export function paint(canvas, image, mask, scale, trail) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  if (image?.complete && image.naturalWidth > 0) {
    context.drawImage(image, 0, 0, width, height);
  }
  if (mask && !mask.isEmpty) {
    const veil = new ImageData(mask.width, mask.height);
    mask.inside.forEach((one, i) => (veil.data[4 * i + 3] = one ? 0 : 140));
    const small = new OffscreenCanvas(mask.width, mask.height);
    small.getContext("2d").putImageData(veil, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, width, height);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const edge = mask.edge();
    for (const [style, line] of [["#000", 3.5], ["#fff", 1.6]]) {
      context.strokeStyle = style;
      context.lineWidth = line * devicePixelRatio / scale;
      context.lineCap = "square";
      context.stroke(edge);
    }
  }
  if (trail && trail.length > 1) {
    context.setTransform(scale, 0, 0, scale, 0, 0);
    for (const [style, line] of [["#000", 3.5], ["#fff", 1.6]]) {
      context.strokeStyle = style;
      context.lineWidth = line * devicePixelRatio / scale;
      context.lineJoin = "round";
      context.beginPath();
      trail.forEach(([x, y]) => context.lineTo(x, y));
      context.stroke();
    }
  }
}

/** Lets a person draw on a canvas; tells of every change, and of the end. */
export function drawable(canvas, tool, size, now, change) {
  let points = null;
  let began = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const { width, height } = size();
    return [
      Math.min(width, Math.max(0, ((event.clientX - box.left) / box.width) * width)),
      Math.min(height, Math.max(0, ((event.clientY - box.top) / box.height) * height)),
    ];
  };
  const made = (point) => {
    const { width, height, brush } = size();
    if (tool() === "rect") {
      const [x0, y0] = [Math.min(points[0][0], point[0]), Math.min(points[0][1], point[1])].map(Math.floor);
      const [x1, y1] = [Math.max(points[0][0], point[0]), Math.max(points[0][1], point[1])].map(Math.ceil);
      return Mask.rectangle(width, height, [x0, y0, Math.max(1, x1 - x0), Math.max(1, y1 - y0)]);
    }
    if (tool() === "lasso") {
      return Mask.lasso(width, height, points);
    }
    let mask = began;
    const last = points.at(-1);
    const count = Math.max(1, Math.ceil(Math.hypot(point[0] - last[0], point[1] - last[1])));
    for (let i = 1; i <= count; i++) {
      mask = mask.brushed(
        last[0] + ((point[0] - last[0]) * i) / count, last[1] + ((point[1] - last[1]) * i) / count, brush);
    }
    began = mask;
    return mask;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    points = [place(event)];
    const { width, height } = size();
    const before = now();
    began = before && !before.rect ? before : new Mask(width, height, new Uint8Array(width * height), null);
    if (tool() === "brush") {
      change(made(points[0]), null, false);
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!points) {
      return;
    }
    const point = place(event);
    if (tool() === "lasso") {
      points.push(point);
      change(null, points, false);
    } else {
      const mask = made(point);
      if (tool() === "brush") {
        points.push(point);
      }
      change(mask, null, false);
    }
  });
  const end = (event) => {
    if (!points) {
      return;
    }
    const point = place(event);
    const moved = Math.hypot(point[0] - points[0][0], point[1] - points[0][1]) > 1 || points.length > 3;
    const mask = tool() === "brush" ? began : moved ? made(point) : null;
    points = null;
    change(mask && !mask.isEmpty ? mask : null, null, true);
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
}
