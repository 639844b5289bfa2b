"""Rules that hold over the whole source tree, and over the whole URL table."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, meta, nodes

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.route import ACCOUNT, LINK, PARTICIPANT, PUBLIC, STAFF, Route
from flask_stadtlabor.routes import ROUTES, WAYS_BACK
from tests.factories import exchange, open_event
from tests.host import Host

PACKAGE = Path(__file__).parents[1] / "flask_stadtlabor"
HOSTS = PACKAGE.parent / "docs" / "hosts.md"
THEMING = PACKAGE.parent / "docs" / "theming.md"
MODULES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted(path for path in (PACKAGE / "templates").rglob("*") if path.is_file())
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and path.parent.name != "mail"]
STYLES = (
    sorted((PACKAGE / "static").glob("*.css"))
    + sorted((PACKAGE.parent / "example_app/static").glob("*.css"))
    + [PACKAGE / "templates/stadtlabor/mail/layout.html"]
)
SAMPLE = {
    "slug": "plattform", "purpose": "photos", "token": "x" * 32, "version": 1, "lang": "de",
    "number": 1, "code": "7KMQ2XW9RT", "kind": "confirmed", "language": "de",
    "decoration": "baenke", "part": "results", "mark": "f" * 64,
    "page": "text", "shared_kind": "venues", "name": "halle",
}  # fmt: skip
UNITS_OF_WORK = re.compile(
    r"cli/.*|migrations/.*|testing/.*|.*/?jobs/.*|.*/?views(/.*|\.py)|(transactions|isolation)\.py"
    r"|outbox/attempts\.py|consent/ledger/anchoring\.py|privacy/retention\.py"
    r"|pictures/taking\.py"
)
"""Modules that begin and end a unit of work: requests, commands, and what happens by itself."""
FORM_BASES = re.compile(r"\w*(Form|Button)")
PERSONAL = (LINK, ACCOUNT, PARTICIPANT)
FORMS = (
    "register",
    "change",
    "change_for",
    "send_link",
    "participation_link",
    "my_settings",
    "unsubscribe",
    "erase_participation",
    "new_idea",
    "edit_idea",
    "withdraw_idea",
    "delete_idea",
    "idea_support",
    "idea_follow",
    "report_idea",
    "report_comment",
    "decision",
    "moderate",
    "objection",
    "comment_on_idea",
    "comment_on_project",
    "comment_on_event",
    "comment_on_part",
    "reply_to_comment",
    "agree_with_comment",
    "disagree_with_comment",
    "edit_comment",
    "delete_comment",
    "organise_register",
    "text_new",
    "text_edit",
    "rectify",
    "new_shared",
    "edit_shared",
    "new_event",
    "edit_event",
    "event_results",
    "feedback",
    "publish_event",
    "unpublish_event",
    "cancel_event",
    "postpone_event",
    "move_event",
    "duplicate_event",
    "translations",
    "preview_links",
    "write_message",
    "answer_idea",
    "correct_answer",
    "merge_idea",
)


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def breaking(paths: Iterable[Path], breaks: Callable[[Path], object]) -> list[str]:
    """The files in which a rule is broken: one test for all, since each has its price."""
    return [name(path) for path in paths if breaks(path)]


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All that a module is made of; most of our rules ask for it."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def test_templates_leave_the_hosts_translation_marks_alone() -> None:
    """``_()`` and ``{% trans %}`` belong to the host's own domain."""
    marks = re.compile(r"\{%-?\s*trans\b|(?<![\w.])_\(|(?<![\w.])n?gettext\(")
    assert breaking(TEMPLATES, lambda path: marks.search(text_of(path))) == []


