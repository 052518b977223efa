/** What lies under the simulated camera: the pile, a note of one's own, a photograph, a webcam. */

import { ask } from "./api.js";
import { Note, shrunk } from "./note.js";
import { complain, notice } from "./notices.js";

const LOOK_MS = 700; // between two pictures of the webcam

export class Source {
  isSimulated = false;
  #kind = "pile";
  #laid = true;
  #sent = Promise.resolve();
  #stream = null;
  #timer = 0;

  /** `changing` is called when what was found is about to change. */
  constructor(changing) {
    this.changing = changing;
    for (const name of ["view", "note", "webcam", "stage", "file", "undo", "clear"]) {
      this[name] = document.getElementById(name);
    }
    this.paper = new Note(this.note, () => this.#written());
    this.note.addEventListener("pointerdown", () => {
      this.#hint();
      changing();
    });
    this.#listen();
  }

  /** On a real board there is nothing to choose: the camera is what it is. */
  set simulated(is) {
    document.getElementById("sources").hidden = !is;
    this.isSimulated = is;
    this.#draw();
  }

  /** Hear what lies there, maybe through somebody else. */
  hear({ own, title }) {
    this.#laid &&= own || this.#kind === "pile";
    document.getElementById("title").textContent = title ?? "";
    if (own && this.#kind === "pile") this.#choose("picture");
  }

  /** After a reconnection the appliance may have forgotten what lay there. */
  async again() {
    if (this.#kind === "write") this.#laid = false;
    await this.lay();
  }

  /** Lay there what is to be read now, if it doesn't lie there yet. */
  async lay() {
    if (this.#kind === "webcam" && this.#stream) await this.#post(await shrunk(this.webcam));
    if (this.#kind === "write" && !this.#laid) {
      this.#laid = true; // unless it changes again on its way
      await this.#post(await this.paper.photograph());
    }
    await this.#sent;
  }

  #listen() {
    for (const choice of document.querySelectorAll("[name=source]")) {
      choice.addEventListener("change", () => this.#go(choice.value));
    }
    for (const pen of document.querySelectorAll("[name=pen]")) {
      pen.addEventListener("change", () => { this.paper.width = Number(pen.value); });
    }
    const on = (id, action) => document.getElementById(id).addEventListener("click", action);
    on("undo", () => this.paper.undo());
    on("clear", () => this.paper.clear());
    on("next-note", () => attempt(() => ask("POST", "/api/note/next", {})));
    on("webcam-start", () => attempt(() => this.#startWebcam()));
    on("webcam-stop", () => this.#stopWebcam());
    this.file.addEventListener("change", () => this.#layFile(this.file.files[0]));
    this.#listenForDrops();
  }

  #listenForDrops() {
    const over = (is) => this.stage.classList.toggle("dropping", is);
    document.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault(); // else the browser leaves the page for the picture
      over(this.isSimulated);
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget ?? over(false));
    document.addEventListener("drop", (event) => {
      over(false);
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      if (this.isSimulated) this.#layFile(event.dataTransfer.files[0]);
    });
  }

  /** Somebody chose what is to lie there. */
  #go(kind) {
    this.#choose(kind);
    this.changing();
    if (kind === "pile") attempt(() => ask("DELETE", "/api/note"));
    if (kind === "write") {
      this.#laid = false;
      attempt(() => this.lay());
    }
  }

  #choose(kind) {
    this.#kind = kind;
    if (kind !== "webcam") this.#stopWebcam();
    document.querySelector(`[name=source][value=${kind}]`).checked = true;
    this.#draw();
  }

  #draw() {
    const kind = this.isSimulated ? this.#kind : null;
    for (const tools of document.querySelectorAll("#tools > div")) {
      tools.hidden = tools.dataset.source !== kind;
    }
    this.note.hidden = kind !== "write";
    this.webcam.hidden = kind !== "webcam" || this.#stream === null;
    this.view.hidden = !this.note.hidden || !this.webcam.hidden;
    this.#hint();
  }

  #hint() {
    const blank = this.#kind === "write" && this.paper.isBlank;
    notice("hint", blank ? "Write a number here, then press" : "");
    this.undo.disabled = this.clear.disabled = this.paper.isBlank;
  }

  async #written() {
    this.#hint();
    this.changing();
    this.#laid = false;
    await attempt(() => this.lay());
  }

  async #layFile(file) {
    if (file === undefined) return;
    this.#choose("picture");
    this.changing();
    await attempt(() => this.#post(file));
    this.file.value = ""; // the same file may be chosen again
  }

  /** Send a picture after those before it, so that the last one stays on top. */
  #post(picture) {
    const sent = this.#sent.then(() => ask("POST", "/api/note", picture));
    this.#sent = sent.catch(() => { this.#laid = false; });
    return sent;
  }

  async #startWebcam() {
    if (!navigator.mediaDevices) {
      throw new Error("The browser lends its camera only to pages of this computer, or over https.");
    }
    const wanted = { facingMode: "environment", width: { ideal: 1280 } };
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: wanted }).catch(() => {
      throw new Error("The browser gave no camera: there is none, or it wasn’t allowed.");
    });
    this.webcam.srcObject = this.#stream;
    await this.webcam.play();
    this.#showWebcam(true);
    this.#look();
  }

  async #look() {
    await attempt(() => this.lay());
    if (this.#stream) this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }

  #stopWebcam() {
    clearTimeout(this.#timer);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = this.webcam.srcObject = null;
    this.#showWebcam(false);
  }

  #showWebcam(is) {
    document.getElementById("webcam-start").hidden = is;
    document.getElementById("webcam-stop").hidden = !is;
    this.#draw();
  }
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    complain(error);
  }
}
