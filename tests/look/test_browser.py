"""What the scripts do, and that the pages hold together, in a real browser under the strict policy."""

import pytest

from tests.look import pages

pytestmark = pytest.mark.browser

TYPED = "二、场所租赁合同已过期。"


def kept(window) -> dict:
    """What the window keeps of forms."""
    held = window.evaluate("Object.assign({}, sessionStorage)")
    return {name: value for name, value in held.items() if name.startswith("rescue:")}


def type_into_form(window) -> None:
    window.goto("/form")
    window.fill("#id_defects", TYPED)
    window.check("#id_points_1")


def offered(window) -> bool:
    return window.locator("main .rescue-offer").count() == 1


@pytest.mark.parametrize("name", pages.PAGES)
@pytest.mark.parametrize("width", [1440, 390])
def test_a_page_fits_and_breaks_no_policy(window, name, width):
    window.set_viewport_size({"width": width, "height": 844})
    window.goto(f"/{name}")
    assert window.evaluate("document.documentElement.scrollWidth") <= width


def test_the_shell_has_the_agreed_measures(window):
    window.goto("/case")
    assert window.locator(".site-header").bounding_box()["height"] == 56
    assert window.locator(".side-menu").bounding_box()["width"] == 208
    main, aside = (window.locator(name).bounding_box()["width"] for name in (".column-main", ".column-aside"))
    assert main / aside == pytest.approx(2, abs=0.02)
    window.set_viewport_size({"width": 1920, "height": 900})
    assert window.locator(".shell").bounding_box()["width"] == 1440
    sizes = "[...document.querySelectorAll('body, .table')].map(e => getComputedStyle(e).fontSize)"
    window.goto("/inbox")
    assert window.evaluate(sizes) == ["16px", "14px"]


def test_the_menu_folds_behind_a_button_on_a_phone(window):
    window.set_viewport_size({"width": 390, "height": 844})
    window.goto("/inbox")
    menu, button = window.locator("#side-menu"), window.locator(".fold-button")
    assert not menu.is_visible()
    button.click()
    menu.wait_for(state="visible")
    assert button.get_attribute("aria-expanded") == "true"


def test_the_menu_is_there_without_scripts(chromium, site):
    page = chromium.new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"{site.address}/inbox")
    assert page.locator("#side-menu").is_visible()
    assert not page.locator("[data-text-size]").is_visible()
    page.close()


def test_the_larger_mode_enlarges_everything_and_is_remembered(window):
    window.goto("/case")
    diagram = window.locator(".state-diagram")
    before = diagram.bounding_box()["width"]
    window.click("[data-text-size]")
    assert window.evaluate("getComputedStyle(document.body).fontSize") == "20px"
    assert diagram.bounding_box()["width"] == pytest.approx(before * 1.25, abs=1)
    cookies = {cookie["name"]: cookie["value"] for cookie in window.context.cookies()}
    assert cookies["textsize"] == "large"


def test_the_summary_takes_the_focus_and_leads_into_the_field(window):
    window.goto("/form")
    assert window.evaluate("document.activeElement.className") == "error-summary"
    assert window.title().startswith(window.locator(".error-summary").get_attribute("data-error-summary"))
    window.click(".error-summary a[href='#id_points_0']")
    assert window.evaluate("document.activeElement.id") == "id_points_0"


def test_a_deadline_opens_one_at_a_time_and_closes_by_escape(window):
    window.goto("/inbox")
    lights = window.locator("details.light")
    lights.nth(0).locator("summary").click()
    lights.nth(1).locator("summary").click()
    assert window.locator("details.light[open]").count() == 1
    window.keyboard.press("Escape")
    assert window.locator("details.light[open]").count() == 0


def test_a_stock_phrase_is_put_at_the_caret(window):
    window.goto("/form")
    window.fill("#id_defects", "甲丙")
    window.evaluate("document.getElementById('id_defects').setSelectionRange(1, 1)")
    window.locator(".phrase").first.click()
    assert window.input_value("#id_defects") == "甲请补充加盖公章的证明材料。丙"


def test_a_form_is_sent_once_however_often_the_button_is_pressed(window, site):
    window.goto("/form")
    window.evaluate("const b = document.querySelector('.form button:not([type])'); b.click(); b.click(); b.click()")
    window.wait_for_url("**/sent")
    assert site.posted == 1


def test_a_form_whose_sending_failed_can_be_sent_again(window, site):
    site.answer = "failed"
    window.goto("/form")
    window.click(".form button:not([type])")
    window.wait_for_selector("[data-failed]")
    window.go_back()
    site.answer = "done"
    window.click(".form button:not([type])")
    window.wait_for_url("**/sent")
    assert site.posted == 2


def test_what_was_typed_is_offered_again_after_the_session_ran_out(window, site):
    site.answer = "signed-out"
    type_into_form(window)
    window.click(".form button:not([type])")
    window.wait_for_url("**/sign-in")
    window.goto("/form")
    assert offered(window)
    window.click("[data-rescue-restore]")
    assert window.input_value("#id_defects") == TYPED
    assert window.is_checked("#id_points_1")


@pytest.mark.parametrize("answer", ["failed", "refused"])
def test_what_was_typed_is_kept_through_an_error(window, site, answer):
    site.answer = answer
    type_into_form(window)
    window.click(".form button:not([type])")
    window.wait_for_function("performance.getEntriesByType('navigation')[0].responseStatus !== 200")
    window.goto("/form")
    assert offered(window)


def test_what_arrived_is_forgotten(window):
    type_into_form(window)
    window.click(".form button:not([type])")
    window.wait_for_url("**/sent")
    assert kept(window) == {}


def test_what_is_discarded_is_forgotten(window):
    type_into_form(window)
    window.goto("/form")
    window.click("[data-rescue-discard]")
    assert kept(window) == {}


def test_secrets_and_hidden_fields_are_never_kept(window):
    window.goto("/form")
    window.evaluate("""
        for (const [name, type] of [["word", "password"], ["code", "text"], ["token", "hidden"], ["extra", "text"]]) {
          const input = document.createElement("input");
          input.name = name; input.type = type; input.id = name; input.value = "secret-" + name;
          if (name === "code") input.autocomplete = "one-time-code";
          if (name === "extra") input.setAttribute("data-no-rescue", "");
          document.querySelector(".form").append(input);
        }""")
    window.fill("#word", "secret-new")
    window.fill("#id_title", "标题")
    (values,) = kept(window).values()
    assert "标题" in values
    assert "secret" not in values


def test_signing_out_forgets_everything(window):
    type_into_form(window)
    assert len(kept(window)) == 1
    window.click("form[data-forget] button")
    window.wait_for_url("**/sent")
    assert kept(window) == {}


def test_what_is_sent_again_unchanged_is_kept_too(window, site):
    site.answer = "signed-out"
    window.goto("/form")
    window.click(".form button:not([type])")
    window.wait_for_url("**/sign-in")
    assert len(kept(window)) == 1


def test_another_person_in_the_same_window_is_offered_nothing(window, site):
    type_into_form(window)
    site.pages["form"] = site.pages["form"].replace('data-user="7"', 'data-user="8"')
    window.goto("/form")
    assert not offered(window)
