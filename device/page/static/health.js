/** How the appliance is, and who looks at it. */

import { element } from "./drawing.js";

/** Show the appliance's health. */
export function showHealth(health) {
  const facts = {
    Version: `${health.version}, Python ${health.python}`,
    ...weights(health.weights),
    Temperature: health.temperature_c === null ? null : `${health.temperature_c.toFixed(0)} °C`,
    Power: health.power === null ? null : health.power.join(", ") || "fine",
    Memory: health.memory_mb === null ? null : `${health.memory_mb.toFixed(0)} MB`,
    Running: `for ${duration(health.uptime_s)}`,
    "Last fault": health.last_fault === null
      ? "none"
      : `${health.last_fault.words} (${new Date(1000 * health.last_fault.at).toLocaleString()})`,
  };
  const rows = Object.entries(facts).filter(([, words]) => words !== null).flatMap(
    ([name, words]) => [element("dt", { textContent: name }), element("dd", { textContent: words })]);
  document.getElementById("health").replaceChildren(...rows);
}

function weights(known) {
  if (known === null) return { Weights: "none loaded" };
  const measured = Object.entries(known.accuracy)
    .filter(([name]) => !name.startsWith("calibration"))
    .map(([name, share]) => rightness(name, 100 * share));
  const { date, epochs, examples } = known.trained;
  const trained = [date, epochs && `${epochs} epochs`, examples && `${examples} examples`];
  return {
    Weights: known.name,
    Measured: measured.join(", ") || null,
    Trained: trained.filter(Boolean).join(", ") || null,
  };
}

/** Say how much is right, also where it is written down how much is wrong. */
function rightness(name, percent) {
  const right = name.includes("error") ? 100 - percent : percent;
  const words = name.replace(/_?error_?/, "_").replaceAll("_", " ").replace("mnist", "MNIST").trim();
  return `${right.toFixed(2)}\u00a0% right (${words})`;
}

/** Show who is looking: a camera that others can watch says so. */
export function showWatchers({ number, watchers }, you) {
  const place = document.getElementById("watchers");
  place.hidden = number === 0;
  place.querySelector("summary").textContent = `${number} looking`;
  place.querySelector("ul").replaceChildren(...watchers.map(({ id, address, since_s: since }) =>
    element("li", { textContent: `${address}, for ${duration(since)}${id === you ? " (you)" : ""}` })));
}

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}
