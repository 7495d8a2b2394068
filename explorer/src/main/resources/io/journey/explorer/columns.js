// Groups of training images by a column: what they are coloured and filtered by.
import { get, whole } from "./ask.js";
import { el } from "./lists.js";

const PALETTE = 10;
const known = new Map();

/** The groups of a column: names, members (-1: none). Fetched once. */
export async function groups(run, name) {
  if (!known.has(name)) {
    const found = await get("/api/groups?column=" + run.columns.indexOf(name));
    known.set(name, { name, names: found.names, members: whole(found.members) });
  }
  return known.get(name);
}

/** The name of an image's group; "" where it has none. */
export function groupOf(column, image) {
  return column ? column.names[column.members[image]] ?? "" : "";
}

/** The colour of a group: the palette's for few, else hues that are far apart for neighbours. */
export function colour(column, group) {
  const place = column.names.indexOf(group);
  if (place < 0) {
    return "transparent";
  }
  return column.names.length <= PALETTE
    ? "var(--class-" + place + ")"
    : "hsl(" + ((place * 137.508) % 360).toFixed(0) + " 62% " + (place % 2 ? 42 : 58) + "%)";
}

/** Chips of the groups among some images, those of most first; a click chooses one. */
export function legend(place, column, images, chosen, choose) {
  const counts = new Map();
  for (const image of column ? images : []) {
    const group = groupOf(column, image);
    if (group) {
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  const most = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 8);
  place.hidden = most.length === 0;
  place.replaceChildren(...most.map(([group, count]) => {
    const dot = el("i", { class: "class-dot" });
    dot.style.background = colour(column, group);
    return el("button", {
      type: "button", class: "chip", "aria-pressed": String(group === chosen), title: "Show " + group + " alone",
      onclick: () => choose(group === chosen ? "" : group),
    }, dot, group + " ", el("b", {}, String(count)));
  }));
}
