// What the viewer shows as one PNG, with the words and the scale that belong to it.

const LEAST_WIDTH_PX = 900;
const GAP_PX = 12;

async function saveView(root, data, shown) {
  const picture = root.querySelector(".heated .picture");
  await picture.decode();
  const side = shown.layout === "side";
  const large = Math.max(1, LEAST_WIDTH_PX / ((side ? 2 : 1) * data.width));
  const width = Math.round(picture.naturalWidth * large);
  const height = Math.round((width * data.height) / data.width);
  const letters = Math.max(15, Math.round(width / 50));
  const lines = [shown.headline, shown.caption, shown.cells, shown.remark || shown.words]
    .filter(Boolean);
  const canvas = element("canvas", "");
  canvas.width = side ? 2 * width + GAP_PX : width;
  canvas.height = height + Math.round(letters * (1.5 * lines.length + 2.2));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const left = side ? width + GAP_PX : 0;
  if (side) context.drawImage(picture, 0, 0, width, height);
  context.drawImage(picture, left, 0, width, height);
  drawEvidence(context, shown, [left, width, height]);
  drawWords(context, shown, lines, height, letters);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = element("a", "");
  link.href = URL.createObjectURL(blob);
  link.download = data.file_name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function drawEvidence(context, shown, [left, width, height]) {
  const thick = Math.max(1, width / LEAST_WIDTH_PX);
  const draw = (map, path, strokes) => {
    context.save();
    context.translate(left, 0);
    context.scale(width / map.width, height / map.height);
    context.lineCap = "round";
    for (const [colour, wide] of strokes) {
      context.strokeStyle = colour;
      context.lineWidth = (wide * thick * map.width) / width;
      context.stroke(new Path2D(path));
    }
    context.restore();
  };
  for (const { share, path } of shown.lines) {
    draw(shown.map, path, [["#fff", 4], [colourAt(shown.table, share), 2]]);
  }
  if (shown.evidence && shown.layout !== "contour") {
    const heat = element("canvas", "");
    paint(heat, shown.map, shown.top, shown.table);
    context.globalAlpha = shown.opacity;
    context.drawImage(heat, left, 0, width, height);
    context.globalAlpha = 1;
  }
  for (const [name, path] of Object.entries(shown.mask?.paths ?? {})) {
    draw(shown.mask, path, [["rgb(0 0 0 / 70%)", 3], [name === "cell" ? "#fff" : "#56b4e9", 1.5]]);
  }
}

function drawWords(context, shown, lines, start, letters) {
  context.fillStyle = "#1b2128";
  context.font = `${letters}px sans-serif`;
  context.textBaseline = "top";
  lines.forEach((line, place) => {
    context.fillText(line, letters / 2, start + letters * (0.5 + 1.5 * place));
  });
  if (!shown.evidence) return;
  const y = start + letters * (0.5 + 1.5 * lines.length);
  context.fillText("0", letters / 2, y);
  const long = 12 * letters;
  for (let level = 0; level < 256; level += 1) {
    context.fillStyle = colourAt(shown.table, level / 255);
    context.fillRect(1.5 * letters + (level * long) / 256, y, long / 256 + 1, letters);
  }
  context.fillStyle = "#1b2128";
  context.fillText(shown.end, long + 2.2 * letters, y);
}
