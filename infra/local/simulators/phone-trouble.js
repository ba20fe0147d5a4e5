// The list of faults: what goes wrong, how often, for whom; what is switched on, and how to end it.

import { put, reveal } from "./phone-draw.js";

const $ = (id) => document.getElementById(id);
let troubles = [];
let call = null;
let refresh = null;
let words = null;

function option(value, text) {
  const element = document.createElement("option");
  element.value = value;
  element.textContent = text;
  return element;
}

function group(label, options) {
  const element = document.createElement("optgroup");
  element.label = label;
  element.append(...options);
  return element;
}

export function prepareFaults(caller, refresher, inWords) {
  [call, refresh, words] = [caller, refresher, inWords];
  $("faults").addEventListener("click", open);
  $("bad-close").addEventListener("click", () => $("bad-days").close());
  $("bad-trouble").addEventListener("change", ask);
  $("bad-form").addEventListener("submit", switchOn);
  $("bad-all").addEventListener("click", () => act("/phone/api/troubles/off", {}, "All off."));
  $("bad-check").addEventListener("click", check);
}

async function open() {
  put($("bad-said"), "");
  $("bad-days").showModal();
  if (troubles.length) return;
  try {
    const offered = await call("/phone/api/troubles");
    troubles = offered.troubles;
    const about = [...new Set(troubles.map((one) => one.about))];
    $("bad-trouble").replaceChildren(...about.map((name) => group(
      name, troubles.filter((one) => one.about === name).map((one) => option(one.key, one.words)),
    )));
    $("bad-code").replaceChildren(...offered.codes.map((one) => group(
      one.group, one.codes.map(({ code, subcode, title }) => option(subcode ? `${code}/${subcode}` : code, `${code} ${title}`)),
    )));
    $("bad-code").value = "131000";
    $("bad-check").hidden = !offered.webhook;
    ask();
  } catch (error) {
    say(words(error), true);
  }
}

function ask() {
  const chosen = troubles.find((one) => one.key === $("bad-trouble").value);
  $("bad-code-row").hidden = chosen?.asks !== "code";
  $("bad-seconds-row").hidden = chosen?.asks !== "seconds";
  $("bad-seconds").disabled = chosen?.asks !== "seconds";
  $("bad-times").disabled = Boolean(chosen?.endless);
  if (chosen?.endless) $("bad-times").value = "";
  else if (!$("bad-times").value && chosen?.asks === "code") $("bad-times").value = "1";
}

function switchOn(event) {
  event.preventDefault();
  const times = $("bad-times").value;
  const [code, subcode] = $("bad-code").value.split("/");
  act("/phone/api/troubles", {
    trouble: $("bad-trouble").value,
    code: Number(code),
    subcode: subcode ? Number(subcode) : null,
    seconds: Number($("bad-seconds").value),
    times: times ? Number(times) : null,
    shop: $("bad-shop").value || null,
  }, "Switched on.");
}

async function act(path, body, done) {
  try {
    await call(path, body);
    await refresh();
    say(done);
  } catch (error) {
    say(words(error), true);
  }
}

async function check() {
  say("Asking the webhook\u2026");
  try {
    const answer = await call("/phone/api/handshake", {});
    say(answer.good ? `Good: ${answer.said}.` : `Not good: ${answer.said}.`, !answer.good);
  } catch (error) {
    say(words(error), true);
  }
}

function say(text, bad = false) {
  put($("bad-said"), text);
  $("bad-said").classList.toggle("error", bad);
  reveal($("bad-said"));
}

export function drawFaults(state) {
  const count = state.troubles.length;
  $("fault-count").hidden = count === 0;
  put($("fault-count").firstElementChild, String(count));
  $("bad-none").hidden = count > 0;
  $("bad-all").disabled = count === 0;
  drawShops(state);
  const list = $("bad-list");
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  for (const [id, item] of known) if (!state.troubles.some((one) => one.id === id)) drop(item);
  for (const one of state.troubles) {
    const item = known.get(one.id) || list.appendChild(row(one));
    const left = one.left === null ? "until switched off" : one.left === 1 ? "once more" : `${one.left} times more`;
    put(item.querySelector(".left"), `${left}, ${one.shop || "all shops"}`);
  }
}

// What has the focus must not vanish under it.
function drop(item) {
  if (item.contains(document.activeElement)) $("bad-trouble").focus();
  item.remove();
}

function row(one) {
  const item = document.createElement("li");
  item.dataset.id = one.id;
  const what = document.createElement("span");
  what.textContent = one.words;
  const left = document.createElement("span");
  left.className = "left";
  const text = document.createElement("p");
  text.append(what, left);
  const off = document.createElement("button");
  off.type = "button";
  off.className = "quiet";
  off.textContent = "Off";
  off.setAttribute("aria-label", `Off: ${one.words}`);
  off.addEventListener("click", () => act("/phone/api/troubles/off", { id: one.id }, "Switched off."));
  item.append(text, off);
  return item;
}

function drawShops(state) {
  const wanted = [["", "all shops"], ...state.about.map((shop) => [shop.id, shop.name])];
  const box = $("bad-shop");
  if (wanted.map(String).join() === [...box.options].map((one) => `${one.value},${one.textContent}`).join()) return;
  const kept = box.value;
  box.replaceChildren(...wanted.map(([id, name]) => option(id, name)));
  box.value = wanted.some(([id]) => id === kept) ? kept : "";
}
