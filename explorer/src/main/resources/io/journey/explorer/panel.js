// What is known of one training image.
import { el, signed } from "./lists.js";

const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const WIDTH = 330;
const HEIGHT = 150;
const LEFT = 38;
const BOTTOM = 24;
const TOP = 8;
const RIGHT = 8;

/** Scores over steps, noise at the left. Points have t, value and error, in deviations. */
export function chart(points, last, now, choose) {
  const values = points.flatMap((p) => [p.value + p.error, p.value - p.error, 0]);
  const high = Math.max(1, ...values);
  const low = Math.min(-1, ...values);
  const x = (t) => LEFT + (1 - t / Math.max(1, last)) * (WIDTH - LEFT - RIGHT);
  const y = (v) => TOP + ((high - v) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const out = svg("svg", { viewBox: "0 0 " + WIDTH + " " + HEIGHT, class: "over-steps", role: "group" });
  out.append(svg("title", {}, "Scores over steps: " + points.map((p) => "t " + p.t + " " + signed(p.value)).join(", ")));
  const span = high - low;
  const unit = [0.5, 1, 2, 5, 10, 20, 50].find((u) => span / u <= 5) ?? 100;
  for (let v = Math.ceil(low / unit) * unit; v <= high; v += unit) {
    out.append(
      svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(v), y2: y(v), class: Math.abs(v) < 1e-9 ? "zero" : "grid" }),
      svg("text", { x: LEFT - 5, y: y(v) + 4, "text-anchor": "end" }, Math.abs(v) < 1e-9 ? "0" : signed(v, unit < 1 ? 1 : 0)));
  }
  out.append(
    svg("text", { x: LEFT, y: HEIGHT - 6 }, "noise"),
    svg("text", { x: WIDTH - RIGHT, y: HEIGHT - 6, "text-anchor": "end" }, "picture"),
    svg("line", { x1: x(now), x2: x(now), y1: TOP, y2: HEIGHT - BOTTOM, class: "now" }),
    svg("text", { x: Math.min(WIDTH - 70, Math.max(LEFT + 60, x(now))), y: HEIGHT - 6, "text-anchor": "middle", class: "now-text" }, "t = " + now));
  if (points.length > 0) {
    const sorted = [...points].sort((a, b) => b.t - a.t);
    const line = sorted.map((p, i) => (i ? "L" : "M") + x(p.t).toFixed(1) + " " + y(p.value).toFixed(1)).join("");
    const upper = sorted.map((p, i) => (i ? "L" : "M") + x(p.t).toFixed(1) + " " + y(p.value + p.error).toFixed(1)).join("");
    const lower = sorted.reverse().map((p) => "L" + x(p.t).toFixed(1) + " " + y(p.value - p.error).toFixed(1)).join("");
    out.append(svg("path", { d: upper + lower + "Z", class: "band" }), svg("path", { d: line, class: "curve" }));
    for (const p of points) {
      const dot = svg("circle", { cx: x(p.t), cy: y(p.value), r: 4, class: p.value < 0 ? "dot neg" : "dot pos", tabindex: 0, role: "button", "data-t": p.t,
        "aria-label": "t = " + p.t + ": " + signed(p.value) + " σ" },
        svg("title", {}, "t = " + p.t + ": " + signed(p.value) + " σ"));
      dot.addEventListener("click", () => choose(p.t));
      dot.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          choose(p.t);
        }
      });
      out.append(dot);
    }
  }
  return out;
}

/** Fills the panel. The parts that change with every answer are filled by what it returns. */
export function fill(panel, view) {
  const scored = el("dd", {});
  const steps = el("div", { class: "chart-place" });
  const near = el("div", { class: "near" }, el("p", { class: "note" }, "Looking …"));
  const close = el("button", { type: "button", class: "close-panel", "aria-label": "Close", onclick: view.close }, "×");
  const heat = el("div", { class: "heat-place" });
  const stored = el("span", {});
  const facts = el("dl", {});
  for (const [term, text] of view.facts) {
    facts.append(el("dt", {}, term), el("dd", {}, text, ...(term === "source" ? [stored] : [])));
  }
  facts.append(el("dt", {}, "score"), scored);
  panel.replaceChildren(
    close,
    el("div", { class: "head" }, el("img", { src: view.picture, alt: view.name, class: "big" }), facts),
    el("div", { class: "row" }, view.pin, view.hide),
    el("h3", {}, "Over the steps"),
    steps,
    el("p", { class: "note" }, "The same patch at twelve steps, by four draws each; the band is the standard error."),
    el("h3", {}, "Over all pictures"),
    heat,
    el("p", { class: "note" }, "Each whole picture at six of its steps, by four draws each, in σ of its own answer; a click goes there."),
    el("h3", {}, "Nearest by pixels"),
    near,
    el("p", { class: "note" }, "Pictures that look alike at 16 × 16 pixels; a near-duplicate correlates by 0.99 or more in all pixels. Likeness is no cause."));
  return { scored, steps, near, heat, stored, close, pin: view.pin };
}
