/* A field that another answer makes necessary is shown only with that answer; without a script it is always shown. */
(function () {
  "use strict";

  function follow(field) {
    var form = field.closest("form");
    var others = form.querySelectorAll('[name="' + field.dataset.neededWhen + '"]');
    function show() {
      var chosen = form.querySelector('[name="' + field.dataset.neededWhen + '"]:checked');
      field.hidden = !(chosen && chosen.value === field.dataset.neededValue) && !field.classList.contains("has-error");
    }
    others.forEach(function (other) { other.addEventListener("change", show); });
    show();
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-needed-when]").forEach(follow);
  });
})();
