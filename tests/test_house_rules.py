"""Rules that hold over the whole source tree, and over the whole URL table."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
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


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All that a module is made of; most of our rules ask for it."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_leave_the_hosts_translation_marks_alone(path: Path) -> None:
    """``_()`` and ``{% trans %}`` belong to the host's own domain."""
    source = path.read_text("utf-8")
    assert not re.search(r"\{%-?\s*trans\b|(?<![\w.])_\(|(?<![\w.])n?gettext\(", source)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_hold_no_script_and_no_style(path: Path) -> None:
    """S10: all of it runs under ``default-src 'self'``."""
    source = path.read_text("utf-8")
    assert not re.search(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", source)
    for attributes in re.findall(r"<script\b([^>]*)>", source):
        assert "src=" in attributes or 'type="application/ld+json"' in attributes


KEPT = [
    path
    for path in MODULES
    if name(path).startswith(("events/", "consent/", "opendata/"))
    or name(path) in ("caching.py", "dates.py", "environment.py", "i18n.py", "templating.py")
]
"""What makes pages that are kept for everybody."""


@pytest.mark.parametrize("path", KEPT, ids=name)
def test_a_kept_page_shows_nothing_of_the_configuration_that_its_key_leaves_out(path: Path) -> None:
    """S18: the key has all our settings, and addresses as ``urls`` makes them."""
    assert not re.search(r"(?<!flask_stadtlabor)\.config\b|os\.environ", path.read_text("utf-8"))


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


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_views_hand_no_name_to_templates_that_none_of_them_reads(path: Path) -> None:
    calls = [
        node
        for node in nodes_of(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("draw", "staff_page", "_door_page")
    ]
    if path.parent.name != "outbox":
        given = {word.arg for call in calls for word in call.keywords if word.arg}
        assert given <= names_of_our_pages()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_our_templates_are_drawn_in_our_environment_alone(path: Path) -> None:
    """In the host's, its settings and names would change what they say."""
    for function in ("render_template", "render_template_string"):
        assert not list(_calls(path, function))


def test_whatever_a_host_sets_of_the_looks_has_an_effect() -> None:
    """The custom properties of docs/theming.md are read, and what is made of them is used."""
    styles = "".join(path.read_text("utf-8") for path in (PACKAGE / "static").glob("*.css"))
    used = set(re.findall(r"var\((--[\w-]+)", styles))
    assert set(re.findall(r"`(--sl-[\w-]+)`", THEMING.read_text("utf-8"))) <= used
    assert set(re.findall(r"(--_[\w-]+):", styles)) <= used


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_calm_page_or_one_with_a_form_keeps_the_styles_of_these(path: Path) -> None:
    """They come with the layout, unless a page puts its own in their place."""
    text = path.read_text(encoding="utf-8")
    styles = re.search(r"{% block sl_styles %}(.*?){% endblock %}", text, re.DOTALL)
    if styles is not None and re.search(r'class="(sl-narrow|sl-form)\b', text):
        assert "super()" in styles[1] or "forms.css" in styles[1]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_mark_nothing_as_safe(path: Path) -> None:
    """S9: what people wrote is escaped everywhere; ready HTML comes as ``Markup``."""
    source = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", source)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_lazy_string_takes_nothing_but_its_message(path: Path) -> None:
    """``LazyString.__html__`` does not escape, so nobody's words may get into one."""
    for call in _calls(path, "lazy"):
        assert not call.keywords
        assert [type(argument) for argument in call.args] == [ast.Constant]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_messages_are_whole_constants(path: Path) -> None:
    """Only a constant can be found by the extraction, and a glued sentence is not translatable."""
    if path.name == "i18n.py":
        return
    for call in [*_calls(path, "_sl"), *_calls(path, "_sln")]:
        assert isinstance(call.args[0], ast.Constant), ast.unparse(call)


def _calls(path: Path, function: str) -> Iterator[ast.Call]:
    for node in nodes_of(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called == function:
                yield node


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_has_one_subject(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= 400
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_time_is_asked_of_the_hosts_clock(path: Path) -> None:
    if path.name == "ports.py":
        return
    assert not re.search(r"datetime\.(now|utcnow|today)\(|date\.today\(", path.read_text("utf-8"))


@pytest.mark.parametrize(
    "path", [path for path in MODULES if not UNITS_OF_WORK.fullmatch(name(path))], ids=name
)
def test_only_who_begins_a_unit_of_work_commits_it(path: Path) -> None:
    """An operation never does: the view that called it commits once."""
    assert not list(_calls(path, "commit"))


@pytest.mark.parametrize("path", [path for path in MODULES if "views" in path.parts], ids=name)
def test_a_form_stands_in_the_room_of_forms(path: Path) -> None:
    classes = (node for node in nodes_of(path) if isinstance(node, ast.ClassDef))
    assert not [
        found.name
        for found in classes
        if any(FORM_BASES.fullmatch(ast.unparse(base)) for base in found.bases)
    ]


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


@pytest.mark.parametrize("path", [p for p in TESTS if p.name.startswith("test_")], ids=in_tests)
def test_a_test_can_fail(path: Path) -> None:
    """It asserts something, or calls what does, and what is asserted is not always true."""
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            assert _asserts(node), f"{node.name} asserts nothing"
        if isinstance(node, ast.Assert):
            assert not _is_always_true(node.test), ast.unparse(node)


def _is_always_true(claim: ast.expr) -> bool:
    if isinstance(claim, ast.Compare):
        return ast.dump(claim.left) == ast.dump(claim.comparators[0])
    if isinstance(claim, ast.BoolOp):
        return any(map(_is_always_true, claim.values))
    # a generator, a function and a text with something in it are true whatever comes of them
    return isinstance(claim, ast.Constant | ast.GeneratorExp | ast.Lambda | ast.JoinedStr)


def test_nothing_in_tests_is_left_over() -> None:
    """A helper or a constant that no test uses has lost its test."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in TESTS}
    used = {word for tree in trees.values() for word in _words_used(tree)}
    unused = [
        f"{in_tests(path)}: {name}"
        for path, tree in trees.items()
        for name in _names_made(tree)
        if name not in used and not name.startswith(("test_", "pytest", "__"))
    ]
    assert unused == []


def _names_made(tree: ast.Module) -> Iterator[str]:
    """The names at the top of a module; what is decorated, somebody else calls."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _words_used(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
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
