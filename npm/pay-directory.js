// Which payment directory (支付授权目录) to register with WeChat, and one full load where it helps. The
// same rules as in `src/pay_directory.rs`, here because a page wants them before it loads any wasm.

const LOADED = "wechat-checkout:loaded-in-full";

/** The directory to register for the present address, ending in `/`. */
export function payDirectory() {
  return directoryOf(judgedAddress());
}

/**
 * Loads the present address in full, once, where WeChat for iOS would judge the address that was loaded
 * last and refuse the payment. `true`: the browser is leaving the page.
 */
export function loadInFull(registered) {
  const present = location.href;
  const wanted = registered || directoryOf(present);
  if (covers(wanted, judgedAddress()) || !covers(wanted, present)) return false;
  try {
    if (sessionStorage.getItem(LOADED) === present) return false;
    sessionStorage.setItem(LOADED, present);
  } catch {
    // A storage that keeps nothing could not stop the second load.
    return false;
  }
  location.reload();
  return true;
}

/** iOS judges the last full load of a document, and hears nothing of `pushState`; Android the present. */
function judgedAddress() {
  const isIos = navigator.userAgent.includes("like Mac OS X");
  return (isIos && landingAddress()) || location.href;
}

/** Absent where the browser keeps no timings. */
function landingAddress() {
  try {
    return performance.getEntriesByType("navigation")[0].name;
  } catch {
    return undefined;
  }
}

function directoryOf(address) {
  const [path] = address.split(/[?#]/);
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** A bare domain covers all of it; any other entry exactly the pages whose parent directory it is. */
function covers(registered, address) {
  const isRoot = registered.endsWith("/") && registered.split("/").length === 4;
  return isRoot ? address.startsWith(registered) : directoryOf(address) === registered;
}
