// Draws what the simulator says onto the phone. Whatever people wrote is set as textContent, never as markup.

const $ = (id) => document.getElementById(id);

// Whether the newest message is in sight, and has to stay there when more come or a keyboard slides in.
let pinned = true;
$("log").addEventListener("scroll", () => {
  const log = $("log");
  pinned = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
});
new ResizeObserver(() => pinned && toEnd()).observe($("log"));

const MINE = {
  posted: ["✓", "on its way"],
  received: ["✓✓", "with the shop"],
  read: ["✓✓", "read"],
};
const THEIRS = {
  accepted: ["✓", "accepted"],
  sent: ["✓", "sent"],
  delivered: ["✓✓", "delivered"],
  read: ["✓✓", "read"],
  failed: ["✕", "not delivered"],
};
const KINDS = {
  image: "Photo", video: "Video", audio: "Voice message", sticker: "Sticker", document: "Document", location: "Place",
  contacts: "Contact", unsupported: "Something this phone can't show", system: "Notice", template: "Template",
};

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// Write only what differs, so that screen readers and the caret are left alone.
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function script(text) {
  if (/[\u0980-\u09ff]/.test(text)) return "bn";
  if (/[\u0900-\u097f]/.test(text)) return "hi";
  return "";
}

function written(element, text) {
  put(element, text);
  element.dir = "auto";
  if (script(text)) element.lang = script(text);
  else element.removeAttribute("lang");
  return element;
}

function drawCustomers(state) {
  const select = $("customer");
  state.customers.forEach((person, index) => {
    const hidden = person.hides_number ? " (hidden)" : "";
    const option = select.options[index] || select.appendChild(make("option"));
    option.value = person.key;
    put(option, person.app === "messenger" ? `${person.name} · Messenger` : `${person.name} · +${person.number}${hidden}`);
  });
  while (select.options.length > state.customers.length) select.lastElementChild.remove();
  select.value = state.customer;
}

// Scrolls as little as it takes to see an element. After scrollIntoView, Tab would go on from there (Chromium 150), and somebody with
// a keyboard alone would be past what comes before it.
export function reveal(element) {
  for (let box = element.parentElement; box !== document.body; box = box.parentElement) {
    const seen = box.getBoundingClientRect();
    const one = element.getBoundingClientRect();
    box.scrollLeft += Math.min(0, one.left - seen.left) + Math.max(0, one.right - seen.right);
    box.scrollTop += Math.min(0, one.top - seen.top) + Math.max(0, one.bottom - seen.bottom);
  }
}

function drawShops(state) {
  const known = new Map([...$("shops").children].map((label) => [label.dataset.id, label]));
  for (const [id, label] of known) if (!state.shops.some((shop) => shop.id === id)) label.remove();
  for (const shop of state.shops) {
    const label = known.get(shop.id) || shopCard(shop);
    label.querySelector("input").checked = shop.id === state.shop;
    written(label.querySelector(".title"), shop.name);
    written(label.querySelector(".last"), shop.last);
    const unread = shop.id === state.shop && !document.hidden ? 0 : shop.unread;
    const badge = label.querySelector(".unread");
    badge.hidden = unread === 0;
    put(badge.firstElementChild, String(unread));
  }
  const shop = state.shops.find((one) => one.id === state.shop);
  $("text").disabled = !shop;
  $("no-shop").hidden = Boolean(shop);
  if (!shop) {
    put($("shop-name"), "No shop");
    put($("shop-note"), "");
    return;
  }
  if ($("shops").dataset.shop !== state.shop) {
    $("shops").dataset.shop = state.shop;
    reveal($("shops").querySelector(":has(:checked)"));
  }
  written($("shop-name"), shop.name);
  put($("shop-note"), state.typing ? "typing…" : shop.number ? `+${shop.number}` : "Facebook page");
  face($("shop-face"), shop);
}

function shopCard(shop) {
  const label = make("label", "shop");
  label.dataset.id = shop.id;
  const input = make("input");
  input.type = "radio";
  input.name = "shop";
  input.value = shop.id;
  const words = make("span", "words");
  words.append(make("span", "title"), make("span", "last"));
  const badge = make("span", "unread");
  badge.append(make("span"), make("span", "unseen", " unread"));
  label.append(input, face(make("span", "face"), shop), words, badge);
  label.querySelector(".last").setAttribute("aria-hidden", "true");
  return $("shops").appendChild(label);
}

function face(element, shop) {
  put(element, [...new Intl.Segmenter().segment(shop.name)][0].segment.toUpperCase());
  element.setAttribute("aria-hidden", "true");
  // Neighbouring ids get colours far apart (the golden angle).
  const hue = Number(BigInt(shop.id) % 360n) * 137.5 % 360;
  element.style.setProperty("--hue", String(hue));
  return element;
}

