// The payer's page: asks the bank once a second what has changed, draws it, and does what a button says.

const $ = (id) => document.getElementById(id);
let tag = "";
let timer = 0;

class Refusal extends Error {}

async function call(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  };
  const response = await fetch(`/bank/api/${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.error || "That did not work.");
  return answer;
}

function say(text, bad = false) {
  $("said").textContent = text;
  $("said").classList.toggle("error", bad);
}

async function act(path, body, done) {
  try {
    await call(path, body);
    await refresh();
    say(done);
  } catch (error) {
    say(error instanceof Refusal ? error.message : "The bank does not answer.", true);
  }
}

async function refresh() {
  clearTimeout(timer);
  try {
    const answer = await call(`state?${new URLSearchParams({ tag })}`);
    if (answer.payments) draw(answer);
  } catch {
    say("The bank does not answer; trying again.", true);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, 1000);
}

function made(name, text = "", data = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  Object.assign(element.dataset, data);
  return element;
}

function button(text, name, data) {
  const element = made("button", text, data);
  element.type = "button";
  element.setAttribute("aria-label", name);
  return element;
}

function draw(state) {
  tag = state.tag;
  const chosen = $("sent").value;
  $("sent").replaceChildren(new Option(state.links.length ? "Choose, or paste a link below" : "Nothing yet", ""), ...state.links.map((one) => {
    const words = [one.name, one.amount && `₹${one.amount}`, one.reference, one.paid && "paid"].filter(Boolean);
    const option = new Option(words.join(", "), one.link);
    option.selected = one.link === chosen;
    return option;
  }));
  const focused = document.activeElement?.dataset?.act;
  $("no-payments").hidden = state.payments.length > 0;
  $("payments").replaceChildren(...state.payments.map(payment));
  $("faults").replaceChildren(...state.faults.map(fault));
  $("payees").replaceChildren(...state.accounts.map(payee));
  if ($("whose").length === 1) $("whose").append(...state.providers.map((name) => new Option(name, name)));
  $("held").textContent = state.held;
  $("release").disabled = state.held === 0;
  $("all-off").disabled = state.faults.length === 0;
  $("slow-refunds").checked = state.refunds === "pending";
  if (focused) (document.querySelector(`[data-act="${CSS.escape(focused)}"]`) || $("link")).focus();
}

function payment(one) {
  const item = made("li", "", { id: one.id });
  const head = `₹${one.amount} to ${one.shop} (${one.provider}): ${one.word}`;
  item.append(made("p", head), made("p", `RRN ${one.rrn}, ${one.reference || "no reference"}, from ${one.payer}`));
  item.lastChild.className = "help";
  const buttons = made("div");
  buttons.className = "buttons";
  const about = `payment of ₹${one.amount}, RRN ${one.rrn}`;
  if (one.word !== "SUCCESS") buttons.append(button("Let it succeed", `Let it succeed: ${about}`, { act: `payments/${one.id}:success` }));
  if (["PENDING", "DEEMED"].includes(one.word)) buttons.append(button("Let it fail", `Let it fail: ${about}`, { act: `payments/${one.id}:failed` }));
  if (one.word === "SUCCESS") buttons.append(button("Give all back", `Give all back: ${about}`, { act: `refunds:${one.id}` }));
  if (one.word === "SUCCESS") buttons.append(button("Charge back", `Charge back: ${about}`, { act: `charge-backs:${one.id}` }));
  item.append(buttons);
  if (one.charged_back) item.append(made("p", `Charged back ₹${one.charged_back}; only the day's file says so.`));
  for (const back of one.refunds) {
    const line = made("p", `Given back ₹${back.amount}: ${back.word} `);
    if (back.word === "PENDING") {
      line.append(
        button("Done", `Refund of ₹${back.amount} is done`, { act: `refunds/${back.id}:done` }), " ",
        button("Failed", `Refund of ₹${back.amount} has failed`, { act: `refunds/${back.id}:failed` }),
      );
    }
    item.append(line);
  }
  return item;
}

function fault(one) {
  const option = document.querySelector(`#fault option[value="${CSS.escape(one.fault)}"]`);
  const at = one.provider ? ` at ${one.provider}` : "";
  const left = one.left === null ? "until switched off" : one.left === 1 ? "once more" : `${one.left} times more`;
  const item = made("li", `${option ? option.textContent : one.fault}${at}, ${left} `);
  item.append(button("Off", `Switch off: ${item.textContent}`, { act: `faults/off:${one.id}` }));
  return item;
}

function payee(one) {
  const item = made("li", `${one.name}, ${one.vpa}, ${one.provider}. Callbacks go to ${one.webhook}${one.off ? ": switched off after a day of failures " : ""}`);
  if (one.off) item.append(button("Switch on", `Send callbacks to ${one.vpa} again`, { act: `accounts/on:${one.id}` }));
  for (const file of one.files) {
    const link = made("a", `File of ${file.day}`);
    link.href = file.href;
    link.setAttribute("aria-label", `Settlement file of ${file.day}: ${one.vpa}`);
    item.append(" ", link);
  }
  return item;
}

function pay(event) {
  event.preventDefault();
  const { outcome, times, late, forged } = event.submitter ? event.submitter.dataset : { outcome: "success" };
  const body = { link: $("link").value };
  if ($("amount").value.trim()) body.amount = $("amount").value.trim();
  if (forged) {
    act("forgeries", { ...body, knows_secret: forged === "knows" }, "Somebody else has said that it was paid.");
    return;
  }
  Object.assign(body, { outcome, payer: $("payer").value });
  if (times) body.times = Number(times);
  if (late) body.minutes = Number($("minutes").value) || 1;
  act("payments", body, late ? `It will be paid in ${body.minutes} minutes.` : "Done.");
}

function press(event) {
  const pressed = event.target.closest("button[data-act]");
  if (!pressed) return;
  const [path, what] = pressed.dataset.act.split(/:(.*)/s);
  if (path === "refunds") act(path, { payment: what }, "Given back.");
  else if (path === "charge-backs") act(path, { payment: what }, "Charged back.");
  else if (path === "faults/off") act(path, { id: Number(what) }, "Off.");
  else if (path === "accounts/on") act(path, { account: what }, "On again.");
  else act(path, { outcome: what }, "Done.");
}

function switchOn(event) {
  event.preventDefault();
  const times = $("times").value, provider = $("whose").value;
  act("faults", {
    fault: $("fault").value, edge: $("edge").value, seconds: Number($("seconds").value), ...(times && { times: Number(times) }), ...(provider && { provider }),
  }, "Switched on.");
}

$("pay").addEventListener("submit", pay);
$("sent").addEventListener("change", () => {
  $("link").value = $("sent").value;
  $("amount").value = "";
});
$("wrong").addEventListener("submit", switchOn);
$("all-off").addEventListener("click", () => act("faults/off", {}, "All off."));
$("release").addEventListener("click", () => act("release", {}, "Released."));
$("slow-refunds").addEventListener("change", (event) => act("settings", { refunds: event.target.checked ? "pending" : "done" }, "Changed."));
for (const list of ["payments", "faults", "payees"]) $(list).addEventListener("click", press);
refresh();
