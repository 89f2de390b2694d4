// What only the browser knows: that this tab has held pictures before, and which files were chosen.
// Nothing is drawn; Streamlit's own upload area forgets the files that it could not send.

const MEMORY = "leuko_tab";
const MOST_FILES = 10000;
const AGAIN_MS = 3000;
const APP = "[data-testid=stApp]";
const CONNECTION = "data-test-connection-state";
const CONNECTED = "CONNECTED";
// Streamlit's upload area, and in it one chip a file: its name, its state, its cross.
const AREA = "[data-testid=stFileUploader]";
const CHIP = `${AREA} [data-testid=stFileChip]`;
const CHIP_NAME = "[data-testid=stFileChipName]";
const CHIP_CROSS = "[data-testid=stFileChipDeleteBtn] button";
const CHIP_ERROR = "[data-testid=stFileChipIconError]";

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(MEMORY)) ?? {};
  } catch {
    return {};
  }
}

function remember(data) {
  try {
    sessionStorage.setItem(MEMORY, JSON.stringify({ session: data.session, images: data.images }));
  } catch {
    // A browser without storage cannot tell; all else works.
  }
}

function tell(setTriggerValue, images) {
  setTriggerValue("lost", images);
  telling = setTimeout(() => tell(setTriggerValue, images), AGAIN_MS);
}

function filesOf(event) {
  if (event.type === "change") {
    const field = event.target;
    return field instanceof HTMLInputElement && field.type === "file" ? [...field.files] : [];
  }
  if (!event.target.closest?.(AREA)) return [];
  const items = [...(event.dataTransfer?.items ?? [])];
  return items
    .filter((item) => item.kind === "file" && !item.webkitGetAsEntry?.()?.isDirectory)
    .map((item) => item.getAsFile())
    .filter((file) => file);
}

let telling = 0;
let current = null;
let chosen = [];
let listening = false;
let connection = "";
const chips = new MutationObserver(onChips);

// Streamlit goes on showing the old page when a server that was started again answers: it knows
// neither the pictures nor the upload area that stand there. A run of the page puts that right.
function onConnection() {
  const state = document.querySelector(APP)?.getAttribute(CONNECTION) ?? "";
  const again = state === CONNECTED && connection !== "" && connection !== CONNECTED;
  connection = state;
  if (again && current) current.setTriggerValue("back", true);
}

function onChoice(event) {
  const files = filesOf(event);
  chosen.push(...files.slice(0, MOST_FILES).map((file) => [file.name, file.size]));
  if (files.length) chips.observe(document.body, { childList: true, subtree: true });
}

// A file that the user takes back is not missed.
function onClick(event) {
  const chip = event.target.closest?.(CHIP_CROSS)?.closest(CHIP);
  const name = chip?.querySelector(CHIP_NAME)?.title;
  const place = chosen.findLastIndex((file) => file[0] === name);
  if (place >= 0) chosen.splice(place, 1);
}

// Where no file arrives, Streamlit does not run the page; this does, once none is on its way.
function onChips() {
  const shown = [...document.querySelectorAll(CHIP)];
  if (!current || !chosen.length || shown.length < chosen.length) return;
  if (!shown.every((chip) => chip.querySelector(CHIP_ERROR))) return;
  const { data, setTriggerValue } = current;
  setTriggerValue("refused", { upload: data.upload, files: forget() });
}

// Once, for as long as the tab shows the application: Streamlit may put an instance in the place of
// another first and take the other away afterwards, which must not take its successor's ears.
function listen() {
  if (listening) return;
  listening = true;
  document.addEventListener("change", onChoice, true);
  document.addEventListener("drop", onChoice, true);
  document.addEventListener("click", onClick, true);
}

function forget() {
  const files = chosen;
  chosen = [];
  chips.disconnect();
  return files;
}

// Only now, for a run of the page while files are sent may make Streamlit drop them all.
function onTaken({ data, setTriggerValue }) {
  if (chosen.length > data.arrived) {
    setTriggerValue("missing", { upload: data.upload, files: chosen });
  }
  forget();
}

export default function (component) {
  const { data, setTriggerValue } = component;
  const before = remembered();
  const lost = before.session && before.session !== data.session && before.images > 0;
  clearTimeout(telling);
  // Until the server has heard it: a run of the page that is cut short takes the news with it.
  if (lost && !data.told) tell(setTriggerValue, before.images);
  else remember(data);
  const same = current?.data.session === data.session;
  if (!same) forget();
  else if (current.data.upload !== data.upload) onTaken(component);
  current = component;
  listen();
  const watch = new MutationObserver(onConnection);
  const app = document.querySelector(APP);
  if (app) watch.observe(app, { attributes: true, attributeFilter: [CONNECTION] });
  onConnection();
  return () => {
    watch.disconnect();
    if (current === component) clearTimeout(telling);
  };
}
