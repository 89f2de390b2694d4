// One zoom and one position for a picture and all heatmaps of it.

const MOST_ZOOM = 16;
const STEP_ACROSS = 0.1;

function setUpZoom(root, data, on, read = () => {}) {
  const all = (selector) => [...root.querySelectorAll(selector)];
  const view = { scale: 1, x: 0, y: 0 };

  function draw() {
    const limit = 1 - view.scale;
    view.x = Math.min(0, Math.max(limit, view.x));
    view.y = Math.min(0, Math.max(limit, view.y));
    for (const stage of all(".stage")) {
      stage.style.transform =
        `translate(${view.x * 100}%, ${view.y * 100}%) scale(${view.scale})`;
      stage.style.setProperty("--zoom", view.scale);
    }
    root.querySelector(".factor").textContent = `${Number(view.scale.toFixed(1))}×`;
  }
  function zoom(factor, fx = 0.5, fy = 0.5) {
    const next = Math.min(MOST_ZOOM, Math.max(1, view.scale * factor));
    view.x = fx - ((fx - view.x) / view.scale) * next;
    view.y = fy - ((fy - view.y) / view.scale) * next;
    view.scale = next;
    draw();
  }
  function fit() {
    Object.assign(view, { scale: 1, x: 0, y: 0 });
    draw();
  }
  function move(dx, dy) {
    view.x += dx;
    view.y += dy;
    draw();
  }

  // Brings a point of the picture, in fractions of its sides, to the middle.
  function show(fx, fy) {
    if (view.scale === 1) return;
    Object.assign(view, { x: 0.5 - fx * view.scale, y: 0.5 - fy * view.scale });
    draw();
  }

  for (const button of all("button[data-zoom]")) {
    const action = { in: () => zoom(1.5), out: () => zoom(1 / 1.5), fit }[button.dataset.zoom];
    on(button, "click", action);
  }
  for (const pane of all(".pane")) {
    let last = null;
    const place = (event) => {
      const box = pane.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    on(pane, "wheel", (event) => {
      // A plain wheel scrolls the page until the picture has been zoomed into.
      if (!event.ctrlKey && !event.metaKey && view.scale === 1) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...place(event));
    }, { passive: false });
    for (const name of ["pointerdown", "dblclick"]) {
      for (const button of pane.querySelectorAll("button")) on(button, name, (event) => event.stopPropagation());
    }
    on(pane, "dblclick", (event) => (view.scale > 1 ? fit() : zoom(2.5, ...place(event))));
    on(pane, "pointerdown", (event) => {
      last = place(event);
      pane.setPointerCapture(event.pointerId);
      pane.classList.add("dragging");
    });
    on(pane, "pointermove", (event) => {
      const now = place(event);
      if (last) {
        move(now[0] - last[0], now[1] - last[1]);
        last = now;
      }
      read((now[0] - view.x) / view.scale, (now[1] - view.y) / view.scale);
    });
    on(pane, "pointerleave", () => read(null, null));
    const release = () => { last = null; pane.classList.remove("dragging"); };
    on(pane, "pointerup", release);
    on(pane, "pointercancel", release);
  }

  function press(event) {
    const across = event.target === root && view.scale > 1 ? {
      ArrowLeft: () => move(STEP_ACROSS, 0), ArrowRight: () => move(-STEP_ACROSS, 0),
      ArrowUp: () => move(0, STEP_ACROSS), ArrowDown: () => move(0, -STEP_ACROSS),
    } : {};
    const action = { "+": () => zoom(1.5), "-": () => zoom(1 / 1.5), "0": fit, ...across }[event.key];
    if (action && !event.ctrlKey && !event.metaKey) { event.preventDefault(); action(); }
  }

  if (root.dataset.shown !== data.id) { root.dataset.shown = data.id; root.dataset.view = ""; }
  if (root.dataset.view) Object.assign(view, JSON.parse(root.dataset.view));
  draw();
  return { press, fit, show, remember: () => { root.dataset.view = JSON.stringify(view); } };
}
