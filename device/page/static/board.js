/** The board as it is: its displays, its button, its status light. */

import { element, leds, light, sevenSegments } from "./drawing.js";

const SIGNS = {
  abcdef: "0", bc: "1", abdeg: "2", abcdg: "3", bcfg: "4", acdfg: "5", acdefg: "6", abc: "7",
  abcdefg: "8", abcdfg: "9", g: "a bar: refused", "": "nothing",
};
const TEN = [..."0123456789"];
const BINARY = ["8", "4", "2", "1"];
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Board {
  #names = null;
  #timer = 0;
  #rhythm = "";

  constructor() {
    this.displays = document.getElementById("displays");
    this.press = document.getElementById("press");
    this.lamp = document.getElementById("lamp");
  }

  /** Show the lamps as they are. */
  show(board) {
    if (this.#names !== board.displays.join()) this.#build(board);
    this.press.classList.toggle("down", board.pressed);
    if (this.segments) {
      const lit = [...board.seven_segment].sort();
      light(this.segments, lit, `seven segments: ${SIGNS[lit.join("")] ?? lit.join(" ")}`);
    }
    if (this.ten) showLeds(this.ten, TEN, board.ten_leds, "ten LEDs");
    if (this.binary) showLeds(this.binary, BINARY, board.binary, "binary LEDs");
    if (this.console) this.console.textContent = board.console ?? "";
  }

  /** Show what the status light does, and say what it means. */
  showLight({ pattern, words, meaning, rhythm }) {
    document.getElementById("light-name").textContent = meaning;
    document.getElementById("light-words").textContent = `light: ${words}`;
    const name = pattern + still.matches;
    if (name === this.#rhythm) return; // it goes on undisturbed
    this.#rhythm = name;
    clearTimeout(this.#timer);
    if (still.matches) this.#set(rhythm.some(({ on }) => on));
    else this.#play(rhythm, 0);
  }

  /** Show no lamp lit: nobody knows how they are. */
  goDark() {
    clearTimeout(this.#timer);
    this.#rhythm = "";
    this.#set(false);
    document.getElementById("light-name").textContent = "unknown";
    document.getElementById("light-words").textContent = "";
    for (const lamp of this.displays.querySelectorAll(".lit")) lamp.classList.remove("lit");
  }

  #play(rhythm, step) {
    const { on, seconds } = rhythm[step];
    this.#set(on);
    if (seconds === null) return;
    const next = (step + 1) % rhythm.length;
    this.#timer = setTimeout(() => this.#play(rhythm, next), 1000 * seconds);
  }

  #set(on) {
    this.lamp.classList.toggle("lit", on);
  }

  #build(board) {
    this.#names = board.displays.join();
    this.segments = board.seven_segment === null ? null : sevenSegments();
    this.ten = board.ten_leds === null ? null : leds(TEN);
    this.binary = board.binary === null ? null : leds(BINARY);
    this.console = board.console === null ? null : element("p", { className: "console" });
    const parts = [this.segments, this.ten, this.binary, this.console];
    this.displays.replaceChildren(...parts.filter((part) => part !== null));
  }
}

function showLeds(display, names, lit, title) {
  const named = names.filter((_, index) => lit[index]);
  light(display, named, `${title}: ${named.join(" ") || "none"} lit`);
}
