// A picture from elsewhere: dropped, pasted or chosen, and asked about.
import { send } from "./ask.js";

const $ = (id) => document.getElementById(id);
const MOST = 20 * 1024 * 1024;

/** Lets a person bring pictures. */
export function bringing(run, told) {
  const dialog = $("bring");
  let file = null;
  const conditioned = run.prompts || run.classes.length > 0;

  function take(files) {
    if (files.length === 0) {
      return;
    }
    if (files.length > 1) {
      told.toast("One picture at a time: the first is taken.");
    }
    file = files[0];
    if (file.size > MOST) {
      told.toast(file.name + " has more than 20 MiB: make it smaller.");
    } else if (conditioned) {
      $("bring-name").textContent = file.name;
      URL.revokeObjectURL($("bring-picture").src);
      $("bring-picture").src = URL.createObjectURL(file);
      dialog.returnValue = "";
      dialog.showModal();
    } else {
      ask();
    }
  }

  async function ask() {
    const said = { name: file.name.slice(0, 120) };
    if (run.prompts) {
      said.prompt = $("bring-prompt").value;
    } else if ($("bring-class").value !== "") {
      said.class = $("bring-class").value;
    }
    told.busy("Reading " + file.name + " …");
    try {
      const made = await send("/api/picture?" + new URLSearchParams(said), file);
      await told.made(made.target);
    } catch (e) {
      told.failed(e);
    }
  }

  $("bring-it").addEventListener("click", () => $("bring-file").click());
  $("bring-file").addEventListener("change", () => {
    take([...$("bring-file").files]);
    $("bring-file").value = "";
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "ask") {
      ask();
    }
  });
  $("bring-prompt-of").hidden = !run.prompts;
  $("bring-class-of").hidden = run.prompts || run.classes.length === 0;
  run.classes.forEach((name, n) => $("bring-class").add(new Option(name, n)));
  let depth = 0;
  const over = (isOver) => document.body.classList.toggle("dropping", isOver);
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragenter", (event) => hasFiles(event) && over(++depth > 0));
  addEventListener("dragleave", (event) => hasFiles(event) && over(--depth > 0));
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (hasFiles(event)) {
      event.preventDefault();
      depth = 0;
      over(false);
      take([...event.dataTransfer.files]);
    }
  });
  addEventListener("paste", (event) => take([...(event.clipboardData?.files ?? [])]));
}
