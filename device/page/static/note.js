/** A note to write on with mouse, finger or pen, as the simulated camera will see it. */

const PAPER = "#f3efe6";
const INK = "#1d2430";
const CAMERA = [640, 480];

export class Note {
  /** `changed` is called after every stroke, and when strokes are taken back. */
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.strokes = [];
    this.width = 13; // of the pen, in pixels of what the camera sees
    this.stroke = null;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => this.#end(event));
    }
    this.draw();
  }

  get isBlank() {
    return this.strokes.length === 0;
  }

  undo() {
    this.strokes.pop();
    this.draw();
    this.changed();
  }

  clear() {
    this.strokes = [];
    this.draw();
    this.changed();
  }

  /** Photograph the note: a PNG as large as the camera's frame. */
  photograph() {
    return shrunk(this.canvas);
  }

  draw() {
    const brush = this.canvas.getContext("2d");
    brush.fillStyle = PAPER;
    brush.fillRect(0, 0, this.canvas.width, this.canvas.height);
    for (const stroke of this.strokes) ink(brush, stroke);
  }

  #begin(event) {
    if (this.stroke || event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    const scale = this.canvas.width / CAMERA[0];
    this.stroke = { pointer: event.pointerId, width: this.width * scale, points: [] };
    this.strokes.push(this.stroke);
    this.#add([event]);
  }

  #go(event) {
    if (event.pointerId !== this.stroke?.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.#add(events.length ? events : [event]);
  }

  #end(event) {
    if (event.pointerId !== this.stroke?.pointer) return;
    this.stroke = null;
    this.changed();
  }

  #add(events) {
    const place = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / place.width;
    for (const event of events) {
      const x = (event.clientX - place.left) * scale;
      const y = (event.clientY - place.top) * scale;
      // A pen that feels pressure writes thinner and thicker; mouse and finger say one half.
      this.stroke.points.push({ x, y, press: event.pointerType === "pen" ? event.pressure : 0.5 });
    }
    this.draw();
  }
}

function ink(brush, { width, points }) {
  brush.strokeStyle = INK;
  brush.lineCap = brush.lineJoin = "round";
  // From middle to middle with the points as controls: round where the hand was round.
  let from = points[0];
  brush.fillStyle = INK; // a stroke without length has no width
  brush.beginPath();
  brush.arc(from.x, from.y, (width * (0.6 + 0.8 * from.press)) / 2, 0, 2 * Math.PI);
  brush.fill();
  points.forEach((point, index) => {
    const next = points[index + 1] ?? point;
    const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    brush.lineWidth = width * (0.6 + 0.8 * point.press);
    brush.beginPath();
    brush.moveTo(from.x, from.y);
    brush.quadraticCurveTo(point.x, point.y, middle.x, middle.y);
    brush.stroke();
    from = middle;
  });
}

/** Take a picture of a canvas or a video as large as the camera's frame, its middle if need be. */
export function shrunk(source) {
  const [width, height] = CAMERA;
  const wide = source.videoWidth ?? source.width;
  const high = source.videoHeight ?? source.height;
  const scale = Math.max(width / wide, height / high);
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const brush = canvas.getContext("2d");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(source, (width - wide * scale) / 2, (height - high * scale) / 2,
    wide * scale, high * scale);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
