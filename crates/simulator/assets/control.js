// The control page: shows the books and follows them, one long question at a time.
"use strict";

const ROWS_MAX = 100;
const byId = (id) => document.getElementById(id);
let summaries = new Map();
let shownTrade = null;

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "x-simulator-control": "1", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    let title = text;
    try { title = JSON.parse(text).title; } catch { /* Not a problem document: shown as it is. */ }
    throw new Error(`${response.status}: ${title}`);
  }
  return text === "" ? null : JSON.parse(text);
}

function report(error) {
  byId("problem").textContent = error ? String(error.message ?? error) : "";
  byId("problem").hidden = !error;
}

// Runs what a button does, and shows why it failed.
function act(work) {
  report(null);
  work().catch(report);
}

function cell(text, className) {
  const node = document.createElement("td");
  node.textContent = text ?? "";
  if (className) node.className = className;
  return node;
}

function actionCell(...actions) {
  const node = document.createElement("td");
  for (const [label, work] of actions) {
    const button = document.createElement("button");
    button.textContent = label;
    button.addEventListener("click", () => act(work));
    node.append(button, " ");
  }
  return node;
}

function rows(id, items, cells) {
  const shown = items.slice(-ROWS_MAX).reverse().map((item) => {
    const row = document.createElement("tr");
    row.append(...cells(item));
    return row;
  });
  byId(id).replaceChildren(...shown);
}

const yuan = (fen) => `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, "0")}`;
const clockTime = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(5, 19).replace("T", " ");

// What can be done with a trade in its state.
function tradeActions(trade) {
  const path = `trades/${encodeURIComponent(trade.out_trade_no)}`;
  const actions = [["timeline", async () => { shownTrade = trade.out_trade_no; await showTimeline(); }]];
  if (trade.trade_state === "NOTPAY") actions.push(["pay", () => call("POST", `${path}/pay`)]);
  if (trade.trade_state === "SUCCESS") {
    actions.push(["refund all", () => call("POST", `${path}/refund`, { refund_fee: trade.paid_fee })]);
  }
  return actions;
}

function showTrades(trades) {
  trades.sort((one, other) => one.placed_at - other.placed_at);
  rows("trades", trades, (trade) => [
    cell(trade.out_trade_no, "mono"),
    cell(trade.trade_state, trade.trade_state === "SUCCESS" ? "good" : ""),
    cell(yuan(trade.total_fee)),
    cell(trade.body),
    actionCell(...tradeActions(trade)),
  ]);
}

async function showTimeline() {
  byId("timeline-section").hidden = shownTrade === null;
  if (shownTrade === null) return;
  const path = `trades/${encodeURIComponent(shownTrade)}/timeline`;
  const timeline = await call("GET", path);
  byId("timeline-of").textContent = shownTrade;
  byId("timeline-export").href = path;
  byId("timeline-export").download = `${shownTrade}.json`;
  byId("timeline").replaceChildren(...timeline.moments.map((moment) => {
    const item = document.createElement("li");
    item.textContent = `${clockTime(moment.at)} ${moment.what}: ${moment.detail}`;
    return item;
  }));
}

function showNotifications(notifications) {
  rows("notifications", notifications, (sent) => [
    cell(sent.id),
    cell(sent.kind),
    cell(sent.out_trade_no, "mono"),
    cell(sent.status, sent.status === "acknowledged" ? "good" : ""),
    cell(sent.attempts.map((attempt) => attempt.is_acknowledged ? `${attempt.offset_s} s: acknowledged` : `${attempt.offset_s} s: ${attempt.explanation}`).join("; ")),
    actionCell(["deliver", () => call("POST", `notifications/${sent.id}/deliver`)]),
  ]);
}

function showRequests(requests) {
  rows("requests", requests, (request) => [
    cell(clockTime(request.at), "mono"),
    cell(request.path, "mono"),
    cell(request.out_trade_no, "mono"),
    cell(request.signature, request.signature === "invalid" ? "bad" : ""),
    cell(request.answer, request.answer === "SUCCESS" ? "good" : ""),
  ]);
}

async function showClock() {
  const clock = await call("GET", "clock");
  const pace = clock.pace.pace === "held" ? "held" : `×${clock.pace.speed}`;
  byId("clock").textContent = `${clockTime(clock.now)} Beijing, ${pace}`;
}

async function showAll() {
  const [trades, notifications, requests, chosen] = await Promise.all([
    call("GET", "trades"), call("GET", "notifications"), call("GET", "requests"), call("GET", "scenario"),
  ]);
  showTrades(trades);
  showNotifications(notifications);
  showRequests(requests);
  byId("scenario").value = chosen.scenario;
  byId("summary").textContent = summaries.get(chosen.scenario) ?? "";
  await Promise.all([showClock(), showTimeline().catch(() => { shownTrade = null; })]);
}

async function follow() {
  let revision = -1;
  for (;;) {
    try {
      const path = revision < 0 ? "changes" : `changes?after=${revision}`;
      if (revision >= 0) revision = (await call("GET", path)).revision;
      else revision = 0;
      await showAll();
      report(null);
    } catch (error) {
      report(error);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function start() {
  const scenarios = await call("GET", "scenarios");
  summaries = new Map(scenarios.map(({ name, summary }) => [name, summary]));
  byId("scenario").replaceChildren(...scenarios.map(({ name }) => new Option(name, name)));
  byId("scenario").addEventListener("change", (event) =>
    act(() => call("PUT", "scenario", { scenario: event.target.value })));
  for (const button of document.querySelectorAll("[data-pace]")) {
    const { pace } = button.dataset;
    const body = pace === "held" ? { pace } : { pace: "running", speed: Number(pace) };
    button.addEventListener("click", () => act(async () => { await call("PUT", "clock", body); await showClock(); }));
  }
  for (const button of document.querySelectorAll("[data-step]")) {
    const ms = Number(button.dataset.step);
    button.addEventListener("click", () => act(async () => { await call("POST", "clock/step", { ms }); await showAll(); }));
  }
  byId("deliver-next").addEventListener("click", () => act(() => call("POST", "notifications/deliver-next")));
  byId("cut").addEventListener("click", () => act(() => call("POST", "sockets/cut")));
  byId("reset").addEventListener("click", () => act(() => call("POST", "reset")));
  setInterval(() => showClock().catch(report), 1000);
  follow();
}

start().catch(report);
