// What leaves the page: only when a person asks for it.
import { signed } from "./lists.js";

function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function cell(value) {
  const text = String(value);
  // A text that a spreadsheet would compute is told to be one.
  const plain = /^[=+\-@\t\r]/.test(text) && typeof value === "string" ? "'" + text : text;
  return /[",\n\r]/.test(plain) ? '"' + plain.replaceAll('"', '""') + '"' : plain;
}

export function csv(view) {
  const lines = ["rank,index,id,class,caption,score,deviations,margin" + (view.column ? "," + cell(view.column) : "")];
  const order = Array.from(view.answer.scores.keys()).sort((a, b) => view.answer.scores[b] - view.answer.scores[a] || a - b);
  order.forEach((i, place) => {
    const [id, className, caption] = view.images[i];
    const score = view.answer.scores[i];
    const margin = view.answer.margins ? view.answer.margins[i] : "";
    const row = [place + 1, i, id, className, caption, score, (score / view.answer.sd).toFixed(4), margin];
    lines.push((view.column ? [...row, view.groupOf(i)] : row).map(cell).join(","));
  });
  download(view.file + ".csv", new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
}

export function json(view) {
  const { answer } = view;
  const listed = (numbers) => numbers.map((i) => ({
    index: i, id: view.images[i][0], class: view.images[i][1], caption: view.images[i][2], score: answer.scores[i],
  }));
  const out = {
    run: view.run, target: view.target, words: view.words, dropped_file: view.dropped, timestep: view.step, estimator: view.estimator,
    mask: view.mask, seed: view.seed, draws: answer.draws, of_draws: answer.ofDraws, checkpoints: answer.checkpoints,
    of_checkpoints: answer.ofCheckpoints, strongest_shared_by_halves: answer.shared, standard_error: answer.error ?? null,
    standard_deviation: answer.sd, filter: view.filter, positive: listed(view.positive), negative: listed(view.negative),
    scores: Array.from(answer.scores), margins: answer.margins ? Array.from(answer.margins) : null,
  };
  download(view.file + ".json", new Blob([JSON.stringify(out, null, 1)], { type: "application/json" }));
}

function loaded(source) {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => resolve(null);
    image.src = source;
  });
}

/** Lines of a text that are no wider than so much. */
function wrapped(text, width, measure) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = (lines.at(-1) + " " + word).trim();
    if (lines.at(-1) === "" || measure(longer) <= width) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** Draws the two pictures with the patch, and both lists. */
export async function png(view, noisy, predicted) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [side, gap, cardWidth] = [300, 24, 118];
  const columns = 6;
  const width = 2 * side + gap + 40 + columns * cardWidth + 2 * gap;
  const rows = (list) => Math.max(1, Math.ceil(list.length / columns));
  const rowHeight = 158;
  const height = Math.max(500, 118 + (rows(view.positive) + rows(view.negative)) * rowHeight + 70);
  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = height * 2;
  const c = canvas.getContext("2d");
  c.scale(2, 2);
  c.fillStyle = colour("--paper");
  c.fillRect(0, 0, width, height);
  const write = (text, x, y, font, fill, most) => {
    c.font = font;
    c.fillStyle = fill;
    let shown = text;
    while (most && c.measureText(shown).width > most && shown.length > 1) {
      shown = shown.slice(0, -2) + "…";
    }
    c.fillText(shown, x, y);
  };
  const sans = '"Liberation Sans", system-ui, sans-serif';
  write(view.words, gap, 42, "600 22px Georgia, serif", colour("--ink"), width - 2 * gap);
  write("t = " + view.step + " · " + view.estimator + " · " + view.state, gap, 66, "13px " + sans, colour("--soft"), width - 2 * gap);
  c.drawImage(noisy, gap, 92, side, side);
  c.drawImage(predicted, gap + side + 12, 92, side, side);
  write(view.sayings.noisy, gap, 92 + side + 20, "13px " + sans, colour("--soft"));
  write(view.sayings.predicted, gap + side + 12, 92 + side + 20, "13px " + sans, colour("--soft"));
  const left = gap + 2 * side + 12 + gap;
  if (view.asked) {
    wrapped(view.asked, 2 * side + 12, (text) => c.measureText(text).width).forEach((text, n) =>
      write(text, gap, 92 + side + 44 + 17 * n, "13px " + sans, colour("--soft")));
  }
  let top = 92;
  for (const [title, list, name] of [[view.sayings.positive, view.positive, "--pos"], [view.sayings.negative, view.negative, "--neg"]]) {
    write(title, left, top + 12, "600 15px Georgia, serif", colour(name));
    const pictures = await Promise.all(list.map((i) => loaded(view.picture(i))));
    list.forEach((image, n) => {
      const x = left + (n % columns) * cardWidth;
      const y = top + 24 + Math.floor(n / columns) * rowHeight;
      if (pictures[n]) {
        c.drawImage(pictures[n], x + 3, y + 3, 96, 96);
      }
      c.strokeStyle = colour(name);
      c.lineWidth = 3;
      c.strokeRect(x + 1.5, y + 1.5, 99, 99);
      write(signed(view.answer.scores[image] / view.answer.sd) + view.margin(image) + " σ", x, y + 118, "600 12px " + sans, colour(name));
      write(view.title(image), x, y + 134, "11px " + sans, colour("--soft"), cardWidth - 10);
    });
    top += 40 + rows(list) * rowHeight;
  }
  canvas.toBlob((blob) => download(view.file + ".png", blob));
}
