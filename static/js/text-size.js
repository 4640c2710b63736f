/* The larger mode: a button that switches it at once and keeps it in a cookie, which the server reads. */
(function () {
  "use strict";
  var YEAR_IN_SECONDS = 31536000;

  document.querySelectorAll("[data-text-size]").forEach(function (button) {
    button.addEventListener("click", function () {
      var larger = document.documentElement.classList.toggle("larger");
      button.setAttribute("aria-pressed", String(larger));
      var secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie =
        "textsize=" + (larger ? "large" : "normal") + "; Path=/; Max-Age=" + YEAR_IN_SECONDS + "; SameSite=Lax" + secure;
    });
  });
})();
