/** The last readings with their pictures, and those that were put right. */

import { ask } from "./api.js";
import { element } from "./drawing.js";
import { complain, notice } from "./notices.js";
import { keepOnly, pictureOf } from "./pictures.js";
import { rightness, truth } from "./right.js";

export class History {
  #readings = [];

  /** `show` is called with a reading that somebody wants to look at again. */
  constructor(show) {
    this.show = show;
    this.list = document.getElementById("history");
    this.corrections = document.getElementById("corrections");
  }

  async load() {
    const { readings, kept } = await ask("GET", "/api/readings");
    this.#readings = readings;
    this.#draw();
    this.keep(kept);
  }

  /** Take in a reading; return whether it is a new one, and not one put right. */
  add(reading) {
    const known = this.#readings.findIndex(({ id }) => id === reading.id);
    if (known < 0) this.#readings.unshift(reading);
    else this.#readings[known] = reading;
    this.#draw();
    return known < 0;
  }

  remove(id) {
    this.#readings = this.#readings.filter((reading) => reading.id !== id);
    this.#draw();
  }

  /** Say how it stands with the disk. */
  keep({ on, number, corrected, most, words: trouble }) {
    const full = `On the disk: ${number} of at most ${most}, ${corrected} of them put right.`;
    const words = on ? (number > 0 ? full : "") : "Here, nothing is kept on the disk.";
    document.getElementById("kept").textContent = words;
    notice("disk", trouble);
    document.getElementById("zip").hidden = corrected === 0;
  }

  #draw() {
    document.getElementById("no-history").hidden = this.#readings.length > 0;
    redraw(this.list, this.#readings, (reading) => this.#row(reading));
    const corrected = this.#readings.filter(({ correction }) => correction !== null);
    redraw(this.corrections, corrected, (reading) => this.#correctedRow(reading));
    keepOnly(this.#readings);
  }

  #row(reading) {
    const open = element("details", {},
      element("summary", { textContent: reading.correction ? `put right: ${truth(reading.correction)}` : "wrong?" }));
    open.addEventListener("toggle", () => open.append(rightness(reading)), { once: true });
    return row(this.#picture(reading), answered(reading), when(reading), open);
  }

  #correctedRow(reading) {
    const forget = element("button", { className: "plain", textContent: "Delete" });
    forget.setAttribute("aria-label", `Delete the correction to ${truth(reading.correction)}`);
    forget.addEventListener("click", () => forgetting(reading));
    const was = element("small", { textContent: `read as ${reading.number ?? reading.reason}` });
    const words = element("strong", { textContent: truth(reading.correction) });
    return row(this.#picture(reading), words, was, forget);
  }

  #picture(reading) {
    const picture = reading.picture
      ? pictureOf(reading)
      : element("span", { className: "gone", textContent: "no picture" });
    const button = element("button", { className: "thumb", onclick: () => this.show(reading) }, picture);
    button.setAttribute("aria-label", `Show the reading ${reading.number ?? reading.reason} again`);
    return button;
  }
}

/** Draw rows anew, but leave those alone that are as they were: somebody may be writing there. */
function redraw(list, readings, make) {
  const old = new Map([...list.children].map((item) => [item.dataset.is, item]));
  list.replaceChildren(...readings.map((reading) => {
    const is = JSON.stringify([reading.id, reading.correction, reading.picture, reading.kept]);
    const item = old.get(is) ?? make(reading);
    item.dataset.is = is;
    return item;
  }));
}

function row(...parts) {
  return element("li", { className: "row" }, ...parts);
}

function answered(reading) {
  return reading.number === null
    ? element("strong", { className: "bad", textContent: reading.reason })
    : element("strong", { textContent: reading.number });
}

function when(reading) {
  const time = new Date(1000 * reading.at).toLocaleTimeString();
  return element("small", { textContent: `${time}${reading.kept ? ", kept" : ""}` });
}

async function forgetting(reading) {
  if (!confirm("Delete this correction and its picture for good?")) return;
  try {
    await ask("DELETE", `/api/readings/${reading.id}`);
  } catch (error) {
    complain(error);
  }
}
