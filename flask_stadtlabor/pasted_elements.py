"""The elements of pasted HTML as Markdown, by Beautiful Soup and markdownify.

Imported when somebody pastes: these libraries take 9 MiB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from markdownify import MarkdownConverter

from flask_stadtlabor.text import printable

DEEPEST = 60
"""Elements within each other that are converted; of what is deeper, the words alone are kept."""
_VOID = {"br", "hr"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SAME = {"b": "strong", "i": "em", "s": "del"}
_MARKED = ("strong", "em", "del")
_ORDERED = re.compile(r"(?:\d{1,4}|[A-Za-z]|[ivxIVX]{1,6})[.)]")
"""The marker of an item of a numbered list, as Word writes it into the text."""
_SPECIAL = re.compile(r"[\\`*\[]|(?<!\w)_|_(?!\w)")
_LINE_START = re.compile(r"^(\s*)(?:(\d{1,9})(?=[.)]\s)|(?=#{1,6}\s|>))")


def as_markdown(clean: str) -> str:
    """The Markdown of HTML that went through the allow-list."""
    # within an element, since it warns of a text that looks like an address or a file
    soup = BeautifulSoup(f"<div>{clean}</div>", "html.parser")
    if _depth(clean) > DEEPEST:
        return _tidy(soup.get_text("\n"))
    _mark_by_style(soup)
    _make_word_lists(soup)
    _simplify(soup)
    _raise_headings(soup)
    for text in list(soup.find_all(string=True)):
        if text.find_parent(["pre", "code"]) is None:
            text.replace_with(NavigableString(_escaped(re.sub(r"\s+", " ", text))))
    converter = MarkdownConverter(
        heading_style="atx",
        bullets="-",
        table_infer_header=True,
        escape_asterisks=False,
        escape_underscores=False,
    )
    return _tidy(converter.convert_soup(soup))


def _depth(html: str) -> int:
    deepest = depth = 0
    for end, name in re.findall(r"<(/?)([a-z0-9]+)", html):
        if name not in _VOID:
            depth += -1 if end else 1
            deepest = max(deepest, depth)
    return deepest


def _style(tag: Tag) -> dict[str, str]:
    parts = (part.partition(":") for part in str(tag.get("style", "")).split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in parts}


def _mark_by_style(soup: BeautifulSoup) -> None:
    """Bold, italic and struck words as elements; what is only called bold, as nothing."""
    for tag in soup.find_all(list(_SAME)):
        # Google Docs wraps all of it in <b style="font-weight:normal">
        if _weight(tag) is False:
            tag.unwrap()
        else:
            tag.name = _SAME[tag.name]
    for span in soup.find_all("span"):
        style = _style(span)
        names = [
            name
            for name, is_so in (
                ("strong", _weight(span)),
                ("em", style.get("font-style") == "italic"),
                ("del", "line-through" in style.get("text-decoration", "")),
            )
            if is_so and span.find_parent([*_HEADINGS, name]) is None
        ]
        for name in names:
            span.wrap(soup.new_tag(name))


def _weight(tag: Tag) -> bool | None:
    """Whether the style says bold, says not bold, or says nothing."""
    weight = _style(tag).get("font-weight", "")
    if weight.isdecimal():
        return int(weight) >= 600
    return {"bold": True, "bolder": True, "normal": False}.get(weight)


def _make_word_lists(soup: BeautifulSoup) -> None:
    """Lists of paragraphs that Word only makes look like one."""
    lists: list[tuple[int, Tag]] = []
    for item in [*soup.find_all("p"), *soup.find_all(_HEADINGS)]:
        level = re.search(r"level(\d)", _style(item).get("mso-list", ""))
        marker = item.find(_is_marker)
        if level is None or not isinstance(marker, Tag) or item.name != "p":
            continue
        number = int(level[1])
        before = _element_before(item)
        if not lists or before is not lists[0][1]:
            lists = []
        while lists and lists[-1][0] > number:
            lists.pop()
        if not lists or lists[-1][0] < number:
            name = "ol" if _ORDERED.match(marker.get_text().strip()) else "ul"
            made = soup.new_tag(name)
            last = lists[-1][1].find_all("li", recursive=False)[-1] if lists else None
            if last is None:
                item.insert_before(made)
            else:
                last.append(made)
            lists.append((number, made))
        marker.decompose()
        lists[-1][1].append(item.extract())
        item.name = "li"


def _is_marker(tag: Tag) -> bool:
    return _style(tag).get("mso-list") == "ignore"


def _element_before(tag: Tag) -> Tag | None:
    """What stands right before, unless there are words in between."""
    for sibling in tag.previous_siblings:
        if isinstance(sibling, Tag):
            return sibling
        if str(sibling).strip():
            return None
    return None


def _simplify(soup: BeautifulSoup) -> None:
    """Without what only word processors need, and each run of marked words in one element."""
    for span in soup.find_all("span"):
        span.unwrap()
    for paragraph in soup.select("li > p"):
        paragraph.unwrap()
    for tag in soup.find_all(_MARKED):
        if tag.find_parent([*_HEADINGS, tag.name]) is not None or not tag.get_text(strip=True):
            tag.unwrap()
    for tag in soup.find_all(_MARKED):
        following = tag.next_sibling
        while isinstance(following, Tag) and following.name == tag.name:
            tag.extend(list(following.contents))
            following.decompose()
            following = tag.next_sibling
    soup.smooth()
    for tag in soup.find_all(_MARKED):
        _let_it_end_with_a_letter(tag)


def _let_it_end_with_a_letter(tag: Tag) -> None:
    """Put a colon before a word outside: ``**When:**today`` is not bold (CommonMark, 6.2)."""
    last, following = tag.contents[-1], tag.next_sibling
    if not isinstance(last, NavigableString) or not isinstance(following, NavigableString):
        return
    words = last.rstrip(":;,.!?)–-")
    if following[:1].isalnum() and words and words != last:
        following.replace_with(NavigableString(last[len(words) :] + following))
        last.replace_with(NavigableString(words))


def _raise_headings(soup: BeautifulSoup) -> None:
    """The highest heading becomes one of the second level, as people type them."""
    found = soup.find_all(_HEADINGS)
    highest = min((int(heading.name[1]) for heading in found), default=2)
    for heading in found:
        heading.name = f"h{min(int(heading.name[1]) - highest + 2, 6)}"


def _escaped(text: str) -> str:
    """The words, so that none of their signs is taken for a mark of Markdown."""
    text = _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
    return _LINE_START.sub(lambda found: f"{found[1]}{found[2] or ''}\\", text)


def _tidy(text: str) -> str:
    lines: Iterator[str] = (
        line if line.endswith("  ") and line.strip() else line.rstrip()
        for line in printable(text).split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
