/** The answer: the number, each digit as the network saw it, and why. */

import { bytes, getInTurn } from "./api.js";
import { bars, element, glyph, percent, why } from "./drawing.js";
import { rightness } from "./right.js";

export class Answer {
  /** Whether to ask for the reasons with every answer: it costs a Zero seconds. */
  explains = false;
  #reading = null;
  #shown = 0; // counts what was shown, to tell whether reasons still belong to it

  constructor() {
    for (const name of ["number", "reason", "digits", "legend", "working"]) {
      this[name] = document.getElementById(name);
    }
    this.right = document.getElementById("put-right");
    this.why = document.getElementById("why");
    this.why.addEventListener("click", () => {
      this.explains = true;
      this.#explain(this.#reading);
    });
  }

  /** Show a reading, or that there is none. */
  show(reading) {
    this.#reading = reading;
    this.#shown += 1;
    this.#showNumber(reading);
    const digits = reading?.digits ?? [];
    this.digits.replaceChildren(...digits.map((digit) => card(digit, reading)));
    this.legend.hidden = this.working.hidden = true;
    this.why.hidden = digits.length === 0 || this.explains;
    this.right.replaceChildren(...(reading === null ? [] : [rightness(reading)]));
    if (this.explains) this.#explain(reading);
  }

  /** Take in that a reading was put right: its pictures stay. */
  change(reading) {
    if (reading.id !== this.#reading?.id) return;
    this.#reading = reading;
    this.right.replaceChildren(rightness(reading));
  }

  #showNumber(reading) {
    if (reading === null) {
      this.number.className = "nothing";
      this.number.textContent = "Nothing read yet: press the button.";
      this.reason.textContent = "";
      return;
    }
    const isRead = reading.number !== null;
    this.number.className = !isRead ? "refused" : reading.number.length > 4 ? "long" : "";
    this.number.textContent = isRead ? reading.number : `Not read: ${reading.reason}`;
    const sure = Math.min(...reading.digits.map(({ confidence }) => confidence));
    const time = `in ${reading.seconds.toFixed(2)} s`;
    this.reason.textContent = isRead ? `${percent(sure)} sure, ${time}` : reading.advice ?? "";
  }

  async #explain(reading) {
    if (reading === null || reading.digits.length === 0) return;
    const shown = this.#shown;
    this.why.hidden = true;
    this.working.hidden = false;
    try {
      await this.#addEach(shown, reading.digits, async (digit, at) => {
        const { spoke } = await getInTurn(`/api/readings/${reading.id}/why?digit=${at}`);
        const seen = bytes(digit.glyph);
        return figure(why(seen, spoke.flat(), `which ink spoke for the ${digit.digit}`), "why");
      });
      await this.#addEach(shown, reading.digits, async ({ digit }) => {
        const { picture } = await getInTurn(`/api/imagined/${digit}`);
        return figure(glyph(bytes(picture), `a ${digit} as the network imagines it`), "imagined");
      });
    } catch {
      // It is gone from memory, or the connection is; the answer stands without.
    }
    if (shown === this.#shown) this.working.hidden = true;
  }

  /** Add a picture to each digit, until another answer is shown. */
  async #addEach(shown, digits, make) {
    for (const [at, digit] of digits.entries()) {
      if (shown !== this.#shown) return;
      const picture = await make(digit, at);
      if (shown !== this.#shown) return;
      this.digits.children[at].querySelector(".chart").before(picture);
      this.legend.hidden = false;
    }
  }
}

function card(digit, reading) {
  const outputs = digit.outputs.map((share, label) => (
    { name: label === 10 ? "none" : String(label), share }));
  const second = outputs[digit.runner_up];
  const chosen = String(digit.digit);
  const told = outputs.filter(({ share }) => share >= 0.01)
    .map(({ name, share }) => `${name}: ${percent(share)}`).join(", ");
  const title = element("h3", {},
    element("strong", { textContent: chosen }), ` ${percent(digit.confidence)}`,
    element("span", { className: "quiet", textContent: `; then ${second.name}, ${percent(second.share)}` }));
  return element("li", { className: `digit${reading.number === null ? " refused" : ""}` },
    figure(glyph(bytes(digit.glyph), `digit read as ${chosen}, 28 by 28 pixels`), "seen"),
    element("div", { className: "chart" }, title, bars(outputs, chosen, `the outputs: ${told}`)));
}

function figure(picture, caption) {
  return element("figure", {}, picture, element("figcaption", { textContent: caption }));
}
