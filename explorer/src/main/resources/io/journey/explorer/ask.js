// Talks to the server: what it knows of the run, and answers as they come.

export class Gone extends Error {}

async function checked(promise) {
  let response;
  try {
    response = await promise;
  } catch (e) {
    if (e.name === "AbortError") {
      throw e;
    }
    throw new Gone("The explorer has stopped.");
  }
  if (response.status === 403) {
    throw new Gone("The explorer was started anew.");
  }
  if (!response.ok) {
    throw new Error((await response.text()).trim());
  }
  return response;
}

export async function get(path) {
  return (await checked(fetch(path, { cache: "no-store" }))).json();
}

/** The numbers of a text in base 64, float32. */
function floats(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = binary.charCodeAt(i);
  }
  return new Float32Array(bytes.buffer);
}

/** Sends bytes. */
export async function send(path, bytes) {
  const type = { "Content-Type": "application/octet-stream" };
  return (await checked(fetch(path, { method: "POST", headers: type, body: bytes }))).json();
}

/** The numbers of a text in base 64, int32. */
export function whole(text) {
  return new Int32Array(floats(text).buffer);
}

/** Asks a question; every answer is told as it comes. */
export function ask(path, question, signal, tell) {
  return lines(path, question, signal, (answer) => {
    answer.scores = floats(answer.scores);
    answer.margins = answer.margins ? floats(answer.margins) : null;
    tell(measured(answer));
  });
}

/** Sends a request whose answer is lines of JSON, each told as it comes. */
export async function lines(path, question, signal, tell) {
  const response = await checked(fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
    signal,
  }));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch (e) {
      throw e.name === "AbortError" ? e : new Gone("The explorer has stopped.");
    }
    if (part.done) {
      return;
    }
    const parts = (rest + part.value).split("\n");
    rest = parts.pop();
    for (const line of parts.filter((l) => l !== "")) {
      const answer = JSON.parse(line);
      if (answer.failure) {
        throw new Error(answer.failure);
      }
      tell(answer);
    }
  }
}

/** The mean and standard deviation of an answer's scores, which are its unit. */
function measured(answer) {
  let sum = 0;
  let squares = 0;
  for (const score of answer.scores) {
    sum += score;
    squares += score * score;
  }
  const mean = sum / answer.scores.length;
  answer.sd = Math.sqrt(Math.max(0, squares / answer.scores.length - mean * mean)) || 1;
  return answer;
}

const CLIENT = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16)).join("");

/** What asks, by lane: a question replaces the one before it in its lane. */
export function client(lane) {
  return CLIENT + "-" + lane;
}
