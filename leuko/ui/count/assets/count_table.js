// The differential beside the field, which is also the list of keys, and the selected cell below it.

function setUpTable(root, on, give) {
  const part = (selector) => root.querySelector(selector);
  const body = part(".differential tbody");

  function element(tag, className, text = "") {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  }
  function rowOf(row, name) {
    const made = element("tr", row.kind);
    made.style.setProperty("--colour", name.colour);
    made.style.setProperty("--line", name.line);
    const key = element("button", "letter", name.letter);
    key.type = "button";
    key.setAttribute("aria-label", `Give the selected cells the class ${name.title}`);
    on(key, "click", () => give(name.place));
    const first = element("td", "key");
    first.append(key);
    const title = element("th", "name", name.title);
    title.scope = "row";
    const flag = element("td", "flag", row.flag);
    flag.title = row.flag_source;
    made.append(first, title, element("td", "number", row.suggested), element("td", "number", row.reviewed));
    if (row.kind.includes("beside")) { // a sentence of its own: per 100 leukocytes
      const words = element("td", "per-hundred", row.share);
      words.colSpan = 3;
      made.append(words);
    } else made.append(element("td", "number", row.share), element("td", "number interval", row.interval), flag);
    return made;
  }
  let before = "";
  function draw(table, names) {
    const now = JSON.stringify([table, names]);
    if (now === before) return;
    before = now;
    part(".differential .share").textContent = table.share_title;
    body.replaceChildren(...table.rows.map((row) => rowOf(row, names[row.place])));
    const total = element("tr", "total");
    const title = element("th", "name", "Leukocytes");
    title.scope = "row";
    total.append(element("td", ""), title, element("td", "number", table.suggested), element("td", "number", table.reviewed), element("td", "number", table.total_share), element("td", ""), element("td", ""));
    body.insertBefore(total, body.querySelector(".beside, .open"));
    part(".remark").textContent = table.remark;
    part(".flags").replaceChildren(...table.flags.map((each) => {
      const line = element("li", each.state, each.sentence);
      line.title = each.source;
      return line;
    }));
    part(".agreement").textContent = table.agreement;
  }
  function bar(share, text, name) {
    const box = element("div", "bar");
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `${name.title}: ${text}`);
    const words = element("div", "pair");
    words.append(element("span", "", `${name.letter} ${name.title}`), element("span", "value", text));
    const track = element("div", "track"), fill = element("div", "fill");
    fill.style.width = `${share * 100}%`;
    fill.style.background = name.colour;
    track.append(fill);
    box.append(words, track);
    return box;
  }
  const MOST_BARS = 4;
  function drawChosen(cell, data, names, titleOf) {
    part(".chosen").hidden = !cell;
    if (!cell) return;
    const known = data?.id === cell.id ? data : null;
    part(".chosen .title").textContent = titleOf(cell);
    for (const crop of root.querySelectorAll(".chosen .crop")) {
      crop.src = known?.picture ?? cell.picture;
      crop.alt = `Cell ${cell.number} of ${cell.field.name}`;
    }
    const heat = part(".chosen .heat");
    heat.hidden = !known?.heat;
    if (known?.heat) heat.src = known.heat;
    part(".chosen .under .notice").textContent = known?.notice ?? "";
    part(".chosen .caption").textContent = known?.caption ?? "Heatmap";
    part(".chosen .evidence").textContent = known?.evidence ?? "";
    part(".chosen .words").textContent = [cell.size, ...(known?.words ?? [])].filter(Boolean).join(" · ");
    part(".chosen .reasons").replaceChildren(...(known?.reasons ?? []).map((each) => element("li", "", each)));
    const ranked = cell.shares.map((share, place) => [share, place]).sort((one, other) => other[0] - one[0]);
    part(".bars").replaceChildren(
      ...ranked.slice(0, MOST_BARS).map(([share, place]) => bar(share, cell.texts[place], names[place])),
    );
  }
  return { draw, drawChosen };
}
