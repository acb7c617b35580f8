// The handset: draws what the simulator says is on the phone. Every text is set as text, never as markup.

const $ = (id) => document.getElementById(id);
const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-5 16-3-7-8-1z",
  attach: "M12 5v14M5 12h14",
  link: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  phone: "M6 3l4 5-2 3a12 12 0 0 0 5 5l3-2 5 4c-1 3-4 4-7 3C8 19 5 15 3 9c0-3 1-5 3-6z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  reply: "M10 8V4l-7 7 7 7v-4c6 0 9 2 11 6 0-7-4-12-11-12z",
  menu: "M5 7h14M5 12h14M5 17h14",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4",
  pin: "M12 21s-7-6-7-11a7 7 0 0 1 14 0c0 5-7 11-7 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  tick: "M6 13l4 4 8-10",
  ticks: "M2 13l4 4 8-10M11 16l1 1 8-10",
};
const SENT = 1, DELIVERED = 2, READ = 4, FAILED = 8;

let customer = null;
let business = "";
const drawn = new Map();

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function el(tag, props = {}, ...children) {
  const { class: name, ...rest } = props;
  const node = Object.assign(document.createElement(tag), rest);
  if (name) node.className = name;
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

async function api(path, body, headers) {
  const options = body === undefined ? {} : { method: "POST", headers, body: headers ? body : JSON.stringify(body) };
  let response;
  try {
    response = await fetch(`/__sim/${path}`, options);
  } catch {
    throw new Error("The simulator does not answer.");
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").hidden = true), 4000);
}
const attempt = (action) => async (...args) => {
  try { await action(...args); } catch (error) { toast(error.message); }
};

const pretty = (number) => `+${number}`;
const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const day = (ms) => new Date(ms).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });

// WhatsApp's marks: a pair of signs around words, not in the middle of one.
const MARKS = [["```", "code"], ["*", "strong"], ["_", "em"], ["~", "s"]];
function rich(text) {
  const out = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const found = mark(text, at);
    if (!found) { plain += text[at++]; continue; }
    if (plain) out.push(plain);
    plain = "";
    out.push(el(found.tag, {}, ...(found.tag === "code" ? [found.inner] : rich(found.inner))));
    at = found.end;
  }
  if (plain) out.push(plain);
  return out;
}
function mark(text, at) {
  const word = /[\p{L}\p{N}]/u;
  for (const [sign, tag] of MARKS) {
    if (!text.startsWith(sign, at)) continue;
    const from = at + sign.length;
    if (at > 0 && word.test(text[at - 1])) continue;
    for (let end = text.indexOf(sign, from); end > -1; end = text.indexOf(sign, end + 1)) {
      const inner = text.slice(from, end);
      const after = text[end + sign.length];
      if (tag !== "code" && inner.includes("\n")) break;
      if (inner.trim() === "" || (tag !== "code" && (/^\s/.test(inner) || /\s$/.test(inner)))) continue;
      if (after && word.test(after)) continue;
      return { tag, inner, end: end + sign.length };
    }
  }
  return null;
}

// The page asks nobody but this machine: what lies elsewhere is shown as a link.
function near(url) {
  try {
    const host = new URL(url, location.href).hostname;
    return ["127.0.0.1", "localhost", location.hostname].includes(host);
  } catch { return false; }
}
function card(name, title, detail, url, tall) {
  const text = el("span", {}, title, detail ? el("small", {}, detail) : null);
  const props = { class: `media card${tall ? " tall" : ""}` };
  if (/^https?:/.test(url ?? "")) return el("a", { ...props, href: url, target: "_blank", rel: "noopener noreferrer" }, icon(name), text);
  return el("div", props, icon(name), text);
}
const fileName = (url) => decodeURIComponent(new URL(url, location.href).pathname.split("/").pop() || url);