function drawLines(state) {
  const list = $("lines");
  const log = $("log");
  const chat = `${state.customer}/${state.shop}`;
  const another = list.dataset.chat !== chat;
  if (another) {
    // What is old must not be read out when another chat is opened.
    log.setAttribute("aria-live", "off");
    list.replaceChildren();
    list.dataset.chat = chat;
  }
  $("empty").hidden = state.lines.length > 0 || !state.shop;
  $("start").hidden = !state.starts;
  list.querySelector(".typing")?.remove();
  let day = "";
  for (const line of state.lines) {
    const when = new Date(line.at * 1000);
    if (when.toDateString() !== day) {
      day = when.toDateString();
      const id = `day ${day}`;
      if (!find(list, id)) list.append(dayMark(id, when));
    }
    const item = find(list, line.id) || list.appendChild(bubble(line, when));
    update(item, line);
  }
  if (state.typing) list.append(make("li", "typing", "typing…"));
  if (another) setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  if (another || pinned) toEnd();
}

export function toEnd() {
  $("log").scrollTop = $("log").scrollHeight;
}

function find(list, id) {
  return [...list.children].find((item) => item.dataset.id === id);
}

function dayMark(id, when) {
  const today = new Date().toDateString() === when.toDateString();
  const item = make("li", "day", today ? "Today" : when.toLocaleDateString([], { dateStyle: "medium" }));
  item.dataset.id = id;
  return item;
}

function bubble(line, when) {
  const mine = line.author === "customer";
  const item = make("li", mine ? "line mine" : "line");
  item.dataset.id = line.id;
  if (line.author === "merchant") item.append(make("p", "who", "The shop, by hand"));
  else item.append(make("span", "unseen", mine ? "You: " : "Shop: "));
  if (line.quoted) {
    const quote = make("blockquote", "quote");
    quote.append(make("b", "", line.quoted.author === "customer" ? "You" : "Shop"));
    quote.append(written(make("span"), line.quoted.text));
    item.append(quote);
  }
  const time = make("time", "", when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = when.toISOString();
  const meta = make("p", "meta");
  const ticks = make("span", "ticks");
  ticks.setAttribute("aria-hidden", "true");
  const sees = make("span", "", line.author === "haat" ? "shop sees" : "");
  meta.append(make("span", "reaction"), make("span", "edited"), time, sees, ticks, make("span", "word"));
  if (line.picture) item.append(photo(line));
  item.append(make("p", "body"), make("div", "offers"), meta);
  return item;
}

function photo(line) {
  const image = make("img", "photo");
  image.alt = KINDS.image;
  image.src = `/phone/api/photos/${encodeURIComponent(line.picture)}`;
  image.addEventListener("load", () => pinned && toEnd());
  return image;
}

// What can be tapped under a message. Chips (quick replies) vanish with the next message, all else stays as it was sent.
function offers(all, line) {
  const wanted = line.offers.map((offer) => offer.id).join("\n");
  all.hidden = line.offers.length === 0;
  if (all.dataset.drawn === wanted) return;
  // What has the focus must not vanish under it.
  if (all.contains(document.activeElement)) $("text").focus();
  all.dataset.drawn = wanted;
  all.classList.toggle("chips", line.offers.some((offer) => offer.chip));
  all.replaceChildren(...line.offers.map((offer) => {
    const button = make("button", offer.chip ? "offer chip" : "offer");
    button.type = "button";
    button.dataset.choice = offer.id;
    button.append(written(make("span"), offer.title));
    if (offer.more) button.append(written(make("small"), offer.more));
    return button;
  }));
}

function update(item, line) {
  const mine = line.author === "customer";
  const body = item.querySelector(".body");
  offers(item.querySelector(".offers"), line);
  const kind = line.deleted ? "Deleted" : line.text || line.picture ? "" : KINDS[line.kind] || line.kind;
  const named = line.kind in KINDS && line.kind !== "template" && !line.picture;
  written(body, kind || (named ? `${KINDS[line.kind]}: ${line.text}` : line.text));
  body.classList.toggle("kind", kind !== "");
  put(item.querySelector(".reaction"), line.reaction);
  put(item.querySelector(".edited"), line.edited ? "edited" : "");
  const tick = line.error && !mine ? "failed" : line.tick;
  const [ticks, word] = line.author === "merchant" ? ["", ""] : (mine ? MINE : THEIRS)[tick] || ["", ""];
  put(item.querySelector(".ticks"), ticks);
  put(item.querySelector(".word"), line.error ? `${word} (${line.error})` : word);
  item.querySelector(".meta").className = `meta tick-${tick}`;
  item.classList.toggle("failed", tick === "failed");
}

export function draw(state) {
  drawCustomers(state);
  drawShops(state);
  drawLines(state);
  const unread = state.shops.reduce((sum, shop) => sum + shop.unread, 0);
  document.title = unread ? `(${unread}) Haat phone` : "Haat phone";
}
