"""An installation of CONSUL: its public API with real GraphQL, which can be slow and wrong too."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from graphql import build_schema, graphql_sync

Row = dict[str, Any]
MOST_PER_PAGE = 25
HTML = "<!DOCTYPE html><title>We are sorry, but something went wrong (500)</title>"
TYPES = """
type PageInfo { hasNextPage: Boolean! endCursor: String }
type User { id: ID! username: String }
type Geozone { id: ID! name: String }
type Tag { id: ID! name: String kind: String }
type Proposal {
  id: ID! title: String summary: String description: String video_url: String
  public_created_at: String cached_votes_up: Int comments_count: Int geozone: Geozone
  retired_at: String retired_reason: String retired_explanation: String public_author: User
  tags(first: Int, after: String): TagConnection
}
type Debate {
  id: ID! title: String description: String public_created_at: String cached_votes_total: Int
  cached_votes_up: Int cached_votes_down: Int comments_count: Int geozone: Geozone
  public_author: User tags(first: Int, after: String): TagConnection
}
type Comment {
  id: ID! body: String ancestry: String commentable_id: Int commentable_type: String
  public_created_at: String cached_votes_total: Int cached_votes_up: Int cached_votes_down: Int
  public_author: User
}
"""
NEWER = """
type Budget {
  id: ID! name: String phase: String
  investments(first: Int, after: String): InvestmentConnection
}
type Investment {
  id: ID! title: String description: String price: Int feasibility: String location: String
  public_author: User
}
type Milestone { id: ID! title: String description: String publication_date: String }
"""
LISTS = {"proposals": "Proposal", "debates": "Debate", "comments": "Comment", "tags": "Tag"}
NEWER_LISTS = {"budgets": "Budget", "milestones": "Milestone"}
CONNECTION = """
type {0}Edge {{ node: {0} }}
type {0}Connection {{ edges: [{0}Edge] pageInfo: PageInfo! }}
"""


class NoSuchRow(Exception):
    """What a Rails app answers with a page of HTML."""


class Consul:
    """The installation: its rows, and what is wrong with it.

    A text can be given by language; a missing one falls back to what there is.
    """

    def __init__(self) -> None:
        self.proposals: list[Row] = []
        self.debates: list[Row] = []
        self.comments: list[Row] = []
        self.tags: list[Row] = []
        self.budgets: list[Row] = []
        self.milestones: list[Row] = []
        self.is_old = False
        """Whether it is of a version without budgets and milestones."""
        self.hides_its_schema = False
        self.mixes_budgets = True
        """Whether each budget names the investments of all."""
        self.never_ends = False
        """Whether each list begins anew at its end, with another place."""
        self.unlisted: set[tuple[str, int]] = set()
        """Rows that no page of their list has now, by the list and their number."""
        self.methods = ("GET", "POST")
        self.wanted_agent = ""
        self.answers: list[Callable[[Handler], None] | None] = []
        """What happens in place of the next answers; None for the right one."""
        self.before_page: Callable[[str], None] = lambda name: None
        """Called with the name of a list before a page of it is made."""
        self.asked: list[str] = []
        """The queries so far."""
        self.agents: set[str] = set()
        self._locale = ""
        self._lock = threading.Lock()

    def answer(self, query: str, locale: str) -> Row:
        """What the API says to a query."""
        types = TYPES if self.is_old else TYPES + NEWER
        lists = LISTS if self.is_old else {**LISTS, **NEWER_LISTS}
        nested = () if self.is_old else ("Investment",)
        sdl = types + "".join(CONNECTION.format(name) for name in (*lists.values(), *nested))
        roots = "".join(
            f"{name}(first: Int, after: String): {type_}Connection\n"
            f"{type_.lower()}(id: ID!): {type_}\n"
            for name, type_ in lists.items()
        )
        if self.hides_its_schema and "__schema" in query:
            return {"errors": [{"message": "Introspection is off"}]}
        root: Row = {}
        for name in lists:
            root[name] = lambda info, first=MOST_PER_PAGE, after="", name=name: self._listed(
                name, first, after
            )
            root[lists[name].lower()] = lambda info, id, name=name: self._one(name, id)
        with self._lock:
            self._locale = locale
            result = graphql_sync(build_schema(f"{sdl}\ntype Query {{ {roots} }}"), query, root)
        for error in result.errors or []:
            if isinstance(error.original_error, NoSuchRow):
                raise error.original_error
        if result.errors:
            return {"errors": [{"message": error.message} for error in result.errors]}
        return {"data": result.data}

    def _listed(self, name: str, first: int, after: str) -> Row:
        self.before_page(name)
        rows = [row for row in getattr(self, name) if (name, row["id"]) not in self.unlisted]
        return self._page(rows, first, after)

    def _page(self, rows: Sequence[Row], first: int, after: str) -> Row:
        at = int(base64.b64decode(after)) if after else 0
        end = at + min(first, MOST_PER_PAGE)
        if self.never_ends and rows:
            shown = [rows[place % len(rows)] for place in range(at, end)]
        else:
            shown = list(rows[at:end])
        more = self.never_ends or end < len(rows)
        cursor = base64.b64encode(str(end).encode()).decode()
        return {
            "edges": [{"node": self._shown(row)} for row in shown],
            "pageInfo": {"hasNextPage": more, "endCursor": cursor},
        }

    def _one(self, name: str, number: str) -> Row:
        rows: list[Row] = getattr(self, name)
        found = next((row for row in rows if str(row["id"]) == number), None)
        if found is None:
            raise NoSuchRow
        return self._shown(found)

    def _shown(self, row: Row) -> Row:
        said = {name: self._in_language(value) for name, value in row.items()}
        author = said.pop("author", None)
        said["public_author"] = {"id": 1, "username": author} if author else None
        if isinstance(said.get("geozone"), str):
            said["geozone"] = {"id": 1, "name": said["geozone"]}
        tags = [{"id": at, "name": each} for at, each in enumerate(said.get("tags") or [])]
        said["tags"] = lambda info, first=MOST_PER_PAGE, after="": self._page(tags, first, after)
        said["investments"] = lambda info, first=MOST_PER_PAGE, after="": self._page(
            self._investments(row), first, after
        )
        return said

    def _in_language(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return value.get(self._locale) or next(iter(value.values()))

    def _investments(self, budget: Row) -> list[Row]:
        budgets = self.budgets if self.mixes_budgets else [budget]
        return [row for each in budgets for row in each.get("investments", [])]


class Handler(BaseHTTPRequestHandler):
    """Answers requests for the installation of its server."""

    protocol_version = "HTTP/1.1"
    consul: Consul

    def do_GET(self) -> None:
        """A query in the address."""
        self._answer(self._asked().get("query", [""])[0])

    def do_POST(self) -> None:
        """A query in JSON."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(json.loads(body)["query"])

    def _answer(self, query: str) -> None:
        consul = self.consul
        agent = self.headers["User-Agent"]
        if self.command not in consul.methods:
            return self.send(404, HTML)
        if consul.wanted_agent not in agent:
            return self.send(403, HTML)
        consul.agents.add(agent)
        consul.asked.append(query)
        instead = consul.answers.pop(0) if consul.answers else None
        if instead is not None:
            return instead(self)
        try:
            said = consul.answer(query, self._asked().get("locale", [""])[0])
        except NoSuchRow:
            return self.send(500, HTML)
        return self.send(200, json.dumps(said), "application/json")

    def _asked(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.path).query)

    def send(self, status: int, body: str, type_: str = "text/html", **headers: str) -> None:
        """Answer with that."""
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: Any) -> None:
        """Be quiet."""


