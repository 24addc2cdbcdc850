"""Rendering of HTML pages: templates, language, static files and the problem page.

What a page needs of a request is read from `request.state`, where the platform puts it:
`actor` (who is signed in), `csrf_token` (of the session) and `language` (of the account).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.requests import HTTPConnection
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup

from shared.domain.actor import PUBLIC, Actor
from shared.platform.clock import Clock, utc_now
from shared.ui.assets import Assets
from shared.ui.formats import Formats
from shared.ui.languages import (
    language_of_staff,
    other_language_home,
    other_language_path,
    with_language,
)
from shared.ui.sentences import TITLES, TOLD, UNKNOWN_TITLE, sentence_of
from shared.ui.translations import LANGUAGES, SHARED_FOLDER, load_translations

CSRF_FIELD = "csrf"
TOLD_PARAMETER = "told"
FILTERS = (
    *("number", "plain", "signed", "percentage"),
    *("day", "month", "moment", "clock", "ago", "duration"),
)


@dataclass(frozen=True, slots=True)
class Destination:
    """An entry of the staff navigation; shown to who holds `permission` ("" is everybody)."""

    path: str
    label: str
    permission: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """A set of pages with one look: a line's workbench, the website, the management pages.

    `name` picks the hue of the header; `folder` holds `templates/`, `static/` and `locale/`; `home`
    is where staff arrive.
    `sentences` are the texts of its own error codes and of what it tells after a redirect.
    `context` is there for every template of the face.
    """

    name: str
    title: str
    folder: Path
    layout: str = "base_staff.html"
    home: str = "/"
    navigation: Sequence[Destination] = ()
    sentences: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, object] = field(default_factory=dict)


class Pages:
    """Renders the templates of a face and, below them, the shared ones."""

    def __init__(
        self,
        face: Face,
        *,
        language_of: Callable[[Request], str] = language_of_staff,
        clock: Clock = utc_now,
    ) -> None:
        self.face = face
        self.language_of = language_of
        folders = (face.folder, SHARED_FOLDER)
        self.assets = Assets(folders)
        self._catalogues = {
            language: load_translations(language, folders) for language in LANGUAGES
        }
        self._environments = {
            language: self._environment(language, folders, clock) for language in LANGUAGES
        }

    def render(
        self, request: Request, template: str, *, status_code: int = 200, **context: Any
    ) -> HTMLResponse:
        """A page in the language of the request; never kept by a browser or proxy."""
        language = self.language_of(request)
        html = (
            self._environments[language]
            .get_template(template)
            .render(self._request_context(request, language) | context)
        )
        headers = {"Cache-Control": "no-store", "Content-Language": language}
        return HTMLResponse(html, status_code=status_code, headers=headers)

    def translate(self, text: str, language: str) -> str:
        """An English sentence of this face in `language`."""
        return self._catalogues[language].gettext(text)

    def problem(
        self, request: Request, status: int, code: str, *, request_id: str = ""
    ) -> HTMLResponse:
        """The page of an error: what happened, what is kept, what to do."""
        return self.render(
            request,
            "problem.html",
            status_code=status,
            title=TITLES.get(status, UNKNOWN_TITLE),
            explanation=sentence_of(code, self.face.sentences, status),
            request_id=request_id,
            # The path may be whatever somebody sent, so no link repeats it.
            other_language_path=other_language_home(request),
        )

    def see_other(self, path: str, *, told: str = "") -> RedirectResponse:
        """Go on to a page, which says the sentence of the code `told` once."""
        mark = "&" if "?" in path else "?"
        target = f"{path}{mark}{TOLD_PARAMETER}={quote(told)}" if told else path
        return RedirectResponse(target, status_code=303)

    def _request_context(self, request: Request, language: str) -> dict[str, object]:
        actor: Actor = getattr(request.state, "actor", PUBLIC)
        token: str = getattr(request.state, "csrf_token", "")
        told = request.query_params.get(TOLD_PARAMETER, "")
        own = self.face.sentences
        return {
            "request": request,
            "actor": actor,
            "navigation": [
                place
                for place in self.face.navigation
                if not place.permission or actor.may(place.permission)
            ],
            "here": request.url.path,
            "path": lambda path: with_language(path, request, language),
            "other_language_path": other_language_path(request),
            "csrf_field": Markup('<input type="hidden" name="{}" value="{}">').format(
                CSRF_FIELD, token
            ),
            "told": own.get(told) or TOLD.get(told, ""),
        }

    def _environment(self, language: str, folders: Sequence[Path], clock: Clock) -> Environment:
        loaders = [FileSystemLoader(folder / "templates") for folder in folders]
        environment = Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        translations = self._catalogues[language]
        environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
        formats = Formats(language, clock)
        environment.globals |= {
            "face": self.face,
            "language": language,
            "static": self.assets.address,
            "sentence": lambda code: translations.gettext(sentence_of(code, self.face.sentences)),
            **self.face.context,
        }
        for name in FILTERS:
            environment.filters[name] = getattr(formats, name)
        return environment


def pages_of(request: HTTPConnection) -> Pages:
    return cast(Pages, request.app.state.pages)


ServicePages = Annotated[Pages, Depends(pages_of)]
