/* A page with errors says so in its title, puts the focus on the summary, and each line of it leads into the field. */
(function () {
  "use strict";

  function announce(summary) {
    var word = summary.dataset.errorSummary;
    if (word && !document.title.startsWith(word)) document.title = word + " " + document.title;
    summary.focus();
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-error-summary] a[href^='#']");
    if (!link) return;
    var input = document.getElementById(link.getAttribute("href").slice(1));
    if (!input) return;
    event.preventDefault();
    (input.closest(".field") || input).scrollIntoView();
    input.focus({ preventScroll: true });
  });

  document.querySelectorAll("[data-error-summary]").forEach(announce);
  document.addEventListener("htmx:load", function (event) {
    var summary = event.target.querySelector("[data-error-summary]");
    if (summary) announce(summary);
  });
})();
