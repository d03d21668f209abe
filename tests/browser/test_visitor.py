"""A page that comes slowly is read whole, not as far as it has come."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser

from browser.visitor import Visitor

HEAD = b"<!DOCTYPE html><html lang='zh'><title>page</title><main><h1>page</h1><a href='/'>on</a>"
REST = b"<button>one</button><button>two</button></main></html>"
MOMENT = 0.5

pytestmark = pytest.mark.browser


class InTwoPieces(BaseHTTPRequestHandler):
    """Answers with the head of a page at once, with what it holds a moment later."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(HEAD + REST)))
        self.end_headers()
        self.wfile.write(HEAD)
        self.wfile.flush()
        Event().wait(MOMENT)
        self.wfile.write(REST)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is to be noted."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), InTwoPieces)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_a_link_leads_to_is_read_when_all_of_it_has_come(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    visitor = Visitor(page, address)
    visitor.open("/")
    visitor.follow("on")
    assert page.get_by_role("button").count() == 2
    page.close()
