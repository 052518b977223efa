/** The pictures of readings, each fetched once, and only when it comes into sight. */

import { getInTurn } from "./api.js";
import { element } from "./drawing.js";

const addresses = new Map(); // of what was fetched, by reading
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    addressOf(target.dataset.reading).then((address) => { target.src = address; }, () => {});
  }
});

/** Make the picture of a reading. */
export function pictureOf({ id }) {
  const picture = element("img", { alt: "" });
  picture.dataset.reading = id;
  watcher.observe(picture);
  return picture;
}

/** Let go of the pictures of readings that are gone. */
export function keepOnly(readings) {
  const ids = new Set(readings.map(({ id }) => id));
  for (const [id, address] of addresses) {
    if (ids.has(id)) continue;
    addresses.delete(id);
    address.then(URL.revokeObjectURL, () => {});
  }
}

function addressOf(id) {
  if (!addresses.has(id)) {
    const address = getInTurn(`/api/readings/${id}/picture.png`).then(URL.createObjectURL);
    address.catch(() => addresses.delete(id)); // it may be tried again
    addresses.set(id, address);
  }
  return addresses.get(id);
}
