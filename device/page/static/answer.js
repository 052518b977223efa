/** The answer: the number, each digit as the network saw it, and why. */

import { bytes, getInTurn } from "./api.js";
import { bars, element, glyph, percent, why } from "./drawing.js";
import { rightness } from "./right.js";

export class Answer {
  /** Whether to ask for the reasons with every answer: it costs a Zero seconds. */
  explains = false;
  #reading = null;

  constructor() {
    for (const name of ["number", "reason", "digits", "legend"]) {
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
    this.#showNumber(reading);
    const digits = reading?.digits ?? [];
    this.digits.replaceChildren(...digits.map((digit) => card(digit, reading)));
    this.legend.hidden = true;
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
    if (reading === null || reading.id === null) return;
    this.why.hidden = true;
    for (const [at, digit] of reading.digits.entries()) {
      try {
        const reasons = await getInTurn(`/api/readings/${reading.id}/why?digit=${at}`);
        if (reading.id !== this.#reading?.id) return; // another answer is shown by now
        addReasons(this.digits.children[at], digit, reasons);
        this.legend.hidden = false;
      } catch {
        return; // it is gone from memory, or the connection is; the answer stands without
      }
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

function addReasons(item, digit, { spoke, imagined }) {
  const seen = bytes(digit.glyph);
  item.classList.add("explained");
  item.querySelector(".chart").before(
    figure(why(seen, spoke.flat(), `which ink spoke for the ${digit.digit}`), "why"),
    figure(glyph(bytes(imagined), `a ${digit.digit} as the network imagines it`), "imagined"));
}

function figure(picture, caption) {
  return element("figure", {}, picture, element("figcaption", { textContent: caption }));
}
