// What all parts of the page share in this tab: pictures of cells, sent once, and commands that the
// server has not yet confirmed. The parts are mounted one by one, so it stands on the window.

function newStore(session) {
  return {
    session,
    fields: new Map(), // sha256 of the picture -> what is known of it and its cells
    pictures: new Map(), // sha256 -> address of the picture of a field
    cells: new Map(), // id of a cell -> cell
    chosen: null, // what is known of the selected cell
    redraw: new Set(), // called when pictures have come
    client: crypto.getRandomValues(new Uint32Array(2)).join("-"),
    sequence: 0,
    pending: [],
    done: [], // changes of labels of this tab, to show an undo at once
    undone: [],
  };
}

function storeOf(session) {
  if (globalThis.leukoCount?.session !== session) globalThis.leukoCount = newStore(session);
  return globalThis.leukoCount;
}

const idOf = (sha, number) => `${sha}:${number}`;

const MOST_PICTURES = 8;

function keepPicture(data) {
  const store = storeOf(data.session);
  store.pictures.delete(data.sha);
  store.pictures.set(data.sha, data.address);
  for (const sha of [...store.pictures.keys()].slice(0, -MOST_PICTURES)) store.pictures.delete(sha);
  for (const redraw of store.redraw) redraw();
}

// A message with pictures: fields whole, in the place of what was known of them.
function keepCells(data) {
  const store = storeOf(data.session);
  for (const field of data.fields) {
    for (const cell of store.fields.get(field.sha)?.cells ?? []) store.cells.delete(cell.id);
    field.cells.forEach((cell, place) => {
      cell.id = idOf(field.sha, cell.number);
      cell.field = field;
      cell.place = place;
      cell.stamp = field.stamp;
      store.cells.set(cell.id, cell);
    });
    store.fields.set(field.sha, field);
  }
  for (const redraw of store.redraw) redraw();
}
