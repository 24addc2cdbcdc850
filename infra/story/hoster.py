"""What the company that hosts the reported website does: takes a picture down."""

import httpx2

from infra.story.telling import expect


def take_down(control: str, picture: str) -> None:
    answer = httpx2.post(f"{control}/__remove/{picture}", trust_env=False)
    expect(answer.status_code == httpx2.codes.OK, f"the site cannot remove {picture}")
