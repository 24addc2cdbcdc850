"""Static files: only under their hashed name, to be kept for ever."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from shared.domain.errors import NotFound
from shared.ui import static_files
from shared.ui.pages import Face, Pages


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    return Pages(Face("hotline", "Information", tmp_path))


@pytest.fixture
def client(pages: Pages) -> TestClient:
    app = FastAPI()
    app.state.pages = pages
    app.include_router(static_files.router)
    return TestClient(app)


@pytest.mark.requirement("PF-UI-STATIC-1")
def test_a_file_under_its_hashed_name_may_be_kept_for_ever(
    client: TestClient, pages: Pages
) -> None:
    response = client.get(pages.assets.address("offlimits.css"))
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.requirement("PF-UI-STATIC-1")
@pytest.mark.parametrize("name", ["offlimits.css", "offlimits.000000000000.css", "pages.py"])
def test_any_other_name_does_not_exist(client: TestClient, name: str) -> None:
    with pytest.raises(NotFound):
        client.get(f"/static/{name}")


def test_a_page_that_names_a_file_that_is_not_there_fails_at_once(pages: Pages) -> None:
    with pytest.raises(KeyError):
        pages.assets.address("missing.css")