def page_of_html(handler: Handler) -> None:
    """A page in place of JSON."""
    handler.send(200, HTML)


def failure(handler: Handler) -> None:
    """A server that is busy."""
    handler.send(503, HTML, Retry_After="0")


def error_in_200(handler: Handler) -> None:
    """A fault as GraphQL tells it."""
    said = {"errors": [{"message": "Query has complexity of 9000\x1b[31m, which exceeds 2500"}]}
    handler.send(200, json.dumps(said), "application/json")


def bad_request(handler: Handler) -> None:
    """A question that is none."""
    handler.send(400, "{}", "application/json")


def hang_up(handler: Handler) -> None:
    """An answer that breaks off."""
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"data":')
    handler.close_connection = True


def silence(handler: Handler) -> None:
    """A server that says nothing for a while."""
    time.sleep(0.6)
    hang_up(handler)


def flood(handler: Handler) -> None:
    """An answer without an end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    handler.close_connection = True
    try:
        for _ in range(40):
            handler.wfile.write(b" " * 2**20)
    except OSError:  # nobody reads on
        return


def redirect(location: str) -> Callable[[Handler], None]:
    """A redirect to an address."""
    return lambda handler: handler.send(302, "", Location=location)


@contextmanager
def serving(consul: Consul) -> Iterator[str]:
    """The address of the installation while it runs."""
    handler = type("ItsHandler", (Handler,), {"consul": consul})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
