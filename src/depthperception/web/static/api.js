// Talking to the server. Every call throws an Error whose message is the sentence to show.

const HEADERS = { "X-DepthPerception": "1" };
const UNREACHABLE = "The server does not answer; expected it to run. Start it again with: depthperception serve";

export const get = (path) => call("GET", path);
export const ask = (path, body) => call("POST", path, body); // nothing changes by it
export const post = (path, body) => ask(path, body ?? {}).then(tellOthers);
export const patch = (path, body) => call("PATCH", path, body).then(tellOthers);
export const remove = (path) => call("DELETE", path).then(tellOthers);

const windows = new BroadcastChannel("depthperception");

function tellOthers(answer) {
  windows.postMessage("changed");
  return answer;
}

/** Call when another window of this browser has changed something. */
export function onOthersChange(action) {
  windows.addEventListener("message", action);
}

/** Take a reading back, with the word that it was saved with. */
export const withdraw = (path, word) =>
  call("DELETE", path, undefined, { "X-Word": encodeURIComponent(word) }).then(tellOthers);

/** Send bytes as they are, as a piece of a recording. */
export const sendPiece = (path, blob) => call("POST", path, blob);

async function call(method, path, body, headers = {}) {
  const asked = { method, headers: { ...HEADERS, ...headers } };
  if (body instanceof Blob) {
    asked.body = body;
  } else if (body !== undefined) {
    asked.body = JSON.stringify(body);
    asked.headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(path, asked);
  } catch {
    throw new Error(UNREACHABLE);
  }
  if (!answer.ok) throw new Error(sentence(await answer.text(), answer.status));
  return answer.status === 204 ? null : answer.json();
}

function sentence(text, status) {
  try {
    const { error } = JSON.parse(text);
    if (typeof error === "string") return error;
  } catch {
    // not ours: a proxy's page, say
  }
  return `The server answered with status ${status}; expected an answer of its own. Reload the page and try again.`;
}

/**
 * Send a file, or those of several cameras as one lift, and follow how much of it is over (0 to 1); fetch tells no
 * progress of what it sends.
 * @param {File[]} files
 * @param {{lifter?: string, height_cm?: string, method?: string, sure?: string, rules?: string}} options
 * @param {(done: number) => void} onProgress
 * @param {AbortSignal} signal
 */
export function upload(files, options, onProgress, signal) {
  const query = new URLSearchParams(Object.entries(options).filter(([, value]) => value));
  const request = new XMLHttpRequest();
  const together = files.length > 1;
  request.open("POST", `${together ? "/judgings/together" : "/judgings"}?${query}`);
  request.setRequestHeader("X-DepthPerception", "1");
  request.setRequestHeader("X-File-Name", files.map(({ name }) => encodeURIComponent(name)).join("/"));
  if (together) request.setRequestHeader("X-File-Sizes", files.map(({ size }) => size).join("/"));
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.addEventListener(
    "progress",
    (event) => event.lengthComputable && onProgress(event.loaded / event.total),
  );
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText));
      else reject(new Error(sentence(request.responseText, request.status)));
    });
    request.addEventListener("error", () => reject(new Error(UNREACHABLE)));
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    request.send(together ? new Blob(files) : files[0]);
  });
}

export const isUnfinished = ({ state }) => state === "queued" || state === "running";

/**
 * Follow every change of every judging; first come all that are unfinished. `onOpen` is called at every (new)
 * connection: what ended before it is told no more, so it must be asked for. It is given what takes the answers in: one
 * that was on its way when an end was told is older than that, and tells nothing.
 */
export function follow(onJudging, onOpen) {
  const source = new EventSource("/api/events");
  const over = new Set();
  const take = (judging) => {
    if (!isUnfinished(judging)) over.add(judging.id);
    else if (over.has(judging.id)) return;
    onJudging(judging);
  };
  source.addEventListener("open", () => onOpen(take));
  source.addEventListener("judging", (event) => take(JSON.parse(event.data)));
  addEventListener("pagehide", () => source.close());
  return source;
}
