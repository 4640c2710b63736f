/* details.floating opens over the page: one at a time, closed by Escape or a press elsewhere. */
(function () {
  "use strict";
  var OPEN = "details.floating[open]";

  function closeOthers(kept) {
    document.querySelectorAll(OPEN).forEach(function (details) {
      if (details !== kept) details.open = false;
    });
  }

  document.addEventListener("click", function (event) {
    closeOthers(event.target.closest("details.floating"));
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var open = document.querySelector(OPEN);
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
})();