function drawHeader(header) {
  if (header.kind === "text") return el("p", { class: "title" }, header.text);
  if (header.kind === "location") {
    const place = card("pin", header.name || "Location", header.address || `${header.latitude}, ${header.longitude}`, null, true);
    place.classList.add("map");
    return place;
  }
  const { media, url, filename } = header;
  const names = { image: "Picture", video: "Video", audio: "Audio", voice: "Voice message", document: "Document", sticker: "Sticker" };
  const asLink = () => {
    const tall = media === "image" || media === "video" || media === "sticker";
    return card(tall ? "picture" : "file", filename || names[media], fileName(url), url, tall);
  };
  if (media === "document" || !near(url)) return asLink();
  const box = el("div", { class: `media ${media}` });
  if (media === "image" || media === "sticker") {
    const image = el("img", { src: url, alt: names[media] });
    image.addEventListener("error", () => box.replaceWith(asLink()));
    box.append(image);
  } else {
    const tag = media === "video" ? "video" : "audio";
    box.append(el(tag, { src: url, controls: true, preload: "metadata" }));
  }
  return box;
}

function status(message) {
  if (!message.id) return [icon("ticks"), "Sent by the customer", ""];
  const bits = message.happened;
  if (bits & READ) return [icon("ticks"), "Read", "seen"];
  if (bits & DELIVERED) return [icon("ticks"), "Delivered", ""];
  if (bits & SENT) return [icon("tick"), "Sent, not on the phone yet", ""];
  return [icon("clock"), "Accepted, not sent yet", ""];
}

const BUTTON_ICON = { quick_reply: "reply", reply: "reply", url: "link", phone: "phone", copy: "copy" };
function buttonNode(message, button, index, className = "tap") {
  const node = el("button", { type: "button", class: className }, icon(BUTTON_ICON[button.kind]), button.text);
  node.addEventListener("click", attempt(() => tap(message, button, index)));
  return node;
}

async function tap(message, button, index) {
  $("sheet").close();
  if (button.kind === "quick_reply") {
    await write({ type: "button", text: button.text, payload: button.value, reply_to: message.id });
  } else if (button.kind === "reply") {
    await write({ type: "button_reply", id: button.value, title: button.text, reply_to: message.id });
  } else if (button.kind === "url") {
    if (message.id) await api("click", { id: message.id, button: index });
    const web = /^https?:/.test(button.value);
    const link = web ? el("a", { href: button.value, target: "_blank", rel: "noopener noreferrer" }, button.value) : button.value;
    sheet("The phone would open", el("p", {}, link), el("p", { class: "hint" }, "The click is reported to the receiver, if there is one."));
  } else if (button.kind === "phone") {
    sheet("The phone would call", el("p", {}, button.value || "No number"));
  } else {
    try { await navigator.clipboard.writeText(button.value); toast("Copied"); }
    catch { sheet("Code to copy", el("p", {}, button.value || "No code")); }
  }
}

function sheet(title, ...nodes) {
  $("sheet-title").textContent = title;
  $("sheet-body").replaceChildren(...nodes);
  if (!$("sheet").open) $("sheet").showModal();
}

// More than three buttons: the phone shows two and folds all into a list.
function drawButtons(message) {
  const { buttons = [], menu } = message.content;
  const nodes = [];
  const shown = buttons.length > 3 ? 2 : buttons.length;
  buttons.slice(0, shown).forEach((button, index) => nodes.push(buttonNode(message, button, index)));
  if (shown < buttons.length) {
    const all = el("button", { type: "button", class: "tap", ariaHasPopup: "dialog" }, icon("menu"), "See all options");
    all.addEventListener("click", () =>
      sheet("All options", ...buttons.map((button, index) => buttonNode(message, button, index, "tap"))));
    nodes.push(all);
  }
  if (menu) {
    const open = el("button", { type: "button", class: "tap", ariaHasPopup: "dialog" }, icon("menu"), menu.button);
    open.addEventListener("click", () => sheet(menu.button, ...menu.sections.flatMap((section) => [
      section.title ? el("h3", {}, section.title) : null,
      ...section.rows.map((row) => choice(row.title, row.description, async () => {
        $("sheet").close();
        await write({ type: "list_reply", id: row.id, title: row.title, description: row.description ?? "", reply_to: message.id });
      })),
    ].filter(Boolean))));
    nodes.push(open);
  }
  return nodes;
}

