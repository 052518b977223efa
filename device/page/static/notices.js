/** What the page says in words: notices for the eye, and answers for the ear. */

const spoken = document.getElementById("spoken");
const trouble = document.getElementById("trouble");
let timer = 0;

/** Say something to those who listen. */
export function say(words) {
  spoken.textContent = words;
}

/** Say for a while what could not be done. */
export function complain(error) {
  // fetch says "Failed to fetch", which helps nobody.
  trouble.textContent = error instanceof TypeError ? "The appliance can’t be reached." : error.message;
  trouble.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { trouble.hidden = true; }, 8_000);
}

/** Say something as long as it is so; nothing takes it away. */
export function notice(id, words) {
  const place = document.getElementById(id);
  place.textContent = words ?? "";
  place.hidden = !words;
}
