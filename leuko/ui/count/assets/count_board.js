// Gallery, field and table move together. What is done shows at once and is then told to the
// server, which alone keeps the count; what it has confirmed is taken off the list of commands.

const boards = new WeakMap();
const TYPED = ["INPUT", "SELECT", "TEXTAREA"];

function makeBoard(root, session) {
  const store = storeOf(session);
  const quit = new AbortController();
  const on = (target, name, action, options = {}) =>
    target.addEventListener(name, action, { signal: quit.signal, ...options });
  const part = (selector) => root.querySelector(selector);
  let data = null, send = () => {};
  let names = [], cells = [], order = [], selected = new Set();
  let current = null, anchor = null, nextAfter = null, overlay = new Map(), seenNow = new Set();

  // --- what is the case -------------------------------------------------------------------------
  const said = (cell) => overlay.get(cell.id) ?? data.labels[cell.field.sha]?.[cell.place] ?? -1;
  const placeOf = (cell) => { const own = said(cell); return own < 0 ? cell.suggested : own; };
  const isSeen = (cell) => seenNow.has(cell.id) || data.seen[cell.field.sha]?.[cell.place] === "1";
  const isDue = (cell) => cell.must && !isSeen(cell);
  const byId = (id) => store.cells.get(id);

  function overlayPending() {
    overlay = new Map();
    seenNow = new Set();
    for (const command of store.pending) {
      for (const [id, label] of command.shows ?? []) overlay.set(id, label);
      for (const id of command.sees ?? []) seenNow.add(id);
    }
  }
  function tell(...commands) {
    for (const command of commands) store.pending.push({ ...command, sequence: ++store.sequence });
    overlayPending();
    send("commands", {
      client: store.client,
      pictures: [...store.pictures.keys()], // what is here need not be sent again
      chosen: store.chosen?.key ?? "",
      list: store.pending.map(({ shows, sees, ...command }) => command),
    });
  }
  const keysOf = (ids) => ids.map((id) => [byId(id).field.sha, byId(id).number]);

  // --- what is done -----------------------------------------------------------------------------
  function give(place) {
    const ids = order.map((cell) => cell.id).filter((id) => selected.has(id));
    if (!ids.length) return say("Select a cell first.");
    const changes = ids.filter((id) => said(byId(id)) !== place).map((id) => [id, said(byId(id))]);
    if (current) nextAfter = neighbour(current, 1, selected);
    if (changes.length) {
      store.done.push({ before: changes, after: changes.map(([id]) => [id, place]) });
      store.undone = [];
    }
    tell({ do: "label", keys: keysOf(ids), label: names[place].name, shows: ids.map((id) => [id, place]), sees: ids });
    say(ids.length > 1 ? `${ids.length} cells: ${names[place].title}` : names[place].title);
    draw();
    gallery.reveal(current);
  }
  function undo() {
    const last = store.done.pop();
    if (last) store.undone.push(last);
    tell({ do: "undo", shows: last?.before.filter(([id]) => byId(id)) });
    say("Taken back");
    draw();
  }
  function redo() {
    const last = store.undone.pop();
    if (last) store.done.push(last);
    tell({ do: "redo", shows: last?.after.filter(([id]) => byId(id)) });
    say("Done again");
    draw();
  }
  function neighbour(id, step, without = new Set()) {
    let at = order.findIndex((cell) => cell.id === id);
    do at += step; while (order[at] && without.has(order[at].id));
    return order[at]?.id ?? null;
  }
  function select(id, { many = false, one = false, tells = true } = {}) {
    if (!byId(id)) return;
    if (many && anchor && byId(anchor)) {
      const places = [anchor, id].map((each) => order.findIndex((cell) => cell.id === each));
      selected = new Set(order.slice(Math.min(...places), Math.max(...places) + 1).map((cell) => cell.id));
    } else if (one) {
      if (!selected.delete(id)) selected.add(id);
      anchor = id;
    } else {
      selected = new Set([id]);
      anchor = id;
    }
    nextAfter = null;
    current = id;
    if (tells) tell({ do: "select", keys: keysOf([id]) });
    draw();
    gallery.reveal(id);
    field.follow(byId(id));
  }
  function lookedAt() {
    const ids = [...selected].filter((id) => byId(id) && !isSeen(byId(id)));
    return ids.length ? [{ do: "seen", keys: keysOf(ids), sees: ids }] : [];
  }
  // Space: these were looked at; the next cell in the order in which they stood before any change.
  function goOn(due) {
    const from = current;
    const commands = lookedAt();
    const last = selected.size > 1 ? order.filter((cell) => selected.has(cell.id)).at(-1).id : from;
    if (commands.length) tell(...commands);
    let next = nextAfter ?? neighbour(last, 1, selected) ?? (from ? null : order[0]?.id);
    if (due) {
      const start = Math.max(0, order.findIndex((cell) => cell.id === from));
      const turned = [...order.slice(start), ...order.slice(0, start)];
      next = turned.find((cell) => cell.id !== from && isDue(cell))?.id ?? null;
      if (!next) say("No cell is left to look at.");
    } else if (!next) say("This is the last cell.");
    if (next && byId(next)) select(next);
    else draw();
  }
  function pick(id, event) {
    select(id, { many: event.shiftKey, one: event.ctrlKey || event.metaKey });
    gallery.focus();
  }
  function turn(step) {
    const at = data.fields.findIndex((each) => each.sha === data.shown) + step;
    if (data.fields[at]) tell({ do: "field", keys: [[data.fields[at].sha, 0]] });
  }

  // --- what is shown ----------------------------------------------------------------------------
  let quiet = 0;
  function say(words) {
    part(".spoken").textContent = words;
    clearTimeout(quiet);
    quiet = setTimeout(() => { part(".spoken").textContent = ""; }, 4000);
  }
  function mark(cell) {
    if (isDue(cell)) return "?";
    const own = said(cell);
    if (own >= 0 && own !== cell.suggested) return `was ${names[cell.suggested].letter}`;
    return isSeen(cell) ? "✓" : "";
  }
  function stateOf(id) {
    const cell = byId(id), name = names[placeOf(cell)], own = mark(cell);
    const told = { "?": ", to be looked at", "✓": ", looked at", "": "" }[own] ?? `, suggested ${names[cell.suggested].title}`;
    return { name, mark: own, due: own === "?", spoken: `${name.title}, suggested class ${cell.share}${told}, cell ${cell.number} of ${cell.field.name}` };
  }
  function titleOf(cell) {
    const own = said(cell);
    const verdict = `Model suggests: ${names[cell.suggested].title}, ${cell.share}`;
    return own >= 0 && own !== cell.suggested ? `${verdict}; reviewed: ${names[own].title}` : verdict;
  }
  function draw() {
    cells = data.fields.flatMap((each, place) => {
      const known = store.fields.get(each.sha)?.cells ?? [];
      for (const cell of known) cell.fieldPlace = place;
      return known;
    });
    selected = new Set([...selected].filter((id) => byId(id)));
    if (current && !byId(current)) current = null;
    order = gallery.draw(cells, placeOf);
    gallery.mark(stateOf, selected, current);
    const shown = store.fields.get(data.shown);
    field.show(shown ?? null, store.pictures.get(data.shown));
    field.mark((id) => names[placeOf(byId(id))], (id) => selected.has(id), (id) => isDue(byId(id)));
    part(".pane .notice").textContent = data.field_note;
    const at = data.fields.findIndex((each) => each.sha === data.shown);
    part(".before").disabled = at <= 0;
    part(".after").disabled = at >= data.fields.length - 1;
    part(".fields").value = data.shown;
    const left = cells.filter(isDue).length;
    part(".due").disabled = left === 0;
    part(".undo").disabled = !(data.can_undo || store.pending.some((each) => each.do === "label"));
    part(".redo").disabled = !(data.can_redo || store.pending.some((each) => each.do === "undo"));
    const cell = byId(current);
    part(".picked").title = cell?.field.name ?? "";
    part(".picked").textContent = selected.size > 1
      ? `${selected.size} cells selected`
      : cell ? `Cell ${cell.number} of ${cell.field.name}` : "No cell selected";
    table.drawChosen(cell, store.chosen, names, titleOf);
  }
  function update(now, setStateValue) {
    data = now;
    send = setStateValue;
    if (data.chosen) store.chosen = data.chosen;
    store.pending = store.pending.filter((each) => each.sequence > (data.applied[store.client] ?? 0));
    overlayPending();
    if (JSON.stringify(names) !== JSON.stringify(data.names)) {
      names = data.names;
      gallery.build(names);
    }
    const options = JSON.stringify(data.fields);
    if (part(".fields").dataset.held !== options) {
      part(".fields").dataset.held = options;
      part(".fields").replaceChildren(...data.fields.map((each) => {
        const option = document.createElement("option");
        option.value = each.sha;
        option.textContent = each.title;
        return option;
      }));
    }
    table.draw(data.table, names);
    const first = !current && byId(data.selected);
    if (first) {
      current = anchor = data.selected;
      selected = new Set([current]);
    }
    draw();
    if (first) gallery.reveal(current);
  }

  const field = setUpField(root, on, (cell, event) => pick(cell.id, event));
  const gallery = setUpGallery(root, on, pick);
  const table = setUpTable(root, on, (place) => { give(place); });

  on(part(".undo"), "click", undo);
  on(part(".redo"), "click", redo);
  on(part(".due"), "click", () => goOn(true));
  on(part(".before"), "click", () => turn(-1));
  on(part(".after"), "click", () => turn(1));
  on(part(".fields"), "change", (event) => tell({ do: "field", keys: [[event.target.value, 0]] }));
  // After a click anywhere in here the keys work; after Tab they stay where the reader put them.
  on(root, "click", (event) => {
    if (event.detail > 0 && !TYPED.includes(event.target.tagName) && event.target.tagName !== "LABEL") gallery.focus();
  });
  on(root, "keydown", (event) => {
    const at = event.target;
    if (TYPED.includes(at.tagName) && at.type !== "checkbox") return;
    if (event.ctrlKey || event.metaKey || event.altKey || !data) return;
    if (at.tagName === "BUTTON" && [" ", "Enter"].includes(event.key)) return;
    const many = event.shiftKey, letter = event.key.toUpperCase();
    const place = many ? -1 : names.findIndex((name) => name.letter === letter);
    const step = (id) => id && select(id, { many });
    const action = {
      " ": () => goOn(false), Enter: () => goOn(true),
      ArrowRight: () => step(current ? neighbour(current, 1) : order[0]?.id),
      ArrowLeft: () => step(current ? neighbour(current, -1) : order[0]?.id),
      ArrowDown: () => step(gallery.across(current, 1)?.id),
      ArrowUp: () => step(gallery.across(current, -1)?.id),
      Home: () => step(order[0]?.id), End: () => step(order.at(-1)?.id),
      "+": () => field.press(event), "-": () => field.press(event), "0": () => field.press(event),
    }[event.key] ?? (letter === data.keys.undo ? (many ? redo : undo) : place >= 0 ? () => give(place) : null);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has letters of its own
    action();
  });
  const redraw = () => { if (data) draw(); };
  store.redraw.add(redraw);
  const end = () => { quit.abort(); store.redraw.delete(redraw); field.end(); clearTimeout(quiet); };
  return { update, end, session };
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".count");
  if (data.role !== "board") { // pictures, as the bytes of JSON
    root.hidden = true;
    root.replaceChildren();
    const told = JSON.parse(new TextDecoder().decode(data));
    if (told.role === "picture") keepPicture(told);
    else keepCells(told);
    return undefined;
  }
  let board = boards.get(root);
  if (board?.session !== data.session) {
    board?.end();
    board = makeBoard(root, data.session);
    boards.set(root, board);
  }
  board.update(data, setStateValue);
  return () => { boards.get(root)?.end(); boards.delete(root); };
}
