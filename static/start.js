// Loads the wasm and its glue, whose hashed names are in the preload links, and meanwhile asks the
// server for what the page will want first.

// An answer that has not come by then is given up, and one that the page has not taken is old.
const EARLY_ANSWERS_KEPT_MS = 10000;

function askEarly() {
  // Elsewhere nobody is signed in, and every answer would be a refusal.
  if (!/MicroMessenger\//i.test(navigator.userAgent)) return;
  const query = new URLSearchParams(location.search);
  const order = query.get("order");
  const view = query.get("view") === "orders" ? "/api/orders" : "/api/catalog";
  const paths = order
    ? [`/api/orders/${encodeURIComponent(order)}`, "/api/session"]
    : [view, "/api/benefits", "/api/session"];
  const answers = (window.wechatCheckoutEarly = {});
  const patience = new AbortController();
  for (const path of paths) {
    // Without an answer the page asks again, and shows what is wrong.
    answers[path] = fetch(path, { signal: patience.signal }).catch(() => null);
  }
  setTimeout(() => {
    delete window.wechatCheckoutEarly;
    patience.abort();
  }, EARLY_ANSWERS_KEPT_MS);
}

const address = (rel) => document.querySelector(`link[rel="${rel}"]`).href;

async function compile(url) {
  try {
    return await WebAssembly.compileStreaming(fetch(url));
  } catch (cause) {
    // Some Android web-views refuse streaming, some servers send the wrong type, and a connection
    // may break once: the plain way, with a fresh request.
    console.warn("streaming did not work, loading in one piece:", cause);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`wasm: ${response.status}`);
    return WebAssembly.compile(await response.arrayBuffer());
  }
}

try {
  const loading = [import(address("modulepreload")), compile(address("preload"))];
  askEarly();
  const [glue, module] = await Promise.all(loading);
  await glue.default({ module_or_path: module });
} catch (cause) {
  console.error(cause);
  window.wechatCheckoutBoot?.failed(cause?.message ?? cause);
}
