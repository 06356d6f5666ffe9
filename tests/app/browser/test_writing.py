"""What a seller is told while writing: before Amazon could refuse anything, beside what it is about."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.app.browser.conftest import Open
from tests.app.browser.steps import (
    PDF,
    attach,
    box,
    choose,
    file_in,
    files,
    foot,
    open_order,
    pdf_in,
    send_button,
    write,
)
from tests.app.office import Office


def _writing(office: Office, open_page: Open, title: str = "customization") -> Page:
    page = open_page()
    open_order(page, office)
    choose(page, title)
    return page


def _problems(page: Page, anchor: str) -> Locator:
    return page.locator(f"#{anchor}-problems")


def test_the_counter_turns_amber_near_the_limit_and_red_past_it(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page)
    counter = page.locator(".counter")
    for length, level in ((10, "fine"), (759, "fine"), (760, "careful"), (800, "careful"), (801, "wrong")):
        box(page).fill("x" * length)
        expect(counter).to_have_text(f"{length} of 800")
        expect(counter).to_have_class(f"counter {level}")
    box(page).press_sequentially("yz")  # typing is not stopped
    expect(counter).to_have_text("803 of 800")
    expect(_problems(page, "text")).to_contain_text("800")
    box(page).fill("🎁" * 3)  # a character to a person and to Amazon, two to JavaScript
    expect(counter).to_have_text("3 of 800")


def test_a_problem_is_underlined_told_and_led_to(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page)
    write(page, "Hello. Mail me at ada@example.com please, or mail bob@example.com.")
    marks = page.locator("#underlining mark")
    expect(marks).to_have_text(["ada@example.com", "bob@example.com"])
    expect(_problems(page, "text")).to_contain_text("email address is not allowed")
    expect(box(page)).to_have_attribute("aria-invalid", "true")
    expect(foot(page)).to_contain_text("1 thing to fix")

    page.get_by_role("radio", name="customization").focus()
    foot(page).get_by_role("link", name="the message").click()
    expect(box(page)).to_be_focused()
    expect(box(page)).to_be_in_viewport()

    write(page, "Hello. Please answer here.")
    expect(marks).to_have_count(0)
    expect(_problems(page, "text")).to_be_empty()
    expect(box(page)).not_to_have_attribute("aria-invalid", "true")
    expect(foot(page)).to_contain_text("Ready")


def test_a_choice_by_hand_leads_to_the_text_and_can_be_changed(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page)
    expect(box(page)).to_be_focused()
    expect(box(page)).to_be_in_viewport()
    expect(page.locator(".choice:visible")).to_have_count(1)
    page.get_by_role("button", name="Change what it is about").click()
    expect(page.get_by_role("radio", name="customization")).to_be_focused()
    assert page.locator(".choice:visible").count() > 1
    page.reload()
    expect(page.locator(".choice:visible")).to_have_count(1)


def test_arrow_keys_choose_among_cards_that_all_stay(office: Office, open_page: Open) -> None:
    page = open_page()
    open_order(page, office)
    there = page.locator(".choice").count()
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    expect(foot(page)).to_be_visible()
    expect(page.get_by_text("The buyer reads")).to_be_visible()  # with which the cards come anew
    expect(page.locator(".choice:visible")).to_have_count(there)


def test_what_is_missing_is_only_called_wrong_when_somebody_sends(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page)
    expect(foot(page)).to_contain_text("1 thing to fix")
    expect(_problems(page, "text")).to_be_empty()
    send_button(page).click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing was sent yet")
    expect(_problems(page, "text")).not_to_be_empty()
    assert office.amazon.messages() == []


def test_files_that_amazon_would_refuse(office: Office, open_page: Open, tmp_path: Path) -> None:
    """By content, by name, by size; what is too large does not even leave the browser."""
    page = _writing(office, open_page, "Send the invoice")
    large = file_in(tmp_path, "film.pdf", PDF + b"\0" * 11_500_000)
    page.locator("#file").set_input_files(large)
    refused = page.locator("#uploads li")
    expect(refused).to_contain_text("larger than 10 MB")
    refused.get_by_role("button").click()
    expect(refused).to_have_count(0)

    attach(page, file_in(tmp_path, "program.pdf", b"MZ" + b"\0" * 200))
    expect(files(page).locator(".problem")).to_be_visible()
    expect(foot(page)).to_contain_text("1 thing to fix")
    foot(page).get_by_role("link", name="program.pdf").click()
    expect(files(page).get_by_role("textbox")).to_be_focused()
    files(page).get_by_role("button", name="Remove").click()
    expect(files(page)).to_have_count(0)

    attach(page, pdf_in(tmp_path, "invoice.pdf"))
    expect(foot(page)).to_contain_text("Ready")
    name = files(page).get_by_role("textbox")
    name.fill("invoice.exe")
    name.blur()
    expect(files(page).locator(".problem")).to_be_visible()
    name = files(page).get_by_role("textbox")
    name.fill("invoice 7.pdf")
    name.blur()
    expect(foot(page)).to_contain_text("Ready")


def test_the_days_of_a_warranty_have_to_fit(office: Office, open_page: Open, tmp_path: Path) -> None:
    page = _writing(office, open_page, "Send the warranty")
    attach(page, pdf_in(tmp_path))
    page.get_by_label("First day").fill("2031-12-31")
    page.get_by_label("Last day").fill("2030-01-01")
    problem = page.locator("[id^=coverage_][id$=-problems] .problem")
    expect(problem).to_have_count(1)
    foot(page).get_by_role("link").click()
    assert page.evaluate("document.activeElement.id").startswith("coverage_")
    page.get_by_label("Last day").fill("2032-12-31")
    expect(problem).to_have_count(0)
    expect(foot(page)).to_contain_text("Ready")


def test_a_text_in_another_language_than_the_buyers_is_warned_of(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page)
    language = page.locator("#language")
    expect(language).to_have_text("The buyer reads English.")
    write(page, "Wir haben Ihre Bestellung heute sorgfältig verpackt und möchten den Namen noch einmal prüfen.")
    expect(language).to_have_text("The buyer reads English. Your text looks German.")
    expect(foot(page)).to_contain_text("Ready")  # a warning keeps nobody from sending


def test_files_may_be_dropped(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["%PDF-1.4\\n1 0 obj\\n"], "dropped.pdf", { type: "application/pdf" }));
          const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
          document.querySelector("#files .drop").dispatchEvent(drop);
        }"""
    )
    expect(files(page).get_by_role("textbox")).to_have_value("dropped.pdf")
