// Zoom, pan, opacity and layout of the viewer. Kept here, outside the mounted element, so that
// moving to the next picture keeps opacity and layout; zoom starts anew with each picture.
const settings = { opacity: 70, layout: "side" };
const MOST = 16;

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".viewer");
  const all = (selector) => [...root.querySelectorAll(selector)];
  const view = { scale: 1, x: 0, y: 0 };
  const quit = new AbortController();
  const on = (target, name, action, options = {}) =>
    target.addEventListener(name, action, { signal: quit.signal, ...options });

  root.style.setProperty("--ratio", data.width / data.height);
  for (const pane of all(".pane")) pane.style.aspectRatio = `${data.width} / ${data.height}`;
  for (const image of all(".picture")) image.src = data.picture;
  const heat = root.querySelector(".heat");
  heat.hidden = !data.heat;
  if (data.heat) heat.src = data.heat; else heat.removeAttribute("src");
  root.querySelector(".caption").textContent = data.caption;
  root.querySelector(".notice").textContent = data.notice || "";
  root.querySelector(".ramp").style.background = `linear-gradient(to right, ${data.stops.join(", ")})`;
  root.querySelector(".peak").textContent = data.peak;
  root.querySelector(".unread-key").hidden = data.unread.length === 0;
  for (const old of all(".unread")) old.remove();
  for (const area of data.unread) {
    const box = document.createElement("div");
    box.className = "unread";
    box.style.left = `${area.left * 100}%`;
    box.style.top = `${area.top * 100}%`;
    box.style.width = `${(area.right - area.left) * 100}%`;
    box.style.height = `${(area.bottom - area.top) * 100}%`;
    root.querySelector(".heated .stage").append(box);
  }

  const slider = root.querySelector(".opacity input");
  function drawOpacity() {
    slider.value = settings.opacity;
    root.querySelector(".opacity output").textContent = `${settings.opacity} %`;
    heat.style.opacity = settings.opacity / 100;
  }
  function drawLayout() {
    root.dataset.layout = settings.layout;
    for (const button of all("[data-layout]")) {
      if (button === root) continue;
      button.setAttribute("aria-checked", String(button.dataset.layout === settings.layout));
    }
  }
  function drawZoom() {
    const limit = 1 - view.scale;
    view.x = Math.min(0, Math.max(limit, view.x));
    view.y = Math.min(0, Math.max(limit, view.y));
    for (const stage of all(".stage")) {
      stage.style.transform =
        `translate(${view.x * 100}%, ${view.y * 100}%) scale(${view.scale})`;
    }
    root.querySelector(".factor").textContent = `${Number(view.scale.toFixed(1))}×`;
  }
  function zoom(factor, fx = 0.5, fy = 0.5) {
    const next = Math.min(MOST, Math.max(1, view.scale * factor));
    view.x = fx - ((fx - view.x) / view.scale) * next;
    view.y = fy - ((fy - view.y) / view.scale) * next;
    view.scale = next;
    drawZoom();
  }
  function fit() {
    Object.assign(view, { scale: 1, x: 0, y: 0 });
    drawZoom();
  }

  on(slider, "input", () => { settings.opacity = Number(slider.value); drawOpacity(); });
  for (const button of all("button[data-layout]")) {
    on(button, "click", () => { settings.layout = button.dataset.layout; drawLayout(); });
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
    on(pane, "dblclick", (event) => (view.scale > 1 ? fit() : zoom(2.5, ...place(event))));
    on(pane, "pointerdown", (event) => {
      last = place(event);
      pane.setPointerCapture(event.pointerId);
      pane.classList.add("dragging");
    });
    on(pane, "pointermove", (event) => {
      if (!last) return;
      const now = place(event);
      view.x += now[0] - last[0];
      view.y += now[1] - last[1];
      last = now;
      drawZoom();
    });
    const release = () => { last = null; pane.classList.remove("dragging"); };
    on(pane, "pointerup", release);
    on(pane, "pointercancel", release);
  }
  on(root, "keydown", (event) => {
    if (event.target.tagName === "INPUT") return;
    const action = { "+": () => zoom(1.5), "-": () => zoom(1 / 1.5), "0": fit }[event.key];
    if (action) { event.preventDefault(); action(); }
  });

  drawOpacity();
  drawLayout();
  if (root.dataset.shown !== data.id) { root.dataset.shown = data.id; root.dataset.view = ""; }
  if (root.dataset.view) Object.assign(view, JSON.parse(root.dataset.view));
  drawZoom();
  return () => {
    root.dataset.view = JSON.stringify(view);
    quit.abort();
  };
}
