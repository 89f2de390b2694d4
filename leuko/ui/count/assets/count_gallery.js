// The gallery: a tile for each cell, under the class that it has now, the most uncertain first.

function setUpGallery(root, on, pick) {
  const gallery = root.querySelector(".gallery");
  const tiles = new Map();
  let groups = [], order = [];

  function element(tag, className, text = "") {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  }
  function drawTile(cell) {
    const tile = element("div", "tile");
    tile.id = `cell-${cell.id.replace(":", "-")}`;
    tile.setAttribute("role", "option");
    tile.dataset.cell = cell.id;
    const picture = element("img", "");
    picture.decoding = "async";
    picture.draggable = false;
    picture.alt = "";
    picture.src = cell.picture;
    const line = element("span", "line");
    line.append(element("b", "letter"), element("span", "share", cell.share), element("span", "mark"));
    tile.append(picture, line);
    return tile;
  }
  function build(names) {
    groups = names.map((name) => {
      const group = element("section", "group");
      group.setAttribute("role", "group");
      const head = element("h4", "head"), rows = element("div", "tiles");
      head.append(element("b", "letter", name.letter), element("span", "name", name.title), element("span", "n"));
      head.style.setProperty("--colour", name.colour);
      head.style.setProperty("--line", name.line);
      group.append(head, rows);
      return { name, group, head, rows };
    });
    gallery.replaceChildren(...groups.map((each) => each.group));
  }
  const before = (one, other) =>
    other.deferred - one.deferred || other.unsure - one.unsure || one.fieldPlace - other.fieldPlace || one.number - other.number;
  // Only what has moved is moved: five hundred tiles stay where they are.
  function draw(cells, placeOf) {
    const here = new Set(cells.map((cell) => cell.id));
    for (const [id, tile] of tiles) if (!here.has(id)) { tile.remove(); tiles.delete(id); }
    const held = groups.map(() => []);
    for (const cell of cells) held[placeOf(cell)].push(cell);
    order = [];
    groups.forEach((each, place) => {
      const own = held[place].sort(before);
      order.push(...own);
      each.group.hidden = own.length === 0;
      each.head.querySelector(".n").textContent = own.length;
      each.group.setAttribute("aria-label", `${each.name.title}, ${own.length}`);
      own.forEach((cell, at) => {
        let tile = tiles.get(cell.id);
        if (!tile || tile.dataset.picture !== cell.stamp) {
          tile?.remove();
          tile = drawTile(cell);
          tile.dataset.picture = cell.stamp;
          tiles.set(cell.id, tile);
        }
        if (each.rows.children[at] !== tile) each.rows.insertBefore(tile, each.rows.children[at] ?? null);
      });
    });
    return order;
  }
  function mark(stateOf, selected, current) {
    for (const [id, tile] of tiles) {
      const state = stateOf(id), chosen = selected.has(id);
      tile.classList.toggle("selected", chosen);
      tile.classList.toggle("current", id === current);
      tile.classList.toggle("due", state.due);
      tile.setAttribute("aria-selected", chosen);
      tile.style.setProperty("--colour", state.name.colour);
      tile.style.setProperty("--line", state.name.line);
      tile.querySelector(".letter").textContent = state.name.letter;
      tile.querySelector(".mark").textContent = state.mark;
      tile.setAttribute("aria-label", state.spoken);
    }
    const tile = tiles.get(current);
    if (tile) gallery.setAttribute("aria-activedescendant", tile.id);
    else gallery.removeAttribute("aria-activedescendant");
  }
  function reveal(id) {
    const tile = tiles.get(id);
    if (!tile) return;
    // Within the gallery alone: the page itself must not jump.
    const box = gallery.getBoundingClientRect(), own = tile.getBoundingClientRect();
    const head = 30;
    if (own.top < box.top + head) gallery.scrollTop -= box.top + head - own.top;
    else if (own.bottom > box.bottom) gallery.scrollTop += own.bottom - box.bottom + 6;
  }
  function across(id, rows) {
    const from = tiles.get(id)?.getBoundingClientRect();
    if (!from) return order[0];
    const far = (cell) => {
      const to = tiles.get(cell.id).getBoundingClientRect();
      const down = (to.top - from.top) * rows;
      return down < 4 ? Infinity : down * 1000 + Math.abs(to.left - from.left);
    };
    const near = order.map((cell) => [far(cell), cell]).filter(([distance]) => distance < Infinity);
    return near.reduce((best, each) => (each[0] < best[0] ? each : best), [Infinity, null])[1];
  }
  on(gallery, "click", (event) => {
    const tile = event.target.closest(".tile");
    if (tile) pick(tile.dataset.cell, event);
  });
  return { build, draw, mark, reveal, across, focus: () => gallery.focus({ preventScroll: true }) };
}
