// Evidence maps as Python sends them: laid over the picture, coloured, and cut into iso-lines.

const LARGEST_PX = 640;

function bytesOf(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

function floatsOf(text) {
  return new Float32Array(bytesOf(text).buffer);  // little-endian, as every browser's machine is
}

// One class's evidence over the picture itself at the network's resolution: bilinear between the
// centres of the map's cells, 0 where the network did not look. As Result.heat in Python, but in
// units of evidence.
function overPicture(maps, index, longest = LARGEST_PX) {
  const [rows, columns] = maps.size;
  const [left, top, right, bottom] = maps.area;
  const shrink = Math.min(1, longest / Math.max(right - left, bottom - top));
  const width = Math.max(1, Math.round((right - left) * shrink));
  const height = Math.max(1, Math.round((bottom - top) * shrink));
  const evidence = maps.evidence.subarray(index * rows * columns, (index + 1) * rows * columns);
  const across = places(width, left, right, maps.side, columns);
  const down = places(height, top, bottom, maps.side, rows);
  const values = new Float32Array(width * height);
  let most = 0;
  for (let y = 0; y < height; y += 1) {
    if (!down[y]) continue;
    const [y0, y1, fy] = down[y];
    for (let x = 0; x < width; x += 1) {
      if (!across[x]) continue;
      const [x0, x1, fx] = across[x];
      const upper = evidence[y0 * columns + x0] * (1 - fx) + evidence[y0 * columns + x1] * fx;
      const lower = evidence[y1 * columns + x0] * (1 - fx) + evidence[y1 * columns + x1] * fx;
      const value = upper * (1 - fy) + lower * fy;
      values[y * width + x] = value;
      if (value > most) most = value;
    }
  }
  return { values, width, height, most };
}

// For each pixel of a line of the picture: the two neighbouring cells of the map and the share of
// the second one; null beyond the square that the network sees.
function places(count, start, end, side, cells) {
  return Array.from({ length: count }, (_, pixel) => {
    const onSquare = start + ((pixel + 0.5) / count) * (end - start);
    if (onSquare < 0 || onSquare >= side) return null;
    const place = Math.min(cells - 1, Math.max(0, (onSquare * cells) / side - 0.5));
    const first = Math.floor(place);
    return [first, Math.min(cells - 1, first + 1), place - first];
  });
}

// As heat_rgba in Python: the colour and the opacity of a spot both follow its heat.
function paint(canvas, map, top, table) {
  canvas.width = map.width;
  canvas.height = map.height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(map.width, map.height);
  for (let place = 0; place < map.values.length; place += 1) {
    const level = top > 0 ? Math.round(255 * Math.min(1, map.values[place] / top)) : 0;
    image.data[place * 4] = table[level * 3];
    image.data[place * 4 + 1] = table[level * 3 + 1];
    image.data[place * 4 + 2] = table[level * 3 + 2];
    image.data[place * 4 + 3] = level;
  }
  context.putImageData(image, 0, 0);
}

// Path of the line on which a map has a value, by marching squares; "" where it is never reached.
function isoLine(map, level) {
  const { values, width, height } = map;
  const parts = [];
  const share = (from, to) => (level - from) / (to - from);
  for (let y = 0; y + 1 < height; y += 1) {
    for (let x = 0; x + 1 < width; x += 1) {
      const place = y * width + x;
      const [a, b] = [values[place], values[place + 1]];
      const [d, c] = [values[place + width], values[place + width + 1]];
      const kind = (a >= level) * 8 + (b >= level) * 4 + (c >= level) * 2 + (d >= level) * 1;
      if (kind === 0 || kind === 15) continue;
      const at = {
        up: () => [x + share(a, b), y],
        right: () => [x + 1, y + share(b, c)],
        down: () => [x + share(d, c), y + 1],
        left: () => [x, y + share(a, d)],
      };
      for (const [from, to] of sides(kind, (a + b + c + d) / 4 >= level)) {
        const [[x0, y0], [x1, y1]] = [at[from](), at[to]()];
        parts.push(`M${point(x0)} ${point(y0)}L${point(x1)} ${point(y1)}`);
      }
    }
  }
  return parts.join("");
}

function point(value) {
  return (value + 0.5).toFixed(2);
}

function sides(kind, filled) {
  const corners = { 1: "left down", 2: "down right", 4: "right up", 8: "up left" };
  const pair = (corner) => corners[corner].split(" ");
  if (kind === 5) return filled ? [pair(8), pair(2)] : [pair(4), pair(1)];
  if (kind === 10) return filled ? [pair(4), pair(1)] : [pair(8), pair(2)];
  const alone = { 7: 8, 11: 4, 13: 2, 14: 1 }[kind] ?? kind;
  if (corners[alone]) return [pair(alone)];
  return kind === 3 || kind === 12 ? [["left", "right"]] : [["up", "down"]];
}

// Outlines of the cells and of their nuclei from a mask of 0 outside, 1 cytoplasm, 2 nucleus.
function outlines({ values, size: [height, width] }) {
  const levels = { values: bytesOf(values), width, height };
  return { width, height, paths: { cell: isoLine(levels, 0.5), nucleus: isoLine(levels, 1.5) } };
}

// A quantity of evidence with two significant digits.
function quantity(value) {
  if (value === 0) return "0";
  if (value >= 10) return value.toFixed(0);
  if (value >= 1) return value.toFixed(1);
  if (value >= 0.001) return value.toFixed(1 - Math.floor(Math.log10(value)));
  return value.toExponential(1);
}
