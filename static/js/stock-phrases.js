/* A press on a stock phrase puts it into the text it belongs to, at the caret, and leaves the caret behind it. */
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-phrases-for] button");
    if (!button) return;
    var text = document.getElementById(button.parentElement.dataset.phrasesFor);
    if (!text) return;
    var room = text.maxLength < 0 ? Infinity : text.maxLength - text.value.length;
    if (button.textContent.length <= room) {
      text.setRangeText(button.textContent, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.focus();
  });
})();
