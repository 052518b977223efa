/** Putting a reading right: with one click where it is one digit. */

import { ask } from "./api.js";
import { element } from "./drawing.js";
import { complain } from "./notices.js";

/** Make the row that puts a reading right, or that takes its correction back. */
export function rightness(reading) {
  return reading.correction === null ? choices(reading) : corrected(reading);
}

/** Say what a correction says. */
export function truth({ number }) {
  return number ?? "not a digit";
}

function choices(reading) {
  const row = element("form", { className: "right" },
    element("span", { textContent: reading.number === null ? "What is it really?" : "Wrong? It really is" }));
  if (reading.digits.length <= 1) {
    for (const digit of "0123456789") {
      if (digit !== reading.number) row.append(key(reading, digit, digit));
    }
  }
  row.append(key(reading, null, "not a digit"), ...other(reading, row));
  return row;
}

function corrected(reading) {
  return element("div", { className: "right" },
    element("span", { textContent: `You put it right: ${truth(reading.correction)}` }),
    button("Take back", () => ask("DELETE", `/api/readings/${reading.id}/correction`)));
}

function key(reading, number, words) {
  const made = button(words, () => putRight(reading, number));
  made.setAttribute("aria-label", number === null ? "It is not a digit" : `It is a ${number}`);
  return made;
}

function other(reading, form) {
  const field = element("input", {
    type: "text", inputMode: "numeric", pattern: "[0-9]{1,8}", maxLength: 8, required: true,
    autocomplete: "off", placeholder: "number", title: "one to eight digits",
  });
  field.setAttribute("aria-label", "The correct number");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => putRight(reading, field.value));
  });
  return [field, element("button", { textContent: "Save" })];
}

function putRight(reading, number) {
  return ask("PUT", `/api/readings/${reading.id}/correction`, { number });
}

function button(words, action) {
  return element("button", { type: "button", textContent: words, onclick: () => attempt(action) });
}

async function attempt(action) {
  try {
    await action(); // what comes of it is heard as an event, here and by everybody who looks
  } catch (error) {
    complain(error);
  }
}
