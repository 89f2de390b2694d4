// The field: its picture, an outline and a letter for each cell, and which cell lies at a point.

const SVG = "http://www.w3.org/2000/svg";

function setUpField(root, on, pick) {
  const part = (selector) => root.querySelector(selector);
  const pane = part(".pane"), picture = part(".stage .picture"), lines = part(".lines");
  const zoom = setUpZoom(root, { id: "" }, on);
  let shown = null, drawn = new Map(), pressed = null;

  function drawCell(cell) {
    const group = document.createElementNS(SVG, "g");
    for (const kind of ["ground", "line"]) {
      const shape = document.createElementNS(SVG, "polygon");
      shape.setAttribute("points", cell.outline.join(" "));
      shape.setAttribute("class", kind);
      group.append(shape);
    }
    const letter = document.createElementNS(SVG, "text");
    let top = 0;
    for (let at = 2; at < cell.outline.length; at += 2) if (cell.outline[at + 1] < cell.outline[top + 1]) top = at;
    letter.setAttribute("x", cell.outline[top]);
    letter.setAttribute("y", cell.outline[top + 1]);
    group.append(letter);
    return group;
  }
  // Letters keep their size on the screen whatever the size of the picture and the zoom.
  function measure() {
    if (shown) root.style.setProperty("--unit", shown.width / Math.max(1, pane.clientWidth));
  }
  function show(field, address) {
    if (address && picture.getAttribute("src") !== address) picture.src = address;
    picture.hidden = !address;
    if (shown === field) return;
    shown = field;
    zoom.fit();
    picture.alt = field ? `Field ${field.name}` : "";
    root.style.setProperty("--ratio", field ? field.width / field.height : 4 / 3);
    lines.setAttribute("viewBox", field ? `0 0 ${field.width} ${field.height}` : "0 0 1 1");
    drawn = new Map((field?.cells ?? []).map((cell) => [cell.id, drawCell(cell)]));
    lines.replaceChildren(...drawn.values());
    measure();
  }
  function mark(nameOf, isSelected, isDue) {
    for (const [id, group] of drawn) {
      const name = nameOf(id);
      group.style.setProperty("--colour", name.colour);
      group.classList.toggle("selected", isSelected(id));
      group.classList.toggle("none", name.none);
      group.querySelector(".line").setAttribute("class", `line ${name.line}`);
      group.querySelector("text").textContent = `${name.letter}${isDue(id) ? "?" : ""}`;
    }
  }
  function follow(cell) {
    if (shown === cell.field) zoom.show(cell.centre[0] / shown.width, cell.centre[1] / shown.height);
  }
  function inside(outline, x, y) {
    let odd = false;
    for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
      const [xi, yi, xj, yj] = [outline[i], outline[i + 1], outline[j], outline[j + 1]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
    }
    return odd;
  }
  function cellAt(event) {
    const box = part(".stage").getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * shown.width;
    const y = ((event.clientY - box.top) / box.height) * shown.height;
    const far = (cell) => Math.hypot(cell.centre[0] - x, cell.centre[1] - y);
    const hit = shown.cells.filter((cell) => inside(cell.outline, x, y));
    return hit.sort((one, other) => far(one) - far(other))[0];
  }
  on(pane, "pointerdown", (event) => { pressed = [event.clientX, event.clientY]; });
  on(pane, "pointerup", (event) => {
    // A drag moves the picture and selects nothing.
    const still = pressed && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < 4;
    pressed = null;
    const cell = still && shown ? cellAt(event) : null;
    if (cell) pick(cell, event);
  });
  on(part("input.outlines"), "change", (event) => { lines.toggleAttribute("hidden", !event.target.checked); });
  const watch = new ResizeObserver(measure);
  watch.observe(pane);
  return { show, mark, follow, press: zoom.press, end: () => watch.disconnect() };
}
