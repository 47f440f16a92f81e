"""Who may ask, from where, and what pages may load."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from depthperception.errors import OptionError, OutputError
from depthperception.web.folders import Folders
from depthperception.web.security import checked_token
from tests.support.web_client import ACTION, ADDRESS, running_app

TOKEN = "0123456789abcdef"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with running_app(tmp_path_factory.mktemp("library")) as client:
        yield client


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with running_app(tmp_path_factory.mktemp("guarded"), token=TOKEN, hosts=None) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/api/judgings", "/static/page.css", "/nowhere", "/judgings/x", "/api/docs"])
def test_every_answer_keeps_pages_to_themselves(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8347", "", "[::1", "127.0.0.1@evil.example"]
)
def test_a_name_that_was_rebound_to_this_address_gets_nothing(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:8347", "127.0.0.1", "[::1]:80", "LOCALHOST"])
def test_this_machine_s_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/api/judgings", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-DepthPerception": "0"},
        {**ACTION, "Origin": "http://evil.example"},
        {**ACTION, "Origin": "null"},
        {**ACTION, "Origin": "http://127.0.0.1:9999"},
        {**ACTION, "Sec-Fetch-Site": "cross-site"},
        {**ACTION, "Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH"])
def test_an_action_that_another_page_asks_for_is_refused(
    client: TestClient, method: str, headers: dict[str, str]
) -> None:
    answer = client.request(method, "/judgings/0000000000000000", headers=headers)
    assert answer.status_code == 403
    assert "Open this server's page" in answer.json()["error"]


def test_an_action_of_our_own_page_passes_the_guard(client: TestClient) -> None:
    headers = {**ACTION, "Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
    assert client.delete("/judgings/0000000000000000", headers=headers).status_code == 404


def test_a_body_that_no_action_needs_is_refused_unread(client: TestClient) -> None:
    path = "/judgings/0000000000000000/again"
    stated = client.post(path, content=bytes(70_000), headers=ACTION)
    unstated = client.post(path, content=(b"{}" for _ in range(2)), headers=ACTION)
    assert [stated.status_code, unstated.status_code] == [413, 413]


@pytest.mark.parametrize(
    "path",
    [
        "/judgings/..%2f..%2fetc/files/passwd",
        "/static/..%2fapp.py",
        "/static/%2e%2e%2fapp.py",
        "/static/page.css%00.js",
        "/judgings/0000000000000000%0a/video",
        "/api/judgings/%2e%2e/judgement",
    ],
)
def test_no_path_leaves_the_folders(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (403, 404)
    assert "import" not in answer.text


def test_without_the_token_nothing_is_told(guarded: TestClient) -> None:
    for path in ("/", "/api/judgings", "/static/page.css", "/api/events", "/?token=wrong", "/?token=%C3%BC"):
        assert guarded.get(path, follow_redirects=False).status_code == 401
    assert guarded.delete("/judgings/0000000000000000?token=" + TOKEN, headers=ACTION).status_code == 401


def test_the_token_in_the_address_becomes_a_cookie_and_leaves_the_address(guarded: TestClient) -> None:
    answer = guarded.get(f"/?token={TOKEN}&a=1", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?a=1"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert guarded.get("/api/judgings").status_code == 200
    guarded.cookies.clear()
    assert guarded.get("/api/judgings").status_code == 401


def test_the_redirect_never_leads_to_another_server(guarded: TestClient) -> None:
    answer = guarded.get(f"//evil.example/?token={TOKEN}", follow_redirects=False)
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith("//")
    guarded.cookies.clear()


def test_a_program_shows_the_token_as_a_bearer(guarded: TestClient) -> None:
    assert guarded.get("/api/judgings", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert guarded.get("/api/judgings", headers={"Authorization": "Bearer "}).status_code == 401


@pytest.mark.parametrize(("host", "token"), [("0.0.0.0", None), ("192.168.1.2", None), ("0.0.0.0", "short")])
def test_a_network_address_needs_a_token_worth_the_name(host: str, token: str | None) -> None:
    with pytest.raises(OptionError, match="expected"):
        checked_token(host, token)


def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with Folders(tmp_path).prepare(), pytest.raises(OutputError, match="Another depthperception server"):
        Folders(tmp_path).prepare()
