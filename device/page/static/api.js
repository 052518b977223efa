/** Asking the appliance, and hearing from it: the interface that openapi.json describes. */

const EVENTS = ["hello", "state", "board", "note", "frame", "reading", "removed", "watchers",
  "health", "kept"];
const SILENCE_MS = 35_000; // health comes every ten seconds; so long without is a lost connection
const MOST_PAUSE_MS = 5_000;

/** An answer that says no; its message is a line for people. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const TRIES = 8;
const TRY_AGAIN_MS = 700; // and up to twice as long, so that not all come at once again
let line = Promise.resolve();

/** Get what costs the appliance work: one thing after the other. Gives what `ask` gives. */
export function getInTurn(path) {
  const got = line.then(() => ask("GET", path));
  line = got.catch(() => {});
  return got;
}

/** Ask for something, and again where the appliance has too much to do. */
export async function ask(method, path, body) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await askOnce(method, path, body);
    } catch (error) {
      if (error.status !== 429 || tries === TRIES) throw error;
      await new Promise((done) => { setTimeout(done, TRY_AGAIN_MS * (1 + Math.random())); });
    }
  }
}

/** Ask once; a body is a picture, or becomes JSON. An answer is JSON, or a Blob. */
export async function askOnce(method, path, body) {
  const request = { method };
  if (body instanceof Blob) {
    request.body = body;
    request.headers = { "Content-Type": body.type || "application/octet-stream" };
  } else if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { "Content-Type": "application/json" };
  }
  const response = await fetch(path, request);
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const content = isJson ? await response.json() : await response.blob();
  if (!response.ok) {
    throw new Refused(response.status, content?.error ?? `the appliance answered ${response.status}`);
  }
  return content;
}

/** The bytes of a base64 text. */
export function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * The stream of events, opened while the page can be seen and opened again when it breaks.
 *
 * `handlers` has a function for each event, and besides `lost`, `found` and `locked`, which is
 * called when a password is needed.
 */
export class Connection {
  #source = null;
  #timer = 0;
  #pause_ms = 500;

  constructor(handlers) {
    this.handlers = handlers;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.close();
      else this.open();
    });
  }

  async open() {
    this.close();
    if (document.hidden) return;
    try {
      const session = await ask("GET", "/api/session");
      if (session.needed && !session.open) this.handlers.locked();
      else this.#listen(session);
    } catch {
      this.#lose();
    }
  }

  #listen(session) {
    this.close();
    const source = new EventSource("/api/events");
    this.#source = source;
    source.onerror = () => source === this.#source && this.#lose();
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        if (source !== this.#source) return;
        this.#expectMore();
        if (name === "hello") {
          this.#pause_ms = 500;
          this.handlers.found(session);
        }
        this.handlers[name](JSON.parse(event.data));
      });
    }
    this.#expectMore();
  }

  #expectMore() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), SILENCE_MS);
  }

  #lose() {
    this.close();
    this.handlers.lost();
    this.#timer = setTimeout(() => this.open(), this.#pause_ms);
    this.#pause_ms = Math.min(2 * this.#pause_ms, MOST_PAUSE_MS);
  }

  /** Hear nothing more, until it is opened again. */
  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }
}
