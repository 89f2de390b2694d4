// Zoom, pan, opacity and enlarging of the grid. Opacity is kept here, outside the mounted element,
// so that moving to the next picture keeps it; zoom starts anew with each picture.
const settings = { opacity: 70 };
const MOST = 16;

// With new data this is called again, the end of the last call not: it is ended here.
const endOf = new WeakMap();

export default function ({ parentElement, data }) {
  endOf.get(parentElement)?.();
  const root = parentElement.querySelector(".compare");
  const grid = root.querySelector(".grid");
  const all = (selector) => [...root.querySelectorAll(selector)];
  const view = { scale: 1, x: 0, y: 0 };
  const quit = new AbortController();
  const on = (target, name, action, options = {}) =>
    target.addEventListener(name, action, { signal: quit.signal, ...options });

  function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }
  function drawBar(bar) {
    const box = element("div", "bar");
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `${bar.title}: ${bar.text}`);
    const words = element("div", "words");
    words.append(element("span", "", bar.title), element("span", "value", bar.text));
    const track = element("div", "track");
    const fill = element("div", "fill");
    fill.style.width = `${bar.share * 100}%`;
    fill.style.background = bar.colour;
    track.append(fill);
    box.append(words, track);
    return box;
  }
  function drawUnread(area) {
    const box = element("div", "unread");
    box.style.left = `${area.left * 100}%`;
    box.style.top = `${area.top * 100}%`;
    box.style.width = `${(area.right - area.left) * 100}%`;
    box.style.height = `${(area.bottom - area.top) * 100}%`;
    return box;
  }
  function drawCell(model, place) {
    const cell = root.querySelector("template").content.firstElementChild.cloneNode(true);
    const part = (selector) => cell.querySelector(selector);
    part(".title").textContent = model ? model.title : "Picture as uploaded";
    part(".picture").src = data.picture;
    part(".picture").alt = model ? `The picture under the heatmap of ${model.title}` : "The picture as uploaded";
    part(".pane").style.aspectRatio = `${data.width} / ${data.height}`;
    part(".suggests").hidden = part(".heat").hidden = part(".legend").hidden = true;
    part(".unread-key").hidden = part(".enlarge").hidden = true;
    if (!model) {
      cell.classList.add("uploaded");
      part(".caption").textContent = `${data.width} × ${data.height} pixels`;
      return cell;
    }
    cell.dataset.place = place;
    part(".figures").replaceChildren(...model.figures.map((line) => element("div", "", line)));
    part(".suggests").hidden = false;
    part(".suggestion").textContent = model.suggestion;
    part(".decision").textContent = model.decision;
    part(".caption").textContent = model.caption;
    part(".notice").textContent = model.notice;
    part(".bars").replaceChildren(...model.bars.map(drawBar));
    part(".why").hidden = model.reasons.length === 0;
    part(".why").append(...model.reasons.map((reason) => element("p", "", reason)));
    part(".enlarge").hidden = false;
    part(".enlarge").setAttribute("aria-label", `Enlarge ${model.title}`);
    on(part(".enlarge"), "click", () => enlarge(root.dataset.enlarged === String(place) ? "" : String(place)));
    part(".stage").append(...model.unread.map(drawUnread));
    part(".unread-key").hidden = model.unread.length === 0;
    if (model.heat) {
      part(".heat").hidden = part(".legend").hidden = false;
      part(".heat").src = model.heat;
      part(".ramp").style.background = `linear-gradient(to right, ${data.stops.join(", ")})`;
      part(".peak").textContent = model.peak;
    }
    return cell;
  }

  root.style.setProperty("--ratio", data.width / data.height);
  grid.replaceChildren(drawCell(null, -1), ...data.models.map(drawCell));

  function enlarge(place) {
    if (place === "" || !data.models[Number(place)]) delete root.dataset.enlarged;
    else root.dataset.enlarged = place;
    const large = root.dataset.enlarged;
    root.querySelector(".all").hidden = large === undefined;
    for (const cell of all(".cell[data-place]")) {
      cell.hidden = large !== undefined && cell.dataset.place !== large;
      cell.querySelector(".enlarge").textContent = large === undefined ? "Enlarge" : "All models";
    }
  }
  const slider = root.querySelector(".opacity input");
  function drawOpacity() {
    slider.value = settings.opacity;
    root.querySelector(".opacity output").textContent = `${settings.opacity} %`;
    for (const heat of all(".heat")) heat.style.opacity = settings.opacity / 100;
  }
  function drawZoom() {
    const limit = 1 - view.scale;
    view.x = Math.min(0, Math.max(limit, view.x));
    view.y = Math.min(0, Math.max(limit, view.y));
    for (const stage of all(".stage")) {
      stage.style.transform = `translate(${view.x * 100}%, ${view.y * 100}%) scale(${view.scale})`;
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
  on(root.querySelector(".all"), "click", () => enlarge(""));
  for (const button of all("button[data-zoom]")) {
    on(button, "click", { in: () => zoom(1.5), out: () => zoom(1 / 1.5), fit }[button.dataset.zoom]);
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
    const action = { "+": () => zoom(1.5), "-": () => zoom(1 / 1.5), "0": fit, Escape: () => enlarge("") }[event.key];
    if (action) { event.preventDefault(); action(); }
  });

  drawOpacity();
  enlarge(root.dataset.enlarged ?? "");
  if (root.dataset.shown !== data.id) { root.dataset.shown = data.id; root.dataset.view = ""; }
  if (root.dataset.view) Object.assign(view, JSON.parse(root.dataset.view));
  drawZoom();
  const end = () => {
    root.dataset.view = JSON.stringify(view);
    quit.abort();
  };
  endOf.set(parentElement, end);
  return end;
}
