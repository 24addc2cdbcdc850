"""Pages of whoever plans: the hours, the exceptions, and the ledger of who was not helped."""

from datetime import date, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import AfterValidator, BaseModel, Field
from sqlmodel import col, select

from shared.domain.conversation import Channel
from shared.domain.errors import DomainError, Invalid
from shared.domain.opening_hours import ZONE, ExceptionReason, OpeningException, Rule
from shared.platform.access import staff
from shared.platform.contact.opening import (
    end_opening,
    except_day,
    hours_of,
    plan_opening,
    realised_time,
)
from shared.platform.contact.permissions import ContactPermission
from shared.platform.contact.tables import MissedContact, OpeningRuleRow
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

OPENING, MISSED = "/opening", "/missed"
ROWS_SHOWN = 200
PLAN = ContactPermission.PLAN_OPENING


def _of_the_wall_clock(typed: time) -> time:
    if typed.tzinfo is not None:
        raise ValueError("a time of the wall clock has no zone")
    return typed


LocalTime = Annotated[time, AfterValidator(_of_the_wall_clock)]


class RuleForm(BaseModel):
    weekday: int = Field(ge=0, le=6)
    opens: LocalTime
    closes: LocalTime
    valid_from: date


class ExceptionForm(BaseModel):
    """Without hours it is closed that day."""

    day: date
    reason: ExceptionReason
    opens: LocalTime | Literal[""] = ""
    closes: LocalTime | Literal[""] = ""

    def exception(self) -> OpeningException:
        """Raises Invalid for half an interval."""
        if (self.opens == "") != (self.closes == ""):
            raise Invalid("bad_interval", fields=("opens", "closes"))
        if isinstance(self.opens, time) and isinstance(self.closes, time):
            return OpeningException(self.day, self.reason, ((self.opens, self.closes),))
        return OpeningException(self.day, self.reason)


router = APIRouter(include_in_schema=False)


@router.get(OPENING, dependencies=[staff(PLAN)])
def show(request: Request, pages: ServicePages, work: Work) -> Response:
    return _page(request, pages, work)


@router.post(f"{OPENING}/rules", dependencies=[staff(PLAN)])
def add_rule(
    request: Request, pages: ServicePages, work: Work, form: Annotated[RuleForm, Form()]
) -> Response:
    try:
        rule = Rule(form.weekday, form.opens, form.closes, form.valid_from)
        plan_opening(work, Channel.CHAT, rule, PLAN)
    except DomainError as problem:
        return _page(request, pages, work, problem)
    return pages.see_other(OPENING, told="opening_saved")


@router.post(f"{OPENING}/rules/{{rule_id}}/end", dependencies=[staff(PLAN)])
def end_rule(rule_id: UUID, pages: ServicePages, work: Work) -> Response:
    yesterday = work.now.astimezone(ZONE).date() - timedelta(days=1)
    end_opening(work, rule_id, yesterday, PLAN)
    return pages.see_other(OPENING, told="opening_saved")


@router.post(f"{OPENING}/exceptions", dependencies=[staff(PLAN)])
def add_exception(
    request: Request, pages: ServicePages, work: Work, form: Annotated[ExceptionForm, Form()]
) -> Response:
    try:
        except_day(work, Channel.CHAT, form.exception(), PLAN)
    except DomainError as problem:
        return _page(request, pages, work, problem)
    return pages.see_other(OPENING, told="opening_saved")


@router.get(MISSED, dependencies=[staff(ContactPermission.READ_MISSED)])
def ledger(request: Request, pages: ServicePages, work: Work) -> Response:
    newest = select(MissedContact).order_by(col(MissedContact.at).desc()).limit(ROWS_SHOWN)
    rows = work.session.exec(newest).all()
    return pages.render(request, "contact/missed.html", rows=rows, most=ROWS_SHOWN)


def _page(
    request: Request, pages: Pages, work: UnitOfWork, problem: DomainError | None = None
) -> Response:
    today = work.now.astimezone(ZONE).date()
    hours = hours_of(work.session, Channel.CHAT)
    week_ago = work.now - timedelta(days=7)
    rules = work.session.exec(
        select(OpeningRuleRow)
        .where(
            col(OpeningRuleRow.valid_until).is_(None) | (col(OpeningRuleRow.valid_until) >= today)
        )
        .order_by(col(OpeningRuleRow.weekday), col(OpeningRuleRow.opens))
    ).all()
    return pages.render(
        request,
        "contact/opening.html",
        status_code=problem.status if problem else 200,
        rules=rules,
        exceptions=[found for found in hours.exceptions if found.day >= today],
        reasons=list(ExceptionReason),
        today=today,
        planned=hours.open_time(week_ago, work.now),
        realised=realised_time(work.session, Channel.CHAT, week_ago, work.now),
        problem=problem.code if problem else "",
    )
