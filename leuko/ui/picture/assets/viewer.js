// The viewer: layout, opacity, colours, scale, class, blinking, zoom and pan, none of which asks
// the server. Settings stand outside the mounted element, so that moving to the next picture keeps
// them; the class starts with the suggested one and the zoom anew with each picture.
const settings = { opacity: null, layout: "side", colours: null, top: "own", beats: null,
  outline: false };
const chosenClasses = new Map();
// With new data this is called again, the end of the last call not: it is ended here.
const endOf = new WeakMap();
const CHOICES_KEPT = 200;
const ISO_SHARES = [0.25, 0.5, 0.75];
const ISO_WORDS = "Lines at 25, 50 and 75 % of it.";
const TILE_PX = 160;

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".viewer");
  endOf.get(root)?.();
  const one = (selector) => root.querySelector(selector);
  const all = (selector) => [...root.querySelectorAll(selector)];
  const quit = new AbortController();
  const on = (target, name, action, options = {}) =>
    target.addEventListener(name, action, { signal: quit.signal, ...options });

  settings.opacity ??= data.opacity;
  settings.colours ??= data.colours;
  const tables = Object.fromEntries(
    Object.entries(data.tables).map(([name, text]) => [name, bytesOf(text)]));
  const maps = data.maps && { ...data.maps, evidence: floatsOf(data.maps.evidence) };
  const cells = maps ? maps.size[0] * maps.size[1] : 0;
  const peaks = data.classes.map((_, place) => maps
    ? maps.evidence.subarray(place * cells, (place + 1) * cells).reduce((x, y) => Math.max(x, y), 0)
    : 0);
  const smallMaps = maps ? data.classes.map((_, place) => overPicture(maps, place, TILE_PX)) : [];
  const picture = one(".heated .picture");
  const mask = data.mask && outlines(data.mask);
  let chosen = chosenClasses.get(data.choice) ?? data.chosen;
  if (chosen >= data.classes.length) chosen = data.chosen;
  let map = null;

  const tops = {
    own: {
      title: "own maximum",
      top: () => peaks[chosen],
      meaning: () => `Full colour: the maximum for ${data.classes[chosen].title} in this picture.`,
    },
    picture: {
      title: "all classes of this picture",
      top: () => Math.max(...peaks),
      meaning: () => "Full colour: the maximum for any class in this picture.",
    },
    batch: {
      title: data.batch.title,
      top: () => data.batch.top,
      meaning: () => data.batch.meaning,
    },
  };
  // Strengths without a unit mean nothing beside those of another map.
  const topsOffered = Object.keys(tops).filter((name) => name === "own" || (data.absolute
    && (name === "batch" ? data.batch.top > 0 : data.classes.length > 1)));
  const topName = () => (topsOffered.includes(settings.top) ? settings.top : "own");

  setUpPicture();
  setUpTools();
  const zoom = setUpZoom(root, data, on, readValue);
  const beat = setUpBeat(root, settings, on, quit.signal);
  buildTiles();
  drawLayout();
  drawAll();

  function setUpPicture() {
    root.style.setProperty("--ratio", data.width / data.height);
    for (const pane of all(".pane")) pane.style.aspectRatio = `${data.width} / ${data.height}`;
    for (const image of all("img.picture")) image.src = data.picture;
    one(".unread-key").hidden = data.unread.length === 0;
    for (const old of all(".unread")) old.remove();
    for (const area of data.unread) {
      const box = document.createElement("div");
      box.className = "unread";
      box.style.left = `${area.left * 100}%`;
      box.style.top = `${area.top * 100}%`;
      box.style.width = `${(area.right - area.left) * 100}%`;
      box.style.height = `${(area.bottom - area.top) * 100}%`;
      one(".heated .stage").append(box);
    }
  }

  function setUpTools() {
    const slider = one(".opacity input");
    on(slider, "input", () => { settings.opacity = Number(slider.value); drawOpacity(); });
    asRadios(one(".layouts"), on, (button) => {
      settings.layout = button.dataset.layout;
      drawLayout();
    });
    const names = Object.keys(tables);
    fill(one(".colours"), names.map((name) => [name, name[0].toUpperCase() + name.slice(1)]));
    one(".colours").value = settings.colours;
    on(one(".colours"), "change", (event) => { settings.colours = event.target.value; drawAll(); });
    fill(one(".tops"), topsOffered.map((name) => [name, tops[name].title]));
    one(".tops").value = topName();
    one(".tops").disabled = !maps || topsOffered.length < 2;
    one(".tops").title = data.absolute ? ""
      : "This method's strengths cannot be compared between maps.";
    on(one(".tops"), "change", (event) => { settings.top = event.target.value; drawAll(); });
    on(one(".outline input"), "change", (event) => {
      settings.outline = event.target.checked;
      drawAll();
    });
    on(one(".save"), "click", () => saveView(root, data, view()));
    one(".save").disabled = !maps;
    on(root, "keydown", (event) => {
      if (event.target === root || event.target.tagName === "BUTTON") zoom.press(event);
    });
  }

  function buildTiles() {
    const row = one(".classes");
    row.replaceChildren();
    if (data.classes.length < 2) return;
    for (const [place, each] of data.classes.entries()) {
      const tile = element("button", "tile");
      tile.type = "button";
      tile.setAttribute("role", "radio");
      tile.dataset.place = place;
      const small = element("span", "small");
      small.append(element("canvas", "base"), element("canvas", "heat"));
      const words = element("span", "words");
      words.append(element("span", "name", each.title), element("span", "figures", each.share && `P ${each.share}`),
        element("span", "figures", strength(place)));
      tile.append(small, words);
      row.append(tile);
    }
    asRadios(row, on, (tile) => {
      chosen = Number(tile.dataset.place);
      chosenClasses.delete(data.choice);
      chosenClasses.set(data.choice, chosen);
      if (chosenClasses.size > CHOICES_KEPT) chosenClasses.delete(chosenClasses.keys().next().value);
      drawAll();
      one(".spoken").textContent = `${caption()}. ${one(".meaning").textContent}`;
    });
    picture.decode().then(() => {
      if (quit.signal.aborted) return;
      const shrink = TILE_PX / Math.max(data.width, data.height);
      for (const base of all(".tile .base")) {
        base.width = Math.max(1, Math.round(data.width * shrink));
        base.height = Math.max(1, Math.round(data.height * shrink));
        base.getContext("2d").drawImage(picture, 0, 0, base.width, base.height);
      }
    }, () => {});
  }

  function strength(place) {
    if (!maps) return "";
    if (!(peaks[place] > 0)) return "no positive evidence";
    return data.absolute ? `peak ${quantity(peaks[place])}` : "";
  }

  function caption() {
    return data.classes[chosen].caption;
  }

  // All that is drawn or saved of the chosen class.
  function view() {
    const top = tops[topName()].top();
    const evidence = Boolean(maps) && peaks[chosen] > 0;
    const contours = settings.layout === "contour";
    const lines = evidence && contours
      ? ISO_SHARES.map((share) => ({ share, path: isoLine(map, share * top) })) : [];
    const words = tops[topName()].meaning() + (contours ? ` ${ISO_WORDS}` : "");
    const end = data.absolute ? `${quantity(top)} ${data.unit}` : data.unit;
    return { top, evidence, lines, map, words: evidence ? words : "", end,
      headline: data.classes[chosen].headline, caption: caption(), remark: remark(evidence, lines),
      cells: evidence ? data.classes[chosen].on_cells : "", mask: settings.outline ? mask : null,
      table: tables[settings.colours], opacity: settings.opacity / 100, layout: settings.layout };
  }

  function remark(evidence, lines) {
    if (!maps) return data.notice;
    if (!evidence) return data.classes[chosen].notice;
    if (map.most < peaks[chosen] / 2) return data.beyond;
    const none = settings.layout === "contour" && lines.every((each) => !each.path);
    return none ? `Nowhere above ${ISO_SHARES[0] * 100} % of this scale.` : "";
  }

  function drawAll() {
    map = maps && overPicture(maps, chosen);
    const shown = view();
    const heat = one(".heated .heat");
    heat.hidden = !shown.evidence;
    if (shown.evidence) paint(heat, map, shown.top, shown.table);
    heat.setAttribute("aria-label", [caption(), strength(chosen), shown.evidence ? data.unit : ""]
      .filter(Boolean).join(", "));
    one(".caption").textContent = caption();
    one(".notice").textContent = shown.remark;
    one(".meaning").textContent = shown.words;
    drawLines(shown);
    drawScale(shown);
    drawCells(shown.evidence);
    for (const tile of all(".tile")) {
      const place = Number(tile.dataset.place);
      const canvas = tile.querySelector(".heat");
      canvas.hidden = !(peaks[place] > 0);
      const its = topName() === "own" ? peaks[place] : shown.top;
      if (peaks[place] > 0) paint(canvas, smallMaps[place], its, shown.table);
      check(tile, place === chosen);
    }
    drawOpacity();
  }

  function drawLines({ lines, table }) {
    const drawing = one(".lines");
    drawing.replaceChildren();
    if (map) drawing.setAttribute("viewBox", `0 0 ${map.width} ${map.height}`);
    for (const { share, path } of lines) {
      drawing.append(curve("casing", path), curve("line", path, colourAt(table, share)));
    }
  }

  function drawCells(evidence) {
    const { on_cells: words, outside } = data.classes[chosen];
    one(".cells").textContent = evidence ? words : "";
    one(".cells-line").hidden = data.classes.every((each) => !each.on_cells);
    one(".cells").classList.toggle("outside", evidence && outside);
    one(".outline").hidden = !mask;
    one(".outline input").checked = settings.outline;
    const drawing = one(".membranes");
    drawing.replaceChildren();
    if (!mask || !settings.outline) return;
    drawing.setAttribute("viewBox", `0 0 ${mask.width} ${mask.height}`);
    for (const [name, path] of Object.entries(mask.paths)) {
      drawing.append(curve("casing", path), curve(name, path));
    }
  }

  function drawScale({ evidence, top, table, layout }) {
    const ramp = one(".ramp").getContext("2d");
    ramp.clearRect(0, 0, 256, 1);
    for (let level = 0; level < 256; level += 1) {
      const near = ISO_SHARES.some((share) => Math.abs(255 * share - level) < 3);
      ramp.fillStyle = layout === "contour" && !near ? "#fff" : colourAt(table, level / 255);
      ramp.fillRect(level, 0, 1, 1);
    }
    const label = (share) => (data.absolute ? quantity(share * top) : `${100 * share} %`);
    one(".half").textContent = evidence ? label(0.5) : "";
    one(".top").textContent = evidence ? label(1) : "";
    one(".unit").textContent = data.unit;
    one(".bar").setAttribute("aria-label", evidence
      ? `Colour bar from 0, no evidence, to ${label(1)}, ${data.unit}` : "Colour bar");
    one(".peak-mark").hidden = !evidence;
    one(".peak-mark").style.left = `${evidence ? 100 * Math.min(1, peaks[chosen] / top) : 0}%`;
  }

  function drawOpacity() {
    one(".opacity input").value = settings.opacity;
    one(".opacity output").textContent = `${settings.opacity} %`;
    for (const heat of all(".heat")) heat.style.opacity = settings.opacity / 100;
  }

  function drawLayout() {
    root.dataset.layout = settings.layout;
    for (const button of all(".layouts button")) {
      check(button, button.dataset.layout === settings.layout);
    }
    beat.follow();
    drawAll();
  }

  function readValue(fx, fy) {
    if (!map || fx === null) { one(".here").textContent = ""; return; }
    const x = Math.min(map.width - 1, Math.floor(fx * map.width));
    const y = Math.min(map.height - 1, Math.floor(fy * map.height));
    const value = map.values[y * map.width + x];
    one(".here").textContent = data.absolute ? `here ${quantity(value)}`
      : `here ${Math.round((100 * value) / (peaks[chosen] || 1))} %`;
  }

  const end = () => {
    zoom.remember();
    quit.abort();
  };
  endOf.set(root, end);
  return end;
}
