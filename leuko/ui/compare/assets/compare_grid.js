// Opacity and enlarging of the grid. Opacity is kept here, outside the mounted element, so that
// moving to the next picture keeps it; zoom (zoom.js) starts anew with each picture.
const settings = { opacity: null };

// With new data this is called again, the end of the last call not: it is ended here.
const endOf = new WeakMap();

export default function ({ parentElement, data }) {
  endOf.get(parentElement)?.();
  settings.opacity ??= data.opacity;
  const root = parentElement.querySelector(".compare");
  const grid = root.querySelector(".grid");
  const all = (selector) => [...root.querySelectorAll(selector)];
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

  on(slider, "input", () => { settings.opacity = Number(slider.value); drawOpacity(); });
  on(root.querySelector(".all"), "click", () => enlarge(""));
  on(root, "keydown", (event) => {
    if (event.target.tagName === "INPUT") return;
    if (event.key === "Escape") { event.preventDefault(); enlarge(""); }
    zoom.press(event);
  });

  drawOpacity();
  enlarge(root.dataset.enlarged ?? "");
  const zoom = setUpZoom(root, data, on);
  const end = () => {
    zoom.remember();
    quit.abort();
  };
  endOf.set(parentElement, end);
  return end;
}
