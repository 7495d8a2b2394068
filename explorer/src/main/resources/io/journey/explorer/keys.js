// The keyboard.
import { hide, keep, pin } from "./cards.js";
import { choose, scrub, setMask } from "./drawing.js";
import { closePanel } from "./image.js";
import { $, page, target, view } from "./page.js";

export function key(event) {
  const typing = event.target.closest("input:not([type=radio]):not([type=range]), select, textarea");
  if (event.key === "Escape") {
    if (!$("save-menu").hidden) {
      closeMenu();
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
  const moves = event.key.startsWith("Arrow") && event.target.closest('input[name="tool"], .menu');
  if (moves || typing || event.ctrlKey || event.metaKey || event.altKey || $("keys").open || $("bring").open) {
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
    o: () => $("bring-it").click(),
    d: () => (page.run.prompts ? $("prompt") : page.run.classes.length ? $("label") : $("draw-seed")).focus(),
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

export function closeMenu() {
  $("save-menu").hidden = true;
  $("save").setAttribute("aria-expanded", "false");
}

export function tool(name) {
  document.querySelector('input[name="tool"][value="' + name + '"]').checked = true;
  document.body.dataset.tool = name;
}

export const toolName = () => document.querySelector('input[name="tool"]:checked').value;
