// Watches the server: whether it is there, and what a run has got since.
import { Gone, get } from "./ask.js";

const BEAT = 2500;

/** Tells of every change of what is missing and how many pictures there are, and of a server that is gone. */
export function watch(run, told) {
  let last = { count: run.targets.length, missing: run.missing ?? null };
  async function look() {
    if (!document.hidden) {
      try {
        const now = await get("/api/state");
        if (now.key !== run.key) {
          location.reload(); // Another start has other addresses of pictures.
          return;
        }
        told.back();
        if (now.count !== last.count || now.missing !== last.missing) {
          last = now;
          await told.changed(now);
        }
      } catch (e) {
        if (e instanceof Gone) {
          told.gone(e.message);
        }
      }
    }
    setTimeout(look, BEAT);
  }
  setTimeout(look, BEAT);
}
