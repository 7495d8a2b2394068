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

function pngUrl(base64) {
  return "data:image/png;base64," + base64;
}

function picture(base64, alt, className) {
  return el("img", { src: pngUrl(base64), alt, class: className });
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
