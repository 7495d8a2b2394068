"use strict";
// What every figure needs: the data, elements, pictures, words.
const data = JSON.parse(document.getElementById("data").textContent);

/** An element with attributes and children; text stays text. */
function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value != null) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

function pictureUrl(base64) {
  return (base64.startsWith("/9j/") ? "data:image/jpeg;base64," : "data:image/png;base64,") + base64;
}

function picture(base64, alt, className) {
  return el("img", { src: pictureUrl(base64), alt, class: className });
}

/** A picture of a target; where only a part was attributed, that part is outlined. */
function masked(target, image, veiled) {
  const frame = el("span", { class: "frame" }, image);
  if ("mask" in target) {
    const outline = svg("svg", {
      class: "mask",
      viewBox: "0 0 " + data.width + " " + data.height,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    });
    const inside = "#mask-inside-" + target.mask;
    if (veiled) {
      outline.append(svg("use", { href: "#mask-outside-" + target.mask, class: "outside" }));
    }
    outline.append(svg("use", { href: inside, class: "under" }), svg("use", { href: inside, class: "over" }));
    frame.append(outline);
  }
  return frame;
}

/** The shapes that outlines use, once. */
function maskShapes() {
  const box = "M0 0H" + data.width + "V" + data.height + "H0Z";
  const shapes = svg("defs", {});
  data.masks.forEach((path, number) => shapes.append(
    svg("path", { id: "mask-inside-" + number, d: path, "vector-effect": "non-scaling-stroke" }),
    svg("path", { id: "mask-outside-" + number, d: box + path, "fill-rule": "evenodd" })));
  return svg("svg", { class: "hidden", "aria-hidden": "true" }, shapes);
}

function captionsOf(example) {
  return data.examples[example].captions ?? [];
}

/** A caption or prompt; one that says nothing is named as such. */
function words(text) {
  return text === "" ? el("i", {}, "no words") : text;
}

function className(label) {
  return label >= 0 && label < data.classes.length ? data.classes[label] : "";
}

/** Id and class of a training image. */
function exampleName(example) {
  const { id, label } = data.examples[example];
  return className(label) ? id + ", " + className(label) : id;
}

/** A number with a real minus. */
function signed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) !== 0 ? "−" : "+") + text;
}

/** A raw score, as short as it is exact. */
function raw(value) {
  return String(value).replaceAll("-", "−");
}

const PALETTE = 10;

/** The colour of a class; beyond the palette, the classes seen most get one, the rest share grey. */
const classColour = (() => {
  const totals = data.classes.map(() => 0);
  for (const target of data.targets) {
    for (const column of target.columns) {
      column.classes.forEach((count, label) => (totals[label] += count));
    }
  }
  const order = totals.map((_, label) => label);
  if (order.length > PALETTE) {
    order.sort((a, b) => totals[b] - totals[a] || a - b);
  }
  const colour = new Map(order.slice(0, PALETTE).map((label, i) => [label, "var(--class-" + i + ")"]));
  return (label) => colour.get(label) ?? "var(--class-other)";
})();
