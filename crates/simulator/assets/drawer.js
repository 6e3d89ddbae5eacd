// The tester's drawer: a narrow handle at the edge of the page, and what QA needs behind it.

const CONTROL = "/__wechat/_control/";

async function control(method, path, body) {
  const response = await fetch(CONTROL + path, {
    method,
    headers: { "x-simulator-control": "1", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}`);
  return text === "" ? null : JSON.parse(text);
}

function drawerButton(text, work, refresh) {
  const node = element("button", "wechat-drawer__button", text);
  node.type = "button";
  node.addEventListener("click", async () => {
    node.disabled = true;
    try {
      await work();
      node.classList.remove("wechat-drawer__button--failed");
    } catch {
      node.classList.add("wechat-drawer__button--failed");
    }
    node.disabled = false;
    refresh();
  });
  return node;
}

// The newest trade, told in the order of events.
async function newestTimeline() {
  const trades = await control("GET", "trades");
  const newest = trades.reduce((one, other) => (one && one.placed_at > other.placed_at ? one : other), null);
  if (!newest) return [];
  const timeline = await control("GET", `trades/${encodeURIComponent(newest.out_trade_no)}/timeline`);
  return timeline.moments.map((moment) => {
    const time = new Date(moment.at + 8 * 3_600_000).toISOString().slice(11, 19);
    return `${time} ${moment.what}: ${moment.detail}`;
  });
}

function scenarioChoice() {
  const choice = element("select", "wechat-drawer__choice");
  choice.setAttribute("aria-label", "场景");
  control("GET", "scenarios").then((scenarios) => {
    choice.replaceChildren(...scenarios.map(({ name }) => new Option(name, name)));
    choice.value = settings.scenario;
  });
  choice.addEventListener("change", async () => {
    await control("PUT", "scenario", { scenario: choice.value, buyer: settings.buyer });
    // Agent and bridge are decided when a page loads.
    const address = new URL(location.href);
    address.searchParams.delete("scenario");
    location.replace(address);
  });
  return choice;
}

function drawDrawer() {
  const root = element("aside", "wechat-drawer");
  root.lang = "zh-CN";
  root.setAttribute("aria-label", "模拟微信测试工具");
  const handle = element("button", "wechat-drawer__handle");
  handle.type = "button";
  handle.setAttribute("aria-label", "打开测试工具");
  handle.dataset.test = "drawer";
  const panel = element("div", "wechat-drawer__panel");
  panel.hidden = true;
  const events = element("ol", "wechat-drawer__events");
  const refresh = () => newestTimeline()
    .then((lines) => events.replaceChildren(...lines.map((line) => element("li", "", line))))
    .catch(() => events.replaceChildren());
  const offline = (isOffline) => () => control("PUT", "offline", { is_offline: isOffline, buyer: settings.buyer });
  const tools = element("div", "wechat-drawer__tools");
  tools.append(
    drawerButton("投递下一条通知", () => control("POST", "notifications/deliver-next"), refresh),
    drawerButton("时钟 +15 秒", () => control("POST", "clock/step", { ms: 15_000 }), refresh),
    drawerButton("时钟 +5 分钟", () => control("POST", "clock/step", { ms: 300_000 }), refresh),
    drawerButton("断开 WebSocket", () => control("POST", "sockets/cut"), refresh),
    drawerButton("断网", offline(true), refresh),
    drawerButton("恢复网络", offline(false), refresh),
  );
  panel.append(
    element("p", "wechat-drawer__title", `模拟微信 · ${settings.agent} · ${settings.buyer}`),
    scenarioChoice(),
    tools,
    element("p", "wechat-drawer__title", "最近一笔订单"),
    events,
  );
  handle.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    root.classList.toggle("wechat-drawer--open", !panel.hidden);
    if (!panel.hidden) refresh();
  });
  root.append(handle, panel);
  document.body.append(root);
}

// A frame inside a page has no drawer of its own.
if (settings.hasDrawer && window.top === window) {
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", () => { ensureStyle(); drawDrawer(); });
  } else {
    ensureStyle();
    drawDrawer();
  }
}
