// The boot guard. Plain old JavaScript, so that it runs where the page itself cannot: it shows a
// panel with the order number and a way to reload whenever the page fails to start or dies.
(function () {
  var PATIENCE_MS = 20000;
  var isStarted = false;
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
    document.getElementById("app").hidden = true;
    panel.hidden = false;
  }

  window.wechatCheckoutBoot = {
    // The app is on show.
    started: function () {
      isStarted = true;
    },
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
  setTimeout(function () {
    if (!isStarted) show("no start within " + PATIENCE_MS / 1000 + " s");
  }, PATIENCE_MS);
})();
