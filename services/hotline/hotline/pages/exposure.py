"""Looking at pictures: uncovering and covering them, and how much one has looked at."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from shared.domain.errors import NotFound
from shared.platform.access import staff
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from hotline.deps import PublishedPolicy, SealedPictures, ShortWork
from hotline.domain.exposure import Profile
from hotline.domain.role import Permission
from hotline.use_cases.exposure import (
    Showing,
    cover,
    my_exposure,
    rest_needed,
    reveal,
    uncovered,
)

router = APIRouter(include_in_schema=False)


@router.post("/urls/{url_id}/reveal", dependencies=[staff(Permission.SEE_IMAGERY)])
def uncover_picture(
    url_id: UUID,
    profile: Annotated[Profile, Form()],
    pages: ServicePages,
    work: Work,
    policy: PublishedPolicy,
) -> Response:
    """Written down here, before the browser can ask for the picture itself."""
    reveal(work, url_id, profile, policy)
    return pages.see_other(f"/urls/{url_id}#picture")


@router.post("/urls/{url_id}/cover", dependencies=[staff(Permission.SEE_IMAGERY)])
def cover_picture(url_id: UUID, pages: ServicePages, work: Work) -> Response:
    cover(work)
    return pages.see_other(f"/urls/{url_id}", told="covered")


@router.get("/urls/{url_id}/cover.png", dependencies=[staff(Permission.SEE_IMAGERY)])
def small_picture(
    url_id: UUID, imagery: SealedPictures, begin: ShortWork, policy: PublishedPolicy
) -> Response:
    """What a covered picture shows: small, grey and blurred. Even that is written down first."""
    with begin() as work:
        shown = reveal(work, url_id, Profile.THUMB, policy)
    return _picture(imagery, shown)


@router.get("/urls/{url_id}/picture.png", dependencies=[staff(Permission.SEE_IMAGERY)])
def uncovered_picture(
    url_id: UUID, imagery: SealedPictures, begin: ShortWork, policy: PublishedPolicy
) -> Response:
    """The picture as far as it was uncovered, and not after the look has ended."""
    with begin() as work:
        shown = uncovered(work, url_id, policy.budget)
    if shown is None:
        raise NotFound("no_picture")
    return _picture(imagery, shown)


@router.get("/exposure", dependencies=[staff(Permission.SEE_IMAGERY)])
def show_exposure(
    request: Request, pages: ServicePages, work: Work, policy: PublishedPolicy
) -> Response:
    return pages.render(
        request,
        "exposure/own.html",
        exposure=my_exposure(work, policy.budget),
        budget=policy.budget,
        rest_needed=rest_needed(work, policy.budget),
    )


def _picture(imagery: SealedPictures, shown: Showing) -> Response:
    picture = imagery.show(shown.imagery_id, shown.profile)
    headers = {"Cache-Control": "no-store", "Content-Disposition": "inline"}
    return Response(picture.content, media_type=picture.media_type, headers=headers)
