/** The camera's picture with what was found in it, and how to aim better. */

import { outline } from "./drawing.js";

export class Camera {
  #next = null;
  #busy = false;

  constructor() {
    this.view = document.getElementById("view");
    this.outlines = document.getElementById("outlines");
    this.advice = document.getElementById("advice");
  }

  /** Show a frame as soon as the one before it has arrived; those in between are left out. */
  async show(frame) {
    this.#next = frame;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#next) {
      const now = this.#next;
      this.#next = null;
      this.view.src = `/api/frame.jpg?number=${now.number}`;
      await this.view.decode().catch(() => {}); // the next frame comes anyhow
      this.#draw(now);
    }
    this.#busy = false;
  }

  /** While nothing can be seen, what was seen last isn't to be taken for what is there. */
  set blind(is) {
    document.getElementById("stage").classList.toggle("blind", is);
    if (is) this.forget();
  }

  /** Take the outlines away, because what they outlined is changing. */
  forget() {
    this.outlines.replaceChildren();
    this.#advise([], null);
  }

  #draw(frame) {
    outline(this.outlines, frame.boxes, frame, frame.answer !== null);
    const count = frame.boxes.length;
    this.view.alt = count ? `What the camera sees, with ${count} found` : "What the camera sees";
    this.#advise(frame.advice, frame.answer);
  }

  #advise(advice, answer) {
    const isGood = advice.every(({ kind }) => kind === "ok");
    const words = advice.map((one) => one.words);
    if (answer !== null) words.push(`a press would answer ${answer}`);
    const text = words.join("; ");
    // Said again only when it differs: this is a live region.
    if (this.advice.textContent !== text) this.advice.textContent = text;
    this.advice.className = !text ? "" : isGood ? "good" : "bad";
  }
}
