// The simulated phone: asks the simulator once a second what has changed, has it drawn, and sends what is written.

import { draw, put, toEnd } from "./phone-draw.js";
import { drawFaults, prepareFaults } from "./phone-trouble.js";

const $ = (id) => document.getElementById(id);
const chosen = { customer: "", shop: "" };
let tag = "";
let state = null;
let timer = 0;
let hurryUntil = 0;
let editing = "";

async function call(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.error || "That did not work.");
  return answer;
}

class Refusal extends Error {}

async function refresh() {
  clearTimeout(timer);
  try {
    const asked = JSON.stringify(chosen);
    const answer = await call(`/phone/api/state?${new URLSearchParams({ ...chosen, tag })}`);
    put($("trouble"), "");
    // Another chat may have been chosen while this answer was on its way.
    if (answer.lines && asked === JSON.stringify(chosen)) show(answer);
  } catch (error) {
    put($("trouble"), "The simulator does not answer; trying again.");
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, Date.now() < hurryUntil ? 250 : 1000);
}

function show(answer) {
  state = answer;
  tag = answer.tag;
  chosen.customer = answer.customer;
  chosen.shop = answer.shop;
  remember();
  draw(answer);
  drawFaults(answer);
  if (!document.hidden && state.lines.some((line) => line.author !== "customer" && !line.seen)) {
    call("/phone/api/opened", { customer: chosen.customer, shop: chosen.shop }).catch(() => {});
  }
}

function choose(change) {
  Object.assign(chosen, change);
  tag = "";
  refresh();
}

function remember() {
  try {
    sessionStorage.setItem("haat-phone", JSON.stringify(chosen));
  } catch { /* A browser that keeps nothing only forgets which chat was open. */ }
}

function recall() {
  try {
    Object.assign(chosen, JSON.parse(sessionStorage.getItem("haat-phone") || "{}"));
  } catch { /* as above */ }
}

async function send(event) {
  event.preventDefault();
  const text = $("text").value;
  if (!text.trim()) return;
  try {
    await call("/phone/api/messages", { ...chosen, text });
    $("text").value = "";
    grow();
    hurryUntil = Date.now() + 8000;
    toEnd();
    await refresh();
  } catch (error) {
    put($("trouble"), error instanceof Refusal ? error.message : "Not sent: the simulator does not answer.");
  }
  $("text").focus();
}

async function tap(event) {
  const button = event.target.closest("button[data-choice]");
  if (!button) return;
  try {
    const message = button.closest("li").dataset.id;
    await call("/phone/api/choices", { ...chosen, message, choice: button.dataset.choice });
    hurryUntil = Date.now() + 8000;
    toEnd();
    await refresh();
  } catch (error) {
    put($("trouble"), error instanceof Refusal ? error.message : "Not sent: the simulator does not answer.");
  }
}

async function start() {
  try {
    await call("/phone/api/starts", { ...chosen });
    hurryUntil = Date.now() + 8000;
    await refresh();
  } catch (error) {
    put($("trouble"), error instanceof Refusal ? error.message : "Not sent: the simulator does not answer.");
  }
  $("text").focus();
}

function grow() {
  const box = $("text");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

function openPerson(person) {
  editing = person ? person.key : "";
  put($("person-title"), person ? "Edit customer" : "New customer");
  $("name").value = person ? person.name : "";
  $("number").value = person ? `+${person.number}` : "";
  $("hides-number").checked = Boolean(person?.hides_number);
  $("hides-user-id").checked = Boolean(person?.hides_user_id);
  $("apps").hidden = Boolean(person) || !state?.pages;
  const by = person ? person.app : $("apps").hidden ? "whatsapp" : current()?.app || "whatsapp";
  document.querySelector(`#apps input[value=${by}]`).checked = true;
  fit();
  put($("person-error"), "");
  $("person").showModal();
}

function current() {
  return state?.customers.find((one) => one.key === chosen.customer);
}

// On Messenger nobody has a number, and each page sees an id of its own.
function fit() {
  const messenger = document.querySelector("#apps input:checked").value === "messenger";
  $("numbered").hidden = messenger;
  $("number").disabled = messenger;
}

async function savePerson(event) {
  event.preventDefault();
  const body = {
    name: $("name").value, number: $("number").value,
    app: document.querySelector("#apps input:checked").value,
    hides_number: $("hides-number").checked, hides_user_id: $("hides-user-id").checked,
  };
  try {
    const path = editing ? `/phone/api/customers/${editing}` : "/phone/api/customers";
    const answer = await call(path, body);
    $("person").close();
    choose({ customer: answer.customer });
    $("text").focus();
  } catch (error) {
    put($("person-error"), error instanceof Refusal ? error.message : "The simulator does not answer.");
  }
}

$("customer").addEventListener("change", (event) => choose({ customer: event.target.value }));
$("shops").addEventListener("change", (event) => choose({ shop: event.target.value }));
$("composer").addEventListener("submit", send);
$("lines").addEventListener("click", tap);
$("start").addEventListener("click", start);
$("apps").addEventListener("change", fit);
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  // While an input method composes a letter (Bengali, Hindi), Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});
$("add").addEventListener("click", () => openPerson(null));
$("edit").addEventListener("click", () => openPerson(current()));
$("cancel").addEventListener("click", () => $("person").close());
$("person-form").addEventListener("submit", savePerson);
document.addEventListener("visibilitychange", () => { if (!document.hidden) choose({}); });
prepareFaults(call, refresh, (error) => (error instanceof Refusal ? error.message : "The simulator does not answer."));
recall();
refresh();
