"""The pages of management, and those of the lines that staff find before conversations come in."""

from tests.browser.family import Families
from tests.browser.staff_families import add_team_families

MANAGEMENT = Families("management")
HELPLINE = Families("helpline")
PREVENTION = Families("prevention")

MANAGEMENT.visit("sign-in", "/sign-in")
MANAGEMENT.work("account", "mila", "/account")
MANAGEMENT.work("figures", "mila", "/management", empty_too=True)
MANAGEMENT.work("figures-refused", "mila", "/management?first=2026-02-01&last=2026-01-01")
MANAGEMENT.work("themes", "mila", "/themes", empty_too=True)
MANAGEMENT.work("not-permitted", "mila", "/team")
add_team_families(MANAGEMENT, role="management")

for line in (HELPLINE, PREVENTION):
    line.visit("sign-in", "/sign-in")
    line.work("account", "sam", "/account")
    line.work("today", "sam", "/today")
    add_team_families(line, role="admin")