function choice(title, detail, action) {
  const node = el("button", { type: "button", class: "choice" }, title, detail ? el("small", {}, detail) : null);
  node.addEventListener("click", attempt(action));
  return node;
}

function drawMessage(message) {
  const { content } = message;
  const mine = !message.id;
  const failed = !mine && message.happened & FAILED;
  const waiting = !mine && !failed && !(message.happened & DELIVERED);
  const [tick, words, seen] = status(message);
  const meta = failed
    ? el("p", { class: "meta" }, clock(message.at))
    : el("p", { class: "meta" }, el("time", { dateTime: new Date(message.at).toISOString() }, clock(message.at)),
      el("span", { class: seen, title: words, role: "img", ariaLabel: words }, tick));
  const bubble = el("div", { class: "bubble" },
    message.quoted ? el("p", { class: "quoted" }, message.quoted) : null,
    content.header ? drawHeader(content.header) : null,
    content.body ? el("p", { class: "body" }, ...rich(content.body)) : null,
    content.footer ? el("p", { class: "foot" }, content.footer) : null,
    failed ? el("p", { class: "problem" }, `Never arrived. ${message.problem ?? ""}`) : null,
    meta);
  const name = ["message", mine && "mine", failed && "failed", waiting && "waiting"].filter(Boolean).join(" ");
  return el("article", { class: name, title: message.ref ? `Reference ${message.ref}` : "" }, bubble, ...(failed || mine ? [] : drawButtons(message)));
}

async function refresh() {
  const list = await api("customers");
  business = list.number;
  drawList(list.customers);
  if (customer) await drawPhone();
  const stats = await api("stats");
  $("counts").textContent = `${stats.accepted} accepted · ${stats.refused} refused · ${stats.repeated_refs} doubled`;
}

let listText = "";
function drawList(customers) {
  $("empty").hidden = customers.length > 0;
  const text = JSON.stringify([customers, customer]);
  if (text === listText) return;
  listText = text;
  const focused = document.activeElement?.dataset?.customer;
  $("list").replaceChildren(...customers.map((entry) => {
    const button = el("button", { type: "button" },
      el("strong", {}, entry.name || pretty(entry.customer)), el("time", {}, clock(entry.at)),
      el("span", { class: "last" }, entry.name ? `${pretty(entry.customer)} · ${entry.last}` : entry.last));
    button.dataset.customer = entry.customer;
    if (entry.customer === customer) button.setAttribute("aria-current", "true");
    button.addEventListener("click", attempt(() => open(entry.customer)));
    return el("li", {}, button);
  }));
  if (focused) $("list").querySelector(`[data-customer="${focused}"]`)?.focus();
}

async function drawPhone() {
  const asked = customer;
  const phone = await api(`customers/${asked}`);
  if (asked !== customer) return;
  $("business").textContent = pretty(business);
  $("customer").textContent = `on the phone of ${phone.name || pretty(asked)}`;
  $("customer").title = pretty(asked);
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const present = new Set();
  let last = "", changed = false;
  for (const message of phone.messages) {
    const today = day(message.at);
    if (today !== last) { changed = put(`day ${today}`, today, () => el("p", { class: "day" }, today), present) || changed; last = today; }
    changed = put(message.n, JSON.stringify(message), () => drawMessage(message), present) || changed;
  }
  for (const [key, entry] of drawn) if (!present.has(key)) { entry.node.remove(); drawn.delete(key); }
  if (changed && atEnd) requestAnimationFrame(() => (log.scrollTop = log.scrollHeight));
  const unread = phone.messages.some((m) => m.id && m.happened & DELIVERED && !(m.happened & READ));
  $("read").disabled = !unread;
  if (unread && $("auto").checked && !document.hidden) await api("read", { customer: asked });
}

// Draws a line once, and again only when it changed, so that a screen reader hears what is new.
function put(key, text, draw, present) {
  present.add(key);
  const old = drawn.get(key);
  if (old?.text === text) return false;
  const node = draw();
  if (old) old.node.replaceWith(node);
  else { node.classList.add("new"); $("log").append(node); }
  drawn.set(key, { text, node });
  return true;
}

