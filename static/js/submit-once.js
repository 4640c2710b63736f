/* form[data-once] is sent once however often the button is pressed; where sending failed, it can be sent again. */
(function () {
  "use strict";
  var GIVE_UP_AFTER = 15000; /* ms; a page that is still there by then was not replaced by an answer */

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("button[aria-disabled]").forEach(function (button) {
      button.removeAttribute("aria-disabled");
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "1";
    form.querySelectorAll("button:not([type='button'])").forEach(function (button) {
      button.setAttribute("aria-disabled", "true");
    });
    setTimeout(release, GIVE_UP_AFTER, form);
  }, true);

  function releaseAll() {
    document.querySelectorAll("form[data-sent]").forEach(release);
  }

  window.addEventListener("pageshow", releaseAll); /* back from an error of the network */
  document.addEventListener("htmx:afterRequest", releaseAll);
})();
