// Loads the wasm and its glue, whose hashed names are in the preload links, and meanwhile asks the
// server for what the page will want first.

// An answer that has not come by then is given up, and one that the page has not taken is old.
const EARLY_ANSWERS_KEPT_MS = 10000;

function isKnown() {
  try {
    return localStorage.getItem("wechat-checkout:signed-in") !== null;
  } catch {
    return false;
  }
}

function askEarly() {
  // Elsewhere nobody is signed in, and every answer would be a refusal.
  if (!/MicroMessenger\//i.test(navigator.userAgent)) return;
  const query = new URLSearchParams(location.search);
  const order = query.get("order");
  const isShop = !order && query.get("view") !== "orders";
  const paths = ["/api/session"];
  if (isShop) paths.push("/api/catalog");
  // Whoever was nobody at the last visit signs in first: what is told to buyers alone would be refused.
  if (isKnown()) {
    if (order) paths.push(`/api/orders/${encodeURIComponent(order)}`);
    else paths.push(...(isShop ? [] : ["/api/orders"]), "/api/benefits");
  }
  const answers = (window.wechatCheckoutEarly = {});
  const patience = window.AbortController && new AbortController();
  for (const path of paths) {
    // Without an answer the page asks again, and shows what is wrong.
    answers[path] = fetch(path, { signal: patience?.signal }).catch(() => null);
  }
  setTimeout(() => {
    delete window.wechatCheckoutEarly;
    patience?.abort();
  }, EARLY_ANSWERS_KEPT_MS);
}

const progress = () => window.wechatCheckoutBoot?.progress();

// A network on which the first bytes take longer is watched byte by byte. On any other the answer goes
// to the compiler untouched, so that the browser can keep what it compiles.
const SLOW_MS = 3000;

function watched(response) {
  progress();
  if (window.performance?.now() < SLOW_MS) return response;
  try {
    const reader = response.clone().body.getReader();
    const read = ({ done }) => {
      progress();
      if (!done) return reader.read().then(read);
    };
    reader.read().then(read).catch(() => {});
  } catch {
    // Then the panel may come early, and goes when the page has started.
  }
  return response;
}

const get = (url) => fetch(url).then(watched);

const address = (rel) => document.querySelector(`link[rel="${rel}"]`).href;

async function compile(url) {
  try {
    return await WebAssembly.compileStreaming(get(url));
  } catch (cause) {
    // Some Android web-views refuse streaming, some servers send the wrong type, and a connection
    // may break once: the plain way, with a fresh request.
    console.warn("streaming did not work, loading in one piece:", cause);
    const response = await get(url);
    if (!response.ok) throw new Error(`wasm: ${response.status}`);
    return WebAssembly.compile(await response.arrayBuffer());
  }
}

try {
  progress();
  const loading = [import(address("modulepreload")), compile(address("preload"))];
  try {
    askEarly();
  } catch (cause) {
    // It only saves time: the page asks by itself.
    console.warn(cause);
  }
  const [glue, module] = await Promise.all(loading);
  await glue.default({ module_or_path: module });
} catch (cause) {
  console.error(cause);
  window.wechatCheckoutBoot?.failed(cause?.message ?? cause);
}
