// Loads the wasm and its glue, whose hashed names are in the preload links.

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
  const [glue, module] = await Promise.all([
    import(address("modulepreload")),
    compile(address("preload")),
  ]);
  await glue.default({ module_or_path: module });
} catch (cause) {
  console.error(cause);
  window.wechatCheckoutBoot?.failed(cause?.message ?? cause);
}
