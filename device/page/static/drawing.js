/** What the page draws: elements, glyphs, bars and the lamps of the board. */

const SVG = "http://www.w3.org/2000/svg";
const SIDE = 28;
const FOR = [20, 150, 140]; // --for and --against of style.css
const AGAINST = [226, 112, 40];

/** Make an HTML element: properties, then children, which are elements or texts. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Make an SVG element: attributes, then children. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Say in short how sure, and never "100 %" or "0 %" for what is only nearly so. */
export function percent(share) {
  if (share > 0.994) return "over 99 %";
  return share < 0.006 ? "under 1 %" : `${Math.round(100 * share)} %`;
}

/** Paint 28×28 values from 0 to 255, ink high, as the network saw them. */
export function glyph(pixels, label) {
  return painted(label, (index) => [pixels[index], pixels[index], pixels[index]]);
}

/** Paint which ink spoke for the answer and which against it, over the faint glyph. */
export function why(pixels, shares, label) {
  return painted(label, (index) => {
    const share = Math.max(-1, Math.min(1, shares[index]));
    const colour = share < 0 ? AGAINST : FOR;
    const strength = Math.sqrt(Math.abs(share));
    return colour.map((part) => part * strength + pixels[index] * 0.3 * (1 - strength));
  });
}

function painted(label, colourAt) {
  const canvas = element("canvas", { width: SIDE, height: SIDE });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const brush = canvas.getContext("2d");
  const image = brush.createImageData(SIDE, SIDE);
  for (let index = 0; index < SIDE * SIDE; index += 1) {
    image.data.set([...colourAt(index), 255], 4 * index);
  }
  brush.putImageData(image, 0, 0);
  return canvas;
}

/** Draw what the network gave for each label as bars side by side. */
export function bars(outputs, chosen, label) {
  const [width, height, pitch] = [16 * outputs.length, 34, 16];
  const chart = svg("svg", {
    class: "bars", viewBox: `0 0 ${width} 46`, role: "img", "aria-label": label,
  });
  outputs.forEach(({ name, share }, index) => {
    const left = index * pitch + 2;
    const full = Math.max(share * height, share > 0.005 ? 1 : 0);
    chart.append(svg("g", name === chosen ? { class: "chosen" } : {},
      svg("rect", { class: "track", x: left, y: 0, width: 12, height, rx: 2 }),
      svg("rect", { class: "bar", x: left, y: height - full, width: 12, height: full, rx: 2 }),
      svg("text", { x: left + 6, y: 44 }, name === "none" ? "∅" : name)));
  });
  return chart;
}

// The strokes of a seven-segment digit, a to g, as corners in a box of 60 by 100.
const SEGMENTS = {
  a: "14,8 20,2 44,2 50,8 44,14 20,14",
  b: "52,10 58,16 58,42 52,48 46,42 46,16",
  c: "52,52 58,58 58,84 52,90 46,84 46,58",
  d: "14,92 20,86 44,86 50,92 44,98 20,98",
  e: "12,52 18,58 18,84 12,90 6,84 6,58",
  f: "12,10 18,16 18,42 12,48 6,42 6,16",
  g: "14,50 20,44 44,44 50,50 44,56 20,56",
};

/** Draw a seven-segment digit; `lit` of the lamps is set with `light`. */
export function sevenSegments() {
  const lamps = Object.entries(SEGMENTS).map(([name, points]) =>
    svg("polygon", { class: "lamp", points, "data-lamp": name }));
  return svg("svg", { class: "segments", viewBox: "0 0 64 100", role: "img" }, ...lamps);
}

/** Draw a row of LEDs with their names under them. */
export function leds(names) {
  const lamps = names.map((name, index) => [
    svg("circle", { class: "lamp", cx: 8 + 15 * index, cy: 8, r: 5, "data-lamp": name }),
    svg("text", { x: 8 + 15 * index, y: 23 }, name),
  ]);
  const width = 15 * names.length;
  return svg("svg", { class: "leds", viewBox: `0 0 ${width} 25`, width: 1.4 * width, role: "img" },
    ...lamps.flat());
}

/** Light the lamps that are named and put out the others. */
export function light(display, lit, label) {
  for (const lamp of display.querySelectorAll("[data-lamp]")) {
    lamp.classList.toggle("lit", lit.includes(lamp.dataset.lamp));
  }
  display.setAttribute("aria-label", label);
}

/** Outline what was found in a frame, each with what it is read as, if it is. */
export function outline(layer, found, { width, height }, isSure) {
  layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const tag = height / 17;
  layer.replaceChildren(...found.map(({ digit, box }) => {
    const x = box.left - 3;
    const y = box.top - 3;
    const above = Math.max(y - tag, 0);
    const drawn = svg("g", { class: isSure ? "sure" : "unsure" },
      svg("rect", { class: "box", x, y, width: box.width + 6, height: box.height + 6 }));
    if (digit !== null) {
      drawn.append(svg("rect", { class: "tag", x, y: above, width: tag, height: tag }),
        svg("text", { x: x + tag / 2, y: above + tag / 2, "font-size": 0.8 * tag }, String(digit)));
    }
    return drawn;
  }));
}
