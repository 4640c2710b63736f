/*
 * Nothing typed is lost. form[data-rescue] keeps what is typed in this window's session storage, under the person and
 * the address it is sent to, and offers it again after a time-out of the session, an error or a closed connection.
 * Never kept: passwords, one-time codes, files, hidden fields, [data-no-rescue]. Forgotten: once the form was sent and
 * the answer is an ordinary page, and all of it on signing out (form[data-forget]).
 */
(function () {
  "use strict";
  var PREFIX = "rescue:";
  var SENT = "rescue-sent";
  var KEPT_FOR = 24 * 3600 * 1000; /* ms */
  var store = window.sessionStorage;
  var user = document.body.dataset.user || "";

  function keyOf(form) {
    var path = new URL(form.getAttribute("action") || location.pathname, location.href).pathname;
    return PREFIX + user + ":" + path + ":" + (form.id || "");
  }

  function fieldsOf(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return (
        field.name &&
        !field.disabled &&
        !/^(password|file|hidden|submit|button|reset|fieldset)$/.test(field.type) &&
        field.autocomplete !== "one-time-code" &&
        !field.closest("[data-no-rescue]")
      );
    });
  }

  function isChoice(field) {
    return field.type === "checkbox" || field.type === "radio";
  }

  function read(form) {
    var values = {};
    fieldsOf(form).forEach(function (field) {
      if (isChoice(field)) values[field.name + "=" + field.value] = field.checked;
      else if (field.type === "select-multiple")
        values[field.name] = Array.prototype.map.call(field.selectedOptions, function (option) { return option.value; });
      else values[field.name] = field.value;
    });
    return values;
  }

  function write(form, values) {
    fieldsOf(form).forEach(function (field) {
      var kept = values[isChoice(field) ? field.name + "=" + field.value : field.name];
      if (kept === undefined) return;
      if (isChoice(field)) field.checked = kept;
      else if (field.type === "select-multiple")
        Array.prototype.forEach.call(field.options, function (option) { option.selected = kept.includes(option.value); });
      else field.value = kept;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  function load(key) {
    var kept = JSON.parse(store.getItem(key) || "null");
    return kept && Date.now() - kept.at < KEPT_FOR ? kept : null;
  }

  function offer(form, key, kept) {
    var banner = document.getElementById("rescue-offer").content.firstElementChild.cloneNode(true);
    banner.querySelector("time").textContent = new Date(kept.at).toLocaleTimeString(document.documentElement.lang);
    banner.querySelector("[data-rescue-restore]").addEventListener("click", function () {
      write(form, kept.values);
      banner.remove();
    });
    banner.querySelector("[data-rescue-discard]").addEventListener("click", function () {
      store.removeItem(key);
      banner.remove();
    });
    form.parentNode.insertBefore(banner, form);
  }

  function watch(form) {
    var key = keyOf(form);
    if (form.dataset.watched) return;
    form.dataset.watched = "1";
    var kept = load(key);
    if (kept && JSON.stringify(kept.values) !== JSON.stringify(read(form))) offer(form, key, kept);
    else store.removeItem(key);
    function keep() {
      store.setItem(key, JSON.stringify({ at: Date.now(), values: read(form) }));
    }
    form.addEventListener("input", keep);
    form.addEventListener("submit", function () {
      keep();
      store.setItem(SENT, key);
    });
  }

  function forgetAll() {
    Object.keys(store).forEach(function (key) {
      if (key.startsWith(PREFIX) || key === SENT) store.removeItem(key);
    });
  }

  /* The page after a sent form: an ordinary one of the same person means that it arrived; an error (data-failed), the
     sign-in or the same form again do not. */
  function settle(forms) {
    var sent = store.getItem(SENT);
    if (!sent) return;
    store.removeItem(SENT);
    var back = forms.some(function (form) { return keyOf(form) === sent; });
    var ours = sent.startsWith(PREFIX + user + ":");
    if (ours && !back && !document.body.hasAttribute("data-failed")) store.removeItem(sent);
  }

  var forms = Array.prototype.slice.call(document.querySelectorAll("form[data-rescue]"));
  settle(forms);
  forms.forEach(watch);
  document.querySelectorAll("form[data-forget]").forEach(function (form) {
    form.addEventListener("submit", forgetAll);
  });
  document.addEventListener("htmx:load", function (event) {
    event.target.querySelectorAll("form[data-rescue]").forEach(watch);
  });
})();
