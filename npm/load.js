// Loads the wasm once, however many ask for it, and tells them when it has died.

import initialise, * as exports from "./wechat-checkout-element.js";

let loading = null;
const mourners = new Set();

/** Resolves to what the wasm exports. A load that failed is tried again by the next call. */
export function load() {
  loading ??= start().catch((cause) => {
    loading = null;
    throw cause;
  });
  return loading;
}

/** Loads the wasm ahead of time, so that the first checkout is on show at once. */
export async function loadCheckout() {
  await load();
}

/** Calls back, with a message for support, when the wasm has died; returns how to stop that. */
export function onDeath(callback) {
  mourners.add(callback);
  return () => mourners.delete(callback);
}

async function start() {
  const module = await compile(new URL("./wechat-checkout-element_bg.wasm", import.meta.url));
  await initialise({ module_or_path: module });
  exports.onDeath((message) => {
    for (const callback of [...mourners]) callback(message);
  });
  return exports;
}

async function compile(url) {
  try {
    return await WebAssembly.compileStreaming(fetch(url));
  } catch (cause) {
    // Some Android web-views refuse streaming, some servers send the wrong type, and a connection
    // may break once: the plain way, with a fresh request.
    console.warn("streaming did not work, loading in one piece:", cause);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`wechat-checkout: the wasm answered ${response.status}`);
    return WebAssembly.compile(await response.arrayBuffer());
  }
}
