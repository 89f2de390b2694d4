// Sorting, views, picks and explanations of the table over all models. View and order are kept
// here, outside the mounted element, so that a rerun of the page leaves them as they are.
const kept = { view: 0, sort: null, rising: true };
const PATTERNS = {
  "": (colour) => colour,
  "/": (colour) => `repeating-linear-gradient(135deg, ${colour} 0 2px, transparent 2px 4px)`,
  x: (colour) => `repeating-linear-gradient(45deg, ${colour} 0 1px, transparent 1px 4px),
    repeating-linear-gradient(135deg, ${colour} 0 1px, transparent 1px 4px)`,
  ".": (colour) => `radial-gradient(${colour} 45%, transparent 50%) 0 0 / 4px 4px`,
};
const MARGIN = 8;

function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function inOrder(rows) {
  if (!kept.sort) return rows;
  const value = (row) => (kept.sort === "model" ? row.title : row.cells[kept.sort].value);
  const sign = kept.rising ? 1 : -1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null) - (b === null); // missing always last
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
  });
}

// With new data this is called again, the end of the last call not: it is ended here.
const endOf = new WeakMap();

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  endOf.get(parentElement)?.();
  const root = parentElement.querySelector(".models");
  const table = root.querySelector("table");
  const tip = root.querySelector(".tip");
  const quit = new AbortController();
  const on = (target, name, action, options = {}) =>
    target.addEventListener(name, action, { signal: quit.signal, ...options });
  const told = new WeakMap();
  let described = null;
  // Picks that the server has not yet sent back win over what it sends.
  let picked = data.picked;
  if (root.dataset.sent) {
    if (root.dataset.sent === JSON.stringify(picked)) delete root.dataset.sent;
    else picked = JSON.parse(root.dataset.sent);
  }

  function pick(ids) {
    picked = ids;
    root.dataset.sent = JSON.stringify(ids);
    setStateValue("picked", ids);
    drawPicks();
  }
  function drawPicks() {
    for (const box of table.querySelectorAll("tbody .pick input")) {
      box.checked = picked.includes(box.value);
    }
    const able = data.rows.filter((row) => row.measured);
    const count = able.filter((row) => picked.includes(row.id)).length;
    const all = table.querySelector("thead .pick input");
    if (!all) return;
    all.checked = count > 0 && count === able.length;
    all.indeterminate = count > 0 && count < able.length;
    all.disabled = able.length === 0;
  }
  function pickAll(wanted) {
    const shown = data.rows.filter((row) => row.measured).map((row) => row.id);
    const others = picked.filter((id) => !shown.includes(id));
    pick(wanted ? [...picked, ...shown.filter((id) => !picked.includes(id))] : others);
  }

  function checkBox(label, action) {
    const box = make("input");
    box.type = "checkbox";
    box.setAttribute("aria-label", label);
    on(box, "change", () => action(box));
    return box;
  }
  function headCell(id, label, className, hint, risesFirst) {
    const cell = make("th", className);
    cell.scope = "col";
    cell.dataset.column = id;
    const button = make("button", "", label);
    button.type = "button";
    const isSorted = kept.sort === id;
    cell.setAttribute("aria-sort", !isSorted ? "none" : kept.rising ? "ascending" : "descending");
    on(button, "click", () => {
      if (kept.sort !== id) Object.assign(kept, { sort: id, rising: risesFirst });
      else if (kept.rising === risesFirst) kept.rising = !risesFirst;
      else kept.sort = null;
      draw();
    });
    cell.append(button);
    if (hint) told.set(cell, hint);
    return cell;
  }
  function bodyCell(column, cell, first) {
    const isText = column.kind === "text";
    const element = make("td", isText ? "text" : `number ${column.kind}`);
    element.dataset.column = column.id;
    element.classList.toggle("starts", first);
    element.classList.toggle("long", isText && cell.text.length > 16);
    element.classList.toggle("missing", cell.value === null && cell.text.length > 1);
    element.append(make("span", "", cell.text));
    if (cell.low !== null && cell.high !== null) {
      const range = make("span", "range");
      const bar = make("i");
      bar.style.left = `${cell.low * 100}%`;
      bar.style.width = `${(cell.high - cell.low) * 100}%`;
      range.append(bar);
      element.append(range);
    }
    if (cell.lines.length) {
      told.set(element, cell.lines);
      element.classList.add("told");
    }
    return element;
  }
  function bodyRow(row, columns) {
    const line = make("tr");
    line.dataset.row = row.id;
    const choice = make("td", "pick");
    choice.dataset.column = "pick";
    const box = checkBox(`Draw ${row.title} in the charts`, (it) =>
      pick(it.checked ? [...picked, row.id] : picked.filter((id) => id !== row.id)));
    box.value = row.id;
    box.disabled = !row.measured;
    choice.append(box);
    const head = make("th", "model");
    head.scope = "row";
    head.dataset.column = "model";
    const name = make("div", "name");
    const swatch = make("span", "swatch");
    swatch.style.background = (PATTERNS[row.pattern] || PATTERNS[""])(row.colour);
    const open = make("button", "", row.title);
    open.type = "button";
    on(open, "click", () => setTriggerValue("open", row.id));
    name.append(swatch, open);
    head.append(name);
    told.set(head, [row.title, "Open in “One model”."]);
    line.append(choice, head);
    columns.forEach((column, index) => {
      const first = index > 0 && columns[index - 1].group !== column.group;
      line.append(bodyCell(column, row.cells[column.id], first));
    });
    return line;
  }

  function draw() {
    const focus = held();
    const view = data.views[kept.view];
    const isAll = kept.view === data.views.length - 1;
    const columns = data.columns.filter((column) => isAll || column.views.includes(view));
    const groups = make("tr", "groups");
    groups.append(make("th", "pick"), make("th", "model"));
    const heads = make("tr", "heads");
    const choice = make("th", "pick");
    choice.dataset.column = "pick";
    choice.append(checkBox("Draw all models of the table in the charts", (it) => pickAll(it.checked)));
    told.set(choice, ["Pick models for the charts below"]);
    heads.append(choice, headCell("model", "Model", "model", ["Model"], true));
    let span = null;
    columns.forEach((column, index) => {
      const first = index > 0 && columns[index - 1].group !== column.group;
      if (!span || first) {
        span = make("th", first ? "starts" : "", column.group);
        span.colSpan = 0;
        groups.append(span);
      }
      span.colSpan = index === 0 || first ? 1 : span.colSpan + 1;
      const head = headCell(column.id, column.label, column.kind === "text" ? "" : "number",
        [`${column.label} · ${column.group}`, column.hint], column.rising);
      head.classList.toggle("starts", first);
      heads.append(head);
    });
    const top = make("thead");
    top.append(groups, heads);
    const body = make("tbody");
    for (const row of inOrder(data.rows)) body.append(bodyRow(row, columns));
    hideTip();
    table.replaceChildren(top, body);
    drawPicks();
    drawViews();
    rove(focus);
  }
  function drawViews() {
    const segments = root.querySelector(".segments");
    if (segments.childElementCount !== data.views.length) {
      segments.replaceChildren(...data.views.map((view) => {
        const button = make("button", "", view);
        button.type = "button";
        button.setAttribute("role", "radio");
        return button;
      }));
    }
    [...segments.children].forEach((button, index) => {
      button.setAttribute("aria-checked", String(index === kept.view));
      button.onclick = () => { kept.view = index; draw(); };
    });
  }

  // One stop of the Tab key for the whole table; arrow keys move within it.
  const target = (cell) => cell.querySelector("button, input:not(:disabled)") || cell;
  const lines = () => [...table.querySelectorAll("tr:not(.groups)")].map((row) => [...row.cells]);
  function held() {
    const cell = table.getRootNode().activeElement?.closest?.("[data-column]");
    if (!cell || !table.contains(cell)) return null;
    return { row: cell.parentElement.dataset.row, column: cell.dataset.column };
  }
  function rove(focus) {
    for (const cell of table.querySelectorAll("[data-column]")) target(cell).tabIndex = -1;
    const cells = lines().flat();
    const found = focus && cells.find((cell) =>
      cell.dataset.column === focus.column && cell.parentElement.dataset.row === focus.row);
    const stop = found || table.querySelector("thead .heads [data-column=model]");
    target(stop).tabIndex = 0;
    if (found) target(found).focus({ preventScroll: true });
  }
  function moveTo(cell) {
    for (const old of table.querySelectorAll("[tabindex='0']")) old.tabIndex = -1;
    target(cell).tabIndex = 0;
    target(cell).focus();
  }
  on(table, "keydown", (event) => {
    if (event.key === "Escape") return hideTip();
    const cell = event.target.closest("[data-column]");
    if (!cell || event.altKey || event.metaKey) return undefined;
    const all = lines();
    const y = all.findIndex((row) => row.includes(cell));
    const x = all[y].indexOf(cell);
    const last = all[y].length - 1;
    const next = {
      ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1],
      Home: [event.ctrlKey ? 0 : y, 0], End: [event.ctrlKey ? all.length - 1 : y, last],
    }[event.key];
    if (!next) return undefined;
    event.preventDefault();
    const goal = all[next[0]]?.[next[1]];
    if (goal) moveTo(goal);
    return undefined;
  });

  function showTip(cell) {
    const content = told.get(cell);
    if (!content) return hideTip();
    described?.removeAttribute("aria-describedby");
    described = target(cell);
    described.setAttribute("aria-describedby", "tip");
    tip.replaceChildren(...content.map((line) => make("p", "", line)));
    tip.hidden = false;
    const box = cell.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const right = document.documentElement.clientWidth - own.width - MARGIN;
    const below = box.bottom + MARGIN / 2;
    const fits = below + own.height < document.documentElement.clientHeight;
    tip.style.left = `${Math.max(MARGIN, Math.min(box.left, right))}px`;
    tip.style.top = `${fits ? below : box.top - own.height - MARGIN / 2}px`;
    return undefined;
  }
  function hideTip() {
    tip.hidden = true;
    described?.removeAttribute("aria-describedby");
    described = null;
  }
  on(table, "pointerover", (event) => {
    const cell = event.target.closest("[data-column]");
    if (cell) showTip(cell); else hideTip();
  });
  on(table, "pointerleave", hideTip);
  on(table, "focusin", (event) => {
    const cell = event.target.closest("[data-column]");
    if (cell && event.target.matches(":focus-visible")) showTip(cell);
  });
  on(table, "focusout", hideTip);
  on(window, "scroll", () => {
    const cell = described?.closest("[data-column]");
    if (cell && described === table.getRootNode().activeElement) showTip(cell); else hideTip();
  }, { capture: true });
  on(window, "keydown", (event) => { if (event.key === "Escape") hideTip(); });

  draw();
  const end = () => quit.abort();
  endOf.set(parentElement, end);
  return end;
}
