/** The page: joins what is heard from the appliance with the parts that show it. */

import { Answer } from "./answer.js";
import { ask, askOnce, Connection } from "./api.js";
import { Board } from "./board.js";
import { Camera } from "./camera.js";
import { showHealth, showWatchers } from "./health.js";
import { History } from "./history.js";
import { complain, notice, say } from "./notices.js";
import { Source } from "./source.js";

const CONTROLS = "a, button, input, label, select, summary, textarea";

const byId = (id) => document.getElementById(id);
const board = new Board();
const camera = new Camera();
const answer = new Answer();
const history = new History((reading) => {
  answer.show(reading);
  byId("answer").scrollIntoView({ block: "nearest" });
});
const source = new Source(() => camera.forget());
let instance = null;
let you = null; // the number of this page among those who look

const connection = new Connection({
  found(session) {
    notice("lost", "");
    document.body.classList.remove("away");
    byId("login").hidden = true;
    byId("page").hidden = false;
    byId("logout").hidden = !session.needed;
  },

  lost() {
    notice("lost", "The connection to the appliance is lost. Trying again…");
    document.body.classList.add("away");
    byId("kind").textContent = "";
    board.goDark();
  },

  locked() {
    notice("lost", "");
    byId("page").hidden = true;
    byId("login").hidden = false;
    byId("password").focus();
  },

  hello(hello) {
    byId("kind").textContent = hello.simulated ? "simulated board" : "";
    showHold(hello.hold);
    source.simulated = hello.simulated;
    answer.explains ||= hello.simulated; // a computer has the time that a Zero hasn't
    this.state(hello.state);
    this.board(hello.board);
    this.note(hello.note);
    you = hello.you;
    this.watchers(hello.watchers);
    this.health(hello.health);
    if (hello.frame) this.frame(hello.frame);
    answer.show(hello.reading);
    history.load().catch(complain);
    if (instance !== null && instance !== hello.instance) source.again().catch(complain);
    instance = hello.instance;
  },

  state(now) {
    notice("fault", now.fault);
    camera.blind = now.state === "fault" || now.state === "starting";
    board.showLight(now.light);
  },

  board: (lamps) => board.show(lamps),
  note: (note) => source.hear(note),
  frame: (frame) => camera.show(frame),
  removed: ({ id }) => history.remove(id),
  kept: (kept) => history.keep(kept),
  watchers: (watchers) => showWatchers(watchers, you),
  health: showHealth,

  reading(reading) {
    const isNew = history.add(reading);
    if (!isNew) {
      answer.change(reading);
      return;
    }
    answer.show(reading);
    const words = reading.number ?? `Not read: ${reading.reason}. ${reading.advice ?? ""}`;
    say(reading.number === null ? words : `Read ${words}`);
    document.title = `${reading.number ?? "not read"} · inkling`;
  },
});

async function press(hold = false) {
  try {
    await source.lay();
    await ask("POST", "/api/press", { hold });
  } catch (error) {
    complain(error);
  }
}

function showHold(action) {
  byId("hold").hidden = action === "nothing";
  byId("hold").textContent = action === "live" ? "Read live" : "Shut down";
  byId("hold").onclick = () => {
    if (action === "live" || confirm("Shut the appliance down?")) press(true);
  };
}

byId("press").addEventListener("click", () => press());

document.addEventListener("keydown", (event) => {
  const isFree = !event.target.closest(CONTROLS) && !byId("page").hidden;
  if (event.code !== "Space" || !isFree || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  if (!event.repeat) press();
});

byId("login-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("login-error").textContent = "";
  try {
    await askOnce("POST", "/api/session", { password: byId("password").value });
    byId("password").value = "";
    connection.open();
  } catch (error) {
    byId("login-error").textContent = error.message;
  }
});

byId("logout").addEventListener("click", async () => {
  connection.close();
  await ask("DELETE", "/api/session").catch(complain);
  connection.open();
});

connection.open();