def test_pages_hold_no_script_and_no_style() -> None:
    """S10: all of it runs under ``default-src 'self'``."""
    inline = re.compile(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:")

    def holds_a_script(path: Path) -> bool:
        return any(
            "src=" not in attributes and 'type="application/ld+json"' not in attributes
            for attributes in re.findall(r"<script\b([^>]*)>", text_of(path))
        )

    assert breaking(PAGES, lambda path: inline.search(text_of(path))) == []
    assert breaking(PAGES, holds_a_script) == []


KEPT = [
    path
    for path in MODULES
    if name(path).startswith(("events/", "consent/", "opendata/"))
    or name(path) in ("caching.py", "dates.py", "environment.py", "i18n.py", "templating.py")
]
"""What makes pages that are kept for everybody."""


def test_a_kept_page_shows_nothing_of_the_configuration_that_its_key_leaves_out() -> None:
    """S18: the key has all our settings, and addresses as ``urls`` makes them."""
    configuration = re.compile(r"(?<!flask_stadtlabor)\.config\b|os\.environ")
    assert breaking(KEPT, lambda path: configuration.search(text_of(path))) == []


PHYSICAL = re.compile(
    r"(?<![\w-])(?:left|right)(?![\w-])"
    r"|(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|translateX|(?<![\w-])translate:|background-position|transform:"
)
FOUR_SIDES = re.compile(
    r"(?<![\w-])(margin|padding|inset|border-(?:width|style|color|radius)|scroll-(?:margin|padding)):"
    r"\s*([^;]+);"
)
SIDE = re.compile(r"(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+")
TURNED = {
    ("stadtlabor.css", "border-width: 0 0 0.15em 0.15em"): "an arrow, turned round by :dir(rtl)",
}
"""The exceptions, each with its reason."""


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_follow_the_direction_of_writing(path: Path) -> None:
    """Where a page runs from right to left, start and end change places, left and right do not."""
    source = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    # what leans on the direction says so with :dir()
    assert not PHYSICAL.findall(re.sub(r":dir\([^{]*\{[^}]*\}", "", source))
    for name, value in FOUR_SIDES.findall(source):
        sides = SIDE.findall(value.replace("!important", ""))
        # clockwise: corners from the upper left, sides from above
        pairs = ((0, 1), (2, 3)) if name == "border-radius" else ((1, 3),)
        uneven = len(sides) == 4 and any(sides[a] != sides[b] for a, b in pairs)
        assert not uneven or (path.name, f"{name}: {value}") in TURNED, f"{name}: {value}"


@cache
def names_of_our_pages() -> set[str]:
    """What a page of ours hands to the host's layout, which it extends, beside Flask's globals."""
    found: set[str] = set()
    for path in PAGES:
        if path.parent.name == "macros" or path.name == "base.html":
            continue
        tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
        found |= meta.find_undeclared_variables(tree)
        for node in tree.body:
            if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
                found.add(node.target.name)
            elif isinstance(node, nodes.Import):
                found.add(node.target)
            elif isinstance(node, nodes.FromImport):
                found |= {item if isinstance(item, str) else item[1] for item in node.names}
            elif isinstance(node, nodes.Macro):
                found.add(node.name)
    return found - {"sl", "_sl", "_sln"}


def test_hosts_can_read_which_names_of_their_layout_would_be_ours() -> None:
    """Where a host changed a template of ours, the names of both are known to it."""
    listed = re.search(r"<!-- names -->\n```text\n(.*?)```", HOSTS.read_text("utf-8"), re.DOTALL)
    assert listed is not None
    ours = names_of_our_pages()
    assert sorted(listed[1].split()) == sorted(ours)
    usual = {"config", "current_user", "language", "locale", "menu", "navigation", "path", "site"}
    assert not ours & (usual | {"title", "url", "user"})


def test_views_hand_no_name_to_templates_that_none_of_them_reads() -> None:
    def unread(path: Path) -> set[str]:
        calls = [
            node
            for node in nodes_of(path)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("draw", "staff_page", "_door_page")
        ]
        given = {word.arg for call in calls for word in call.keywords if word.arg}
        return given - names_of_our_pages()

    views = [path for path in MODULES if path.parent.name != "outbox"]
    assert {name(path): unread(path) for path in views if unread(path)} == {}


def test_our_templates_are_drawn_in_our_environment_alone() -> None:
    """In the host's, its settings and names would change what they say."""
    assert breaking(MODULES, lambda path: list(_calls(path, "render_template"))) == []
    assert breaking(MODULES, lambda path: list(_calls(path, "render_template_string"))) == []


def test_whatever_a_host_sets_of_the_looks_has_an_effect() -> None:
    """The custom properties of docs/theming.md are read, and what is made of them is used."""
    styles = "".join(path.read_text("utf-8") for path in (PACKAGE / "static").glob("*.css"))
    used = set(re.findall(r"var\((--[\w-]+)", styles))
    assert set(re.findall(r"`(--sl-[\w-]+)`", THEMING.read_text("utf-8"))) <= used
    assert set(re.findall(r"(--_[\w-]+):", styles)) <= used


def test_a_calm_page_or_one_with_a_form_keeps_the_styles_of_these() -> None:
    """They come with the layout, unless a page puts its own in their place."""

    def loses_them(path: Path) -> bool:
        styles = re.search(r"{% block sl_styles %}(.*?){% endblock %}", text_of(path), re.DOTALL)
        is_meant = re.search(r'class="(sl-narrow|sl-form)\b', text_of(path)) is not None
        kept = ("super()", "forms.css")
        return styles is not None and is_meant and not any(each in styles[1] for each in kept)

    assert breaking(PAGES, loses_them) == []


def test_templates_mark_nothing_as_safe() -> None:
    """S9: what people wrote is escaped everywhere; ready HTML comes as ``Markup``."""
    safe = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert breaking(TEMPLATES, lambda path: safe.search(text_of(path))) == []


def test_a_lazy_string_takes_nothing_but_its_message() -> None:
    """``LazyString.__html__`` does not escape, so nobody's words may get into one."""
    for call in (call for path in MODULES for call in _calls(path, "lazy")):
        assert not call.keywords, ast.unparse(call)
        assert [type(argument) for argument in call.args] == [ast.Constant], ast.unparse(call)


def test_messages_are_whole_constants() -> None:
    """Only a constant can be found by the extraction, and a glued sentence is not translatable."""
    for path in MODULES:
        if path.name != "i18n.py":
            for call in [*_calls(path, "_sl"), *_calls(path, "_sln")]:
                assert isinstance(call.args[0], ast.Constant), f"{name(path)}: {ast.unparse(call)}"


def _calls(path: Path, function: str) -> Iterator[ast.Call]:
    for node in nodes_of(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called == function:
                yield node


def test_a_module_has_one_subject() -> None:
    assert breaking(MODULES, lambda path: text_of(path).count("\n") > 400) == []
    any_subject = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert breaking(MODULES, lambda path: path.stem in any_subject) == []


def test_time_is_asked_of_the_hosts_clock() -> None:
    machine = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(")
    others = [path for path in MODULES if path.name != "ports.py"]
    assert breaking(others, lambda path: machine.search(text_of(path))) == []


def test_only_who_begins_a_unit_of_work_commits_it() -> None:
    """An operation never does: the view that called it commits once."""
    others = [path for path in MODULES if not UNITS_OF_WORK.fullmatch(name(path))]
    assert breaking(others, lambda path: list(_calls(path, "commit"))) == []


def test_a_form_stands_in_the_room_of_forms() -> None:
    def has_a_form(path: Path) -> bool:
        return any(
            FORM_BASES.fullmatch(ast.unparse(base))
            for node in nodes_of(path)
            if isinstance(node, ast.ClassDef)
            for base in node.bases
        )

    assert breaking((path for path in MODULES if "views" in path.parts), has_a_form) == []


TESTS = sorted(Path(__file__).parent.rglob("*.py"))
CHECKS = re.compile(r"raises|expect|check\w*|walk|assert_\w+|run_state_machine_as_test")
"""Calls that fail where something is wrong, and are made for that alone."""


def in_tests(path: Path) -> str:
    return str(path.relative_to(Path(__file__).parent))


def _asserts(test: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and CHECKS.fullmatch(_called(node)))
        for node in ast.walk(test)
    )


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def test_a_test_can_fail() -> None:
    """It asserts something, or calls what does, and what is asserted is not always true."""
    for path in (path for path in TESTS if path.name.startswith("test_")):
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert _asserts(node), f"{in_tests(path)}: {node.name} asserts nothing"
            if isinstance(node, ast.Assert):
                assert not _is_always_true(node.test), f"{in_tests(path)}: {ast.unparse(node)}"


def _is_always_true(claim: ast.expr) -> bool:
    if isinstance(claim, ast.Compare):
        return ast.dump(claim.left) == ast.dump(claim.comparators[0])
    if isinstance(claim, ast.BoolOp):
        return any(map(_is_always_true, claim.values))
    # a generator, a function and a text with something in it are true whatever comes of them
    return isinstance(claim, ast.Constant | ast.GeneratorExp | ast.Lambda | ast.JoinedStr)


def test_nothing_in_tests_is_left_over() -> None:
    """A helper or a constant that no test uses has lost its test."""
    used = {word for path in TESTS for word in _words_used(path)}
    unused = [
        f"{in_tests(path)}: {name}"
        for path in TESTS
        for name in _names_made(path)
        if name not in used and not name.startswith(("test_", "pytest", "__"))
    ]
    assert unused == []


def _names_made(path: Path) -> Iterator[str]:
    """The names at the top of a module; what is decorated, somebody else calls."""
    module = nodes_of(path)[0]
    assert isinstance(module, ast.Module)
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _words_used(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # "tests.races.portal:create_app()", for a server
            yield from re.findall(r":(\w+)\(", node.value)


@pytest.mark.one_database
def test_every_address_has_a_declared_access(host: Host) -> None:
    """S12: a walk of the URL table."""
    declared = {f"stadtlabor.{route.endpoint}": route.access for route in (*ROUTES, *WAYS_BACK)}
    for rule in host.app.url_map.iter_rules():
        if rule.endpoint.startswith("stadtlabor.") and rule.endpoint != "stadtlabor.static":
            assert declared.get(rule.endpoint) in {
                PUBLIC,
                LINK,
                ACCOUNT,
                PARTICIPANT,
                STAFF,
                *Action,
            }, rule


@pytest.mark.one_database
def test_writes_are_posts_and_get_writes_nothing(host: Host) -> None:
    """S1: apart from the longer forms, an address is read or written, never both."""
    for rule in host.app.url_map.iter_rules():
        if rule.endpoint.startswith("stadtlabor."):
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            allowed = [{"GET"}, {"POST"}]
            if rule.endpoint.removeprefix("stadtlabor.") in FORMS:
                allowed = [{"GET", "POST"}]
            assert methods in allowed, rule


@pytest.mark.one_database
@pytest.mark.parametrize("endpoint", [r.endpoint for r in ROUTES if r.access in PERSONAL])
def test_what_a_link_or_an_account_opens_stays_closed_without_it(host: Host, endpoint: str) -> None:
    """S12, S3: somebody without either is told so, and sees no registration."""
    route = next(route for route in ROUTES if route.endpoint == endpoint)
    with host.app.test_request_context():
        from flask_stadtlabor.urls import local_url

        wanted = set(re.findall(r"<(?:\w+:)?(\w+)>", route.rule))
        url = local_url(endpoint, **{key: SAMPLE[key] for key in wanted})
    response = host.client().open(url, method=route.methods[-1])
    assert response.status_code in {403, 404, 410}
    assert not BeautifulSoup(response.text, "html.parser").select("main form[method=post]")


OFFICE = [route for route in ROUTES if route.access not in (PUBLIC, *PERSONAL)]


@pytest.mark.one_database
@pytest.mark.parametrize("route", OFFICE, ids=lambda route: route.endpoint)
@pytest.mark.parametrize("exists", [True, False], ids=["event", "no-event"])
def test_what_is_for_staff_stays_closed_to_everybody_else(
    host: Host, route: Route, exists: bool
) -> None:
    """S12: denied by default, by every method, whether or not what it names exists."""
    if exists:
        host.load(exchange(open_event()))
    with host.app.test_request_context():
        from flask_stadtlabor.urls import local_url

        wanted = set(re.findall(r"<(?:\w+:)?(\w+)>", route.rule))
        url = local_url(route.endpoint, **{key: SAMPLE[key] for key in wanted})
    for method in route.methods:
        response = host.client().open(url, method=method)
        assert response.status_code == 403
        assert response.headers["Cache-Control"] == "no-store"
        assert not BeautifulSoup(response.text, "html.parser").select("main form[method=post]")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "route", [r for r in OFFICE if r.access != STAFF], ids=lambda route: route.endpoint
)
def test_each_view_of_staff_asks_for_the_action_that_it_declares(host: Host, route: Route) -> None:
    """S12: somebody who may do everything else is let in nowhere."""
    asked: list[str] = []

    def all_but_this(actor: Actor | None, action: str, subject: object = None) -> bool:
        asked.append(action)
        return action != route.access

    other = host.make(ports={"policy": all_but_this, "actor": lambda: Actor("staff:1")})
    with other.app.test_request_context():
        from flask_stadtlabor.urls import local_url

        wanted = set(re.findall(r"<(?:\w+:)?(\w+)>", route.rule))
        url = local_url(route.endpoint, **{key: SAMPLE[key] for key in wanted})
    assert other.client().open(url, method=route.methods[0]).status_code == 403
    assert asked == [route.access]
