"""The pages of management, and those of the lines that staff find before conversations come in."""

from tests.browser.family import Families
from tests.browser.staff_families import add_sign_in_families, add_team_families

MANAGEMENT = Families("management")
HELPLINE = Families("helpline")
PREVENTION = Families("prevention")

add_sign_in_families(MANAGEMENT, person="mila")
MANAGEMENT.work("account", "mila", "/account")
MANAGEMENT.work("figures", "mila", "/management", empty_too=True)
MANAGEMENT.work("figures-refused", "mila", "/management?first=2026-02-01&last=2026-01-01")
MANAGEMENT.work("themes", "mila", "/themes", empty_too=True)
MANAGEMENT.work("not-permitted", "mila", "/team")
add_team_families(MANAGEMENT, role="management")

for line in (HELPLINE, PREVENTION):
    add_sign_in_families(line, person="sam")
    line.work("account", "sam", "/account")
    line.work("today", "sam", "/today")
    add_team_families(line, role="admin")
