// The boot guard. Plain old JavaScript, so that it runs where the page itself cannot: it shows a
// panel with the order number and a way to reload whenever the page fails to start or dies.
(function () {
  // Without any progress: a slow network that still brings something is waited for.
  var PATIENCE_MS = 20000;
  var isStarted = false;
  var patience;
  var order = /[?&]order=([0-9A-Za-z_-]{6,32})(?:&|$)/.exec(location.search);

  if (order) document.documentElement.className += " boot-has-order";

  function show(message) {
    var panel = document.getElementById("boot-panel");
    if (!panel) return;
    var parts = panel.getElementsByTagName("p");
    for (var i = 0; i < parts.length; i++) {
      if (parts[i].className === "boot-panel__order" && order) {
        parts[i].getElementsByTagName("code")[0].textContent = order[1];
        parts[i].hidden = false;
      }
      if (parts[i].className === "boot-panel__cause" && message) {
        parts[i].textContent = String(message).slice(0, 200);
        parts[i].hidden = false;
      }
    }
    turn(true);
  }

  function turn(isPanel) {
    var panel = document.getElementById("boot-panel");
    var app = document.getElementById("app");
    if (panel) panel.hidden = !isPanel;
    if (app) app.hidden = isPanel;
  }

  function wait() {
    clearTimeout(patience);
    patience = setTimeout(function () {
      if (!isStarted) show("no progress for " + PATIENCE_MS / 1000 + " s");
    }, PATIENCE_MS);
  }

  window.wechatCheckoutBoot = {
    // The app is on show, however late: it wins over the panel.
    started: function () {
      isStarted = true;
      turn(false);
    },
    // Something arrived.
    progress: wait,
    // The page cannot start, or has died; the message is for support.
    failed: function (message) {
      show(message);
    },
  };

  // A script or the wasm that does not arrive. Such errors do not bubble, so they are caught on the
  // way down.
  window.addEventListener(
    "error",
    function (event) {
      var target = event.target;
      if (!isStarted && target && target.tagName === "SCRIPT") show("script " + target.src);
    },
    true
  );

  // An engine too old for modules never runs the loader and never says so.
  if (!("noModule" in document.createElement("script")) || typeof WebAssembly !== "object") {
    show("this browser is too old");
  }
  wait();
})();