async function open(number) {
  customer = number;
  drawn.clear();
  $("log").replaceChildren();
  $("phone").hidden = false;
  $("blank").hidden = true;
  document.body.dataset.view = "phone";
  history.replaceState(null, "", `#${number}`);
  await refresh();
  $("log").scrollTop = $("log").scrollHeight;
  $("text").focus({ preventScroll: true });
}

async function write(message) {
  await api("inbound", { customer, ...message });
  $("log").scrollTop = $("log").scrollHeight;
}

async function sendFile(kind, file) {
  const { media } = await api("media", file, { "content-type": file.type || "application/octet-stream" });
  await write({ type: kind, media });
}

function pickFile(kind, accept) {
  $("sheet").close();
  const input = $("file");
  input.accept = accept;
  input.onchange = attempt(async () => {
    const [file] = input.files;
    input.value = "";
    if (file) await sendFile(kind, file);
  });
  input.click();
}

function askLocation() {
  const field = (label, name, value, type) =>
    el("label", {}, label, el("input", { name, value, required: type === "number", type, step: "any" }));
  const form = el("form", {},
    field("Place", "place", "Home", "text"),
    field("Latitude", "latitude", "12.9716", "number"),
    field("Longitude", "longitude", "77.5946", "number"),
    el("button", { type: "submit" }, "Send location"));
  form.addEventListener("submit", attempt(async (event) => {
    event.preventDefault();
    const data = new FormData(form);
    $("sheet").close();
    await write({ type: "location", place: data.get("place"), latitude: Number(data.get("latitude")), longitude: Number(data.get("longitude")) });
  }));
  sheet("Send a location", form);
}

function attachSheet() {
  const sample = (kind, label) => choice(label, "", async () => { $("sheet").close(); await write({ type: kind }); });
  sheet("Send",
    choice("Picture", "from this computer", () => pickFile("image", "image/*")),
    choice("Document", "from this computer", () => pickFile("document", "")),
    choice("Location", "", askLocation),
    el("h3", {}, "Samples"),
    el("div", { class: "grid" }, sample("image", "Picture"), sample("document", "Document"), sample("video", "Video"),
      sample("audio", "Audio"), sample("voice", "Voice note"), sample("sticker", "Sticker"), sample("contacts", "Contact")));
}

$("pick").addEventListener("submit", attempt(async (event) => {
  event.preventDefault();
  const number = $("number").value.replace(/\D/g, "");
  const fits = /^[1-9]\d{7,14}$/.test(number);
  $("pick-error").textContent = fits ? "" : "Give 8 to 15 digits, country code first.";
  if (fits) { $("number").value = ""; await open(number); }
}));
$("compose").addEventListener("submit", attempt(async (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  await write({ text });
  $("text").value = "";
  grow();
}));
const grow = () => { $("text").style.height = "auto"; $("text").style.height = `${$("text").scrollHeight + 2}px`; };
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("compose").requestSubmit(); }
});
$("attach").addEventListener("click", attachSheet);
$("read").addEventListener("click", attempt(() => api("read", { customer })));
$("auto").checked = localStorage.getItem("auto-read") === "yes";
$("auto").addEventListener("change", attempt(async () => {
  localStorage.setItem("auto-read", $("auto").checked ? "yes" : "no");
  if (customer) await drawPhone();
}));
$("back").addEventListener("click", () => { document.body.dataset.view = "list"; });
$("back").append(icon("back"));
$("attach").append(icon("attach"));
$("compose").querySelector(".send").append(icon("send"));
$("sheet-close").append(icon("close"));

// One refresh at a time; news that comes meanwhile causes one more.
let busy = false, again = false;
async function news() {
  if (busy) { again = true; return; }
  busy = true;
  try { do { again = false; await refresh(); } while (again); }
  catch (error) { toast(error.message); }
  finally { busy = false; }
}
new EventSource("/__sim/live").addEventListener("message", news);
const start = location.hash.slice(1);
if (/^\d{8,15}$/.test(start)) attempt(open)(start); else news();
