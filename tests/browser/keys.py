"""Somebody with a keyboard and no pointer: what they need is reached, and seen on the way."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from playwright.sync_api import Download, Locator, Page

MOST_STOPS = 400
"""Presses of the tab key on one way; no page has as many controls."""
MOST_AT_ONE = 8
"""Presses that one field may take: a date with a time has six parts and a button."""

STOP = """target => {
    const here = document.activeElement;
    const isGroup = target.type === 'radio' && here.type === 'radio' && here.name === target.name
        && here.form === target.form;
    const isThere = here === target || isGroup;
    const isAfter = here.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING;
    return {isThere, way: here === document.body || isAfter ? 'Tab' : 'Shift+Tab'};
}"""
SEEN = """() => {
    const here = document.activeElement;
    window.slPresses = window.slLast === here ? window.slPresses + 1 : 0;
    window.slLast = here;
    const fault = () => {
        // the button within a field for a date has a ring of the browser's own
        if (here === document.body || (here.type?.match(/date|time/) && !here.matches(':focus'))) {
            return '';
        }
        const { outlineStyle, outlineWidth } = getComputedStyle(here);
        if (outlineStyle === 'none' || parseFloat(outlineWidth) < 1) {
            return 'without an outline';
        }
        const box = [...here.getClientRects()].find(each => each.width > 1 && each.height > 1);
        const left = Math.max(box?.left, 0), right = Math.min(box?.right, innerWidth);
        const top = Math.max(box?.top, 0), bottom = Math.min(box?.bottom, innerHeight);
        if (!(left < right && top < bottom)) {
            return 'outside of the window';
        }
        const hits = [[.5, .5], [.1, .1], [.9, .1], [.1, .9], [.9, .9]].map(([x, y]) =>
            document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y));
        const isHere = hit => hit && (here.contains(hit) || hit.closest('label')?.control === here);
        return hits.some(isHere) ? '' : `behind ${hits[0]?.outerHTML.slice(0, 200)}`;
    };
    return { fault: fault(), name: here.outerHTML.slice(0, 200), presses: window.slPresses };
}"""


class Keys:
    """Works on ``page`` by keys alone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, selector: str) -> Locator:
        """Go by the tab key, from where the focus is, to the first element that matches.

        Details that hide it are unfolded first. Fails where the focus is caught, cannot be seen or
        never comes there.
        """
        target = self.page.locator(selector).first
        self._unfold(target)
        self._go_to(target, selector)
        return target

    def write(self, name: str, text: str) -> None:
        """Type into the field with this name, in place of what stands there."""
        field = self.reach(f"[name='{name}']")
        if field.input_value():
            self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        assert field.input_value() == text, f"{name}: {field.input_value()!r}"

    def write_when(self, name: str, moment: str) -> None:
        """Type a date with a time, or a time alone (ISO 8601), part by part, as browsers ask it."""
        field = self.reach(f"[name='{name}']")
        keyboard = self.page.keyboard
        time = datetime.fromisoformat(moment if "T" in moment else f"2000-01-01T{moment}")
        # this Chromium asks for the month first, and for the half of the day, in each language
        if "T" in moment:
            keyboard.type(f"{time:%m%d%Y}")
            keyboard.press("Tab")
        keyboard.type(f"{time:%I%M%p}")
        assert field.input_value() == moment, f"{name}: {field.input_value()!r}"

    def choose(self, name: str, value: str) -> None:
        """By the arrow keys, one of the answers or options of the field with this name."""
        field = self.reach(f"[name='{name}']")
        chosen = self.page.locator(f"[name='{name}']:checked, select[name='{name}']")
        is_list = field.evaluate("field => field.localName === 'select'")
        self.page.keyboard.press("Home" if is_list else "Space")
        for _ in range(50):
            if chosen.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrow keys do not lead to {value} of {name}.")

    def tick(self, name: str, value: str = "true") -> None:
        """Tick a box, or take its mark away."""
        box = self.reach(f"[name='{name}'][value='{value}']")
        before = box.is_checked()
        self.page.keyboard.press("Space")
        assert box.is_checked() is not before

    def press(self, selector: str) -> None:
        """Press a button that leads to no other page."""
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def go(self, selector: str) -> int:
        """Press a button or follow a link to another page; the status of that page."""
        self.reach(selector)
        with self.page.expect_navigation() as arrived:
            self.page.keyboard.press("Enter")
        answer = arrived.value
        assert answer is not None, selector
        return answer.status

    def download(self, selector: str) -> Download:
        """Press a button that gives a file."""
        self.reach(selector)
        with self.page.expect_download() as given:
            self.page.keyboard.press("Enter")
        return given.value

    def upload(self, name: str, file: Path) -> None:
        """Choose a file in the system's dialogue, which the Enter key opens."""
        # from here on there is a listener, so that the system shows no dialogue of its own
        self.page.on("filechooser", lambda chooser: None)
        self.reach(f"[name='{name}']")
        with self.page.expect_file_chooser() as asked:
            self.page.keyboard.press("Enter")
        asked.value.set_files(file)

    def _unfold(self, target: Locator) -> None:
        """Open the details around an element, the outermost first."""
        # a summary is seen while its own details are folded up
        closed = target.locator(
            "xpath=self::summary/../ancestor::details[not(@open)]"
            " | self::*[not(self::summary)]/ancestor::details[not(@open)]"
        )
        for _ in range(closed.count()):
            self._go_to(closed.first.locator("xpath=./summary"), "what is folded up around it")
            self.page.keyboard.press("Space")

    def _go_to(self, target: Locator, name: str) -> None:
        element = target.element_handle()
        for _ in range(MOST_STOPS):
            stop = self.page.evaluate(STOP, element)
            if stop["isThere"]:
                return
            self.page.keyboard.press(stop["way"])
            seen = self.page.evaluate(SEEN)
            assert not seen["fault"], f"To {name}, {seen['fault']}: {seen['name']}"
            assert seen["presses"] < MOST_AT_ONE, f"To {name}, caught: {seen['name']}"
        raise AssertionError(f"The tab key does not lead to {name}.")
