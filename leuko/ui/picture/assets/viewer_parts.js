// Parts of the viewer that know nothing of evidence.

const HALF_BEAT_MS = 500;

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function fill(select, options) {
  select.replaceChildren(...options.map(([value, title]) => {
    const option = element("option", "", title);
    option.value = value;
    return option;
  }));
}

function colourAt(table, share) {
  const place = Math.round(255 * share) * 3;
  return `rgb(${table[place]} ${table[place + 1]} ${table[place + 2]})`;
}

function curve(kind, path, colour = "") {
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("class", kind);
  line.setAttribute("d", path);
  line.style.stroke = colour;
  return line;
}

function check(button, checked) {
  button.setAttribute("aria-checked", String(checked));
  button.tabIndex = checked ? 0 : -1;
}

// Radio buttons as a reader of the screen expects them: one stop of the tab key, arrows choose.
function asRadios(group, on, choose) {
  const buttons = [...group.querySelectorAll("[role=radio]")];
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  buttons.forEach((button, place) => {
    on(button, "click", () => choose(button));
    on(button, "keydown", (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      event.stopPropagation();
      const next = buttons[(place + steps[event.key] + buttons.length) % buttons.length];
      next.focus();
      choose(next);
    });
  });
}

// Picture and overlay by turns, one change each way a second. Runs on demand only, and not while
// nobody can see it; where the system asks for less motion it waits for a press of Start.
function setUpBeat(root, settings, on, signal) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const run = root.querySelector("[data-beat=run]");
  const swap = root.querySelector("[data-beat=swap]");
  let timer = null;
  let inSight = true;

  const swapOver = () => {
    root.dataset.shows = root.dataset.shows === "picture" ? "heat" : "picture";
  };
  function follow() {
    const chosen = settings.layout === "blink";
    const running = chosen && (settings.beats ?? !still);
    if (!chosen) root.dataset.shows = "heat";
    clearInterval(timer);
    timer = running && inSight && !document.hidden ? setInterval(swapOver, HALF_BEAT_MS) : null;
    run.textContent = running ? "Pause" : "Start";
    root.dataset.beats = String(timer !== null);
  }
  on(run, "click", () => { settings.beats = !(settings.beats ?? !still); follow(); });
  on(swap, "click", () => { settings.beats = false; follow(); swapOver(); });
  on(document, "visibilitychange", follow);
  const watch = new IntersectionObserver(([entry]) => { inSight = entry.isIntersecting; follow(); });
  watch.observe(root.querySelector(".panes"));
  signal.addEventListener("abort", () => { clearInterval(timer); watch.disconnect(); });
  return { follow };
}
