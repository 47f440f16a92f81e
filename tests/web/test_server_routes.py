"""Every route of the server with every method, wrong type and nasty string: one sentence, never a mistake of ours."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is not installed")

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import BaseModel

from tests.support.postgres import new_database
from tests.support.rendered_clips import DATA
from tests.support.web_client import ACTION, finished, running_app, send

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "MADEUP")

NASTY: list[Any] = [
    None, True, -1, 0, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 1e308, -0.0, 10**400, "", " ", "0", "1.5", "nan", "\x00",
    "a\x00b",     "'; DROP TABLE judgings; --", "<script>alert(1)</script>", "../../etc/passwd", "%2e%2e%2f", "{{7*7}}",
    "${jndi:ldap://x}",     "=HYPERLINK(1)", "\ud800", "\u202egpj.exe", "\N{PILE OF POO}" * 100, "A" * 5000, [], [[]],
    {}, {"a": {"b": [1]}},     [0] * 1000,
]  # fmt: skip
"""What no field expects, and what one expects in another's place."""

BODIES = [
    b"", b"{", b"null", b"[]", b"0", b'"text"', b"\xff\xfe", b"{" * 5000, b'{"a":' * 3000, b"[" * 20000,
    b"1" + b"0" * 5000,    b'{"nan": NaN}', b"<xml/>", b"a=b&c=d", bytes(3000),
]  # fmt: skip


def routes(client: TestClient) -> Iterator[APIRoute]:
    """Every route of ours, those of included routers too."""
    waiting = list(client.app.routes)  # type: ignore[attr-defined]
    while waiting:
        route = waiting.pop()
        waiting.extend(getattr(route, "routes", ()))
        waiting.extend(getattr(getattr(route, "original_router", None), "routes", ()))
        if isinstance(route, APIRoute):
            yield route


def methods(route: APIRoute) -> set[str]:
    return set(route.methods or ())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with running_app(tmp_path_factory.mktemp("library")) as client:
        yield client


@pytest.fixture(scope="module")
def judging(client: TestClient) -> str:
    """A judging that is done, so that requests get as far as they can."""
    found = str(send(client, DATA / "side_high.mp4").json()["id"])
    assert finished(client, found)["state"] == "done"
    return found


def answered(client: TestClient, method: str, path: str, **sent: Any) -> int:
    """Ask, and hold the answer against what every answer promises."""
    answer = client.request(method, path, follow_redirects=False, **sent)
    what = f"{method} {path[:200]} {str(sent)[:300]}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code < 500, what
    assert answer.headers["x-content-type-options"] == "nosniff", what
    if answer.status_code >= 400 and method != "HEAD" and "application/json" in answer.headers["content-type"]:
        assert answer.json()["error"].endswith((".", "?")), what
    assert "Traceback" not in answer.text, what
    return int(answer.status_code)


def plain_paths(client: TestClient, judging: str) -> list[str]:
    values = {"judging_id": judging, "index": "0", "name": "judgement.json"}
    paths = {(route.path, *route.param_convertors) for route in routes(client)} - {("/api/events",)}  # which never ends
    return sorted(path.format_map(dict.fromkeys(names, "1") | values) for path, *names in paths)


def test_there_are_routes(client: TestClient, judging: str) -> None:
    assert len(plain_paths(client, judging)) > 25


@pytest.mark.parametrize("method", METHODS)
def test_every_route_answers_every_method(client: TestClient, judging: str, method: str) -> None:
    spared = {f"/judgings/{judging}"} if method == "DELETE" else set()
    for path in set(plain_paths(client, judging)) - spared:
        for headers in ({}, ACTION, {**ACTION, "Accept": "text/html"}):
            answered(client, method, path, headers=headers)


def test_every_place_of_an_address_with_nasty_strings(client: TestClient, judging: str) -> None:
    from urllib.parse import quote  # noqa: PLC0415

    strings = [one for one in NASTY if isinstance(one, str) and one.isprintable()] + [
        "-1",
        str(2**63),
        str(10**30),
        "%00",
        "%ff",
    ]
    for route in routes(client):
        for place in route.param_convertors:
            for one in strings:
                values = dict.fromkeys(route.param_convertors, "1") | {"judging_id": judging}
                path = route.path.format_map(values | {place: one if one.startswith("%") else quote(one, safe="")})
                for method in methods(route) - ({"DELETE"} if path == f"/judgings/{judging}" else set()):
                    answered(client, method, path, headers=ACTION)


def test_every_query_with_nasty_values(client: TestClient, judging: str) -> None:
    values = [str(one) for one in NASTY if not (isinstance(one, str) and one == "\ud800")]
    for route in routes(client):
        names = [field.alias for field in route.dependant.query_params]
        names += [field.alias for one in route.dependant.dependencies for field in one.query_params]
        if route.path == "/api/events" or "DELETE" in methods(route):
            continue
        path = route.path.format_map(dict.fromkeys(route.param_convertors, "1") | {"judging_id": judging})
        for name in names:
            for value in values:
                answered(client, min(methods(route)), path, params={name: value}, headers=ACTION)


def bodies_of(route: APIRoute) -> Iterator[bytes]:
    """Each field of a route's body set to each nasty value, and bodies that are none."""
    yield from BODIES
    model = route.body_field.field_info.annotation if route.body_field else None
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name in [*model.model_fields, "unknown"]:
            for one in NASTY:
                yield json.dumps({name: one}).encode()


def test_every_body_with_nasty_values(client: TestClient, judging: str) -> None:
    tried = 0
    for route in routes(client):
        path = route.path.format_map(dict.fromkeys(route.param_convertors, "1") | {"judging_id": judging})
        for method in methods(route) & {"POST", "PATCH", "PUT"}:
            for body in bodies_of(route):
                answered(client, method, path, content=body, headers={**ACTION, "Content-Type": "application/json"})
                tried += 1
    assert tried > 300


def test_a_name_is_shown_as_text_and_saved_as_a_name(client: TestClient) -> None:
    names = [
        '<img src=x onerror="alert(1)">.mp4',
        "\u202e4pm.exe",
        "a\r\nSet-Cookie: x=1.mp4",
        "=cmd|x.mp4",
        "../../x.mp4",
    ]
    for name in names:
        sent = send(client, DATA / "side_high.mp4", name)
        assert sent.status_code == 201, sent.text
        shown = sent.json()["name"]
        assert shown.isprintable()
        assert "/" not in shown
        page = client.get(f"/judgings/{sent.json()['id']}").text
        assert "<img src=x" not in page
        answer = client.get(f"/judgings/{sent.json()['id']}/video")
        assert "set-cookie" not in answer.headers


def test_a_table_starts_no_formula(client: TestClient, judging: str) -> None:
    for lifter in ("=1+1", "+1", "-1", "@SUM(1)", "\t=1"):
        path = f"/judgings/{judging}/attempts/1"
        assert client.patch(path, json={"lifter": lifter}, headers=ACTION).status_code == 200
        cells = [cell.strip('"') for cell in client.get("/library.csv").text.replace("\n", ",").split(",")]
        assert not [cell for cell in cells if cell[:1] in "=@" and len(cell) > 1], lifter


def test_what_postgresql_cannot_keep_is_refused_and_not_taken_for_a_database_that_is_gone(tmp_path: Path) -> None:
    with running_app(tmp_path, database_url=new_database()) as client:
        for judging in ("\x00", "a\x00b"):
            assert answered(client, "GET", "/library.zip", params={"judging": judging}, headers=ACTION) == 422
