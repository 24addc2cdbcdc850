"""A partner's signed file becomes a version of its list as a whole, or changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hashcheck import queries
from hashcheck.domain.entry import EntryState, WithdrawalReason
from hashcheck.domain.partner_list import ImportState, RefusedImport, RollbackReason
from hashcheck.domain.role import AUDITOR, CLIENT_MANAGER
from hashcheck.queries.partner_list import imports_of
from hashcheck.tables import Entry, ListImport
from hashcheck.use_cases.entry import withdraw_entry
from hashcheck.use_cases.list_import import roll_back
from hashcheck.use_cases.partner_key import confirm_key, stop_key
from shared.domain.content_hash import HashType
from shared.domain.errors import Conflict, NotPermitted
from shared.platform.tables import AuditEvent
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import select

from tests.hashcheck.hashes import value
from tests.hashcheck.lists import Lists, person
from tests.hashcheck.partner import AGREED, HONEYPOT, Partner, comma_separated, line, ndjson

HUNDRED = [line(n) for n in range(100)]


@pytest.fixture
def partner(lists: Lists) -> Partner:
    return Partner(lists)


def listed(lists: Lists, list_id: UUID) -> set[str]:
    """What the partner calls what is matched now."""
    with lists.sessions() as session:
        wanted = select(Entry).where(Entry.list_id == list_id, Entry.state == EntryState.LISTED)
        return {str(entry.source_ref) for entry in session.exec(wanted)}


def entry_called(lists: Lists, ref: str) -> Entry:
    with lists.sessions() as session:
        return session.exec(select(Entry).where(Entry.source_ref == ref)).one()


def imports(partner: Partner) -> list[ListImport]:
    partner.lists.clock.advance(timedelta(seconds=1))
    with partner.lists.sessions() as session:
        return list(imports_of(session, partner.list_id))


def roll(partner: Partner, made: ListImport, reason: RollbackReason) -> None:
    partner.lists.do(partner.lists.first, lambda work: roll_back(work, made.id, reason))


@pytest.mark.requirement("HC-IMPORT-1")
@pytest.mark.parametrize("form", [ndjson, comma_separated])
def test_a_signed_file_becomes_the_version_that_is_matched(
    partner: Partner, form: Callable[..., bytes]
) -> None:
    told = partner.sends_bytes(form(7, [AGREED, line(1), line(2, pdq_quality=20)]))
    assert (told.version, told.entries, told.added, told.withdrawn) == (7, 3, 3, 0)
    kinds = [kind.value for kind in partner.lists.matched()]
    # By its looks only when these say enough.
    assert sorted(kinds) == sorted(["md5", "sha1"] * 2 + ["sha256"] * 3 + ["pdq", "phash"])
    with partner.lists.sessions() as session:
        [change] = queries.changes_after(session, told.list_version - 1)
    assert (change.subject_id, change.entries) == (told.id, 3)


@pytest.mark.requirement("HC-IMPORT-1")
def test_the_next_version_adds_what_is_new_and_takes_off_what_is_gone(partner: Partner) -> None:
    partner.sends(1, *HUNDRED)
    changed = line(7, md5=value(HashType.MD5, "another").text)
    told = partner.sends(2, *HUNDRED[:7], changed, *HUNDRED[8:99], line("new"))
    assert (told.added, told.withdrawn) == (2, 2)
    on = listed(partner.lists, partner.list_id)
    assert on == {"canary", "A-new", *(f"A-{n}" for n in range(99))}
    assert entry_called(partner.lists, "A-99").withdrawal is WithdrawalReason.SOURCE_WITHDREW


@pytest.mark.requirement("HC-IMPORT-1")
def test_what_a_steward_took_off_stays_off_and_what_is_said_twice_counts_once(
    partner: Partner,
) -> None:
    partner.sends(1, line(1), line(2))
    lists, entry_id = partner.lists, entry_called(partner.lists, "A-1").id
    lists.do(
        lists.first, lambda work: withdraw_entry(work, entry_id, WithdrawalReason.FALSE_POSITIVE)
    )
    told = partner.sends(2, line(1), line(2), line(3), line(3))
    assert (told.added, told.withdrawn, told.kept_off) == (1, 0, 1)
    assert listed(lists, partner.list_id) == {"canary", "A-2", "A-3"}


REFUSED = {
    "another list": (ndjson(2, [AGREED], list="other"), "other_list", 1),
    "a class that there is not": (ndjson(2, [AGREED], **{"class": "bad"}), "class_unknown", 1),
    "another class": (ndjson(2, [AGREED], **{"class": "test"}), "class_differs", 1),
    "an older version": (ndjson(1, [AGREED]), "version_not_newer", 1),
    "too many entries": (ndjson(2, [AGREED], entries=10_000_001), "too_large", 1),
    "a list that shrank": (ndjson(2, [AGREED, *HUNDRED[:94]]), "list_shrinks", None),
    "no agreed entry": (ndjson(2, HUNDRED), "honeypot_missing", None),
    "fewer lines than said": (ndjson(2, [AGREED], entries=2), "entries_miscounted", None),
    "no JSON": (ndjson(2, [AGREED]) + b"{\n", "line_malformed", 3),
    "a name twice in a line": (ndjson(2, []) + b'{"id":"a","id":"b"}\n', "line_malformed", 2),
    "a hash too short": (ndjson(2, [AGREED, line(1, md5="00")]), "line_malformed", 3),
    "no hash": (ndjson(2, [AGREED, {"id": "A-1"}]), "hashes_missing", 3),
    "a pHash alone": (
        ndjson(2, [AGREED, {"id": "A-1", "phash": value(HashType.PHASH, 1).text}]),
        "hashes_missing",
        3,
    ),
    "a line too long": (ndjson(2, [AGREED, line(1, id="A" * 5_000)]), "line_too_long", 3),
    "a quality beyond": (ndjson(2, [AGREED, line(1, pdq_quality=101)]), "line_malformed", 3),
    "the empty file": (
        ndjson(2, [AGREED, line(1, md5="d41d8cd98f00b204e9800998ecf8427e")]),
        "hash_weak",
        3,
    ),
    "a grey picture": (ndjson(2, [AGREED, line(1, pdq="0" * 63 + "1")]), "hash_weak", 3),
    "the public test": (
        ndjson(
            2,
            [
                AGREED,
                {
                    "id": "t",
                    "sha256": "3476b9d5de50e1e9afd302c3131e56e55f4ea2092f7865735145248c993d4f27",
                },
            ],
        ),
        "hash_is_for_tests",
        3,
    ),
    "one name for two": (
        ndjson(2, [AGREED, line(1), line(2, id="A-1")]),
        "entries_contradict",
        4,
    ),
    "one file with two MD5": (
        ndjson(2, [AGREED, line(1), line(1, id="B-1", md5=value(HashType.MD5, "x").text)]),
        "entries_contradict",
        4,
    ),
    "a column that is none": (
        comma_separated(2, [AGREED]).replace(b"phash", b"bytes"),
        "line_malformed",
        2,
    ),
    "a value too few": (comma_separated(2, [AGREED])[:-2], "line_malformed", 3),
}


@pytest.mark.requirement("HC-IMPORT-1")
@pytest.mark.parametrize("case", REFUSED)
def test_a_file_with_a_fault_is_refused_whole(partner: Partner, case: str) -> None:
    content, code, at = REFUSED[case]
    partner.sends(1, *HUNDRED)
    before = listed(partner.lists, partner.list_id)
    version = newest(partner.lists)
    partner.lists.clock.advance(timedelta(seconds=1))
    with pytest.raises(RefusedImport, match=code):
        partner.sends_bytes(content)
    assert listed(partner.lists, partner.list_id) == before
    assert newest(partner.lists) == version
    refused = imports(partner)[0]
    assert (refused.state, refused.code, refused.line) == (ImportState.REFUSED, code, at)


def newest(lists: Lists) -> int:
    with lists.sessions() as session:
        return queries.list_version(session)


@pytest.mark.requirement("HC-IMPORT-1")
def test_only_the_exact_bytes_that_a_trusted_key_signed_are_taken(partner: Partner) -> None:
    content = ndjson(1, [AGREED, *HUNDRED])
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    signature = partner.key.sign(content)
    wrong = [
        (bytes(flipped), signature),
        (content + b"\n", signature),
        (content, Ed25519PrivateKey.generate().sign(content)),
        (content, signature[:-1]),
        (content, b""),
    ]
    for bytes_, signed in wrong:
        with pytest.raises(RefusedImport, match="signature_invalid"):
            partner.sends_bytes(bytes_, signed)
    assert listed(partner.lists, partner.list_id) == set()
    assert {each.version for each in imports(partner)} == {None}
    assert partner.sends_bytes(content, signature).added == 101


@pytest.mark.requirement("HC-IMPORT-1")
def test_a_key_counts_when_a_second_person_agreed_and_until_it_is_stopped(lists: Lists) -> None:
    partner = Partner(lists)
    partner.key = Ed25519PrivateKey.generate()
    key_id = partner.propose()
    with pytest.raises(RefusedImport, match="signature_invalid"):
        partner.sends(1)
    with pytest.raises(NotPermitted, match="second_person_needed"):
        lists.do(lists.first, lambda work: confirm_key(work, key_id))
    lists.do(lists.second, lambda work: confirm_key(work, key_id))
    partner.sends(1)
    lists.do(lists.first, lambda work: stop_key(work, key_id))
    with pytest.raises(RefusedImport, match="signature_invalid"):
        partner.sends(2)
    with pytest.raises(Conflict, match="not_awaiting_decision"):
        lists.do(lists.second, lambda work: confirm_key(work, key_id))


@pytest.mark.requirement("HC-IMPORT-1")
def test_a_rollback_is_the_version_before_with_what_stewards_did_since(partner: Partner) -> None:
    lists = partner.lists
    partner.sends(1, *HUNDRED)
    second = partner.sends(2, *HUNDRED[:98], line("new"))
    gone = entry_called(lists, "A-5").id
    lists.do(lists.first, lambda work: withdraw_entry(work, gone, WithdrawalReason.FALSE_POSITIVE))
    before = newest(lists)

    roll(partner, second, RollbackReason.WRONG_ENTRIES)

    expected = {"canary", *(f"A-{n}" for n in range(100) if n != 5)}
    assert listed(lists, partner.list_id) == expected
    back = entry_called(lists, "A-99")
    # Whoever asks what is new since the last version is told.
    assert (back.listed_version, newest(lists)) == (before + 1, before + 1)
    rolled = entry_called(lists, "A-new")
    assert rolled.withdrawal is WithdrawalReason.IMPORT_ROLLED_BACK
    with pytest.raises(RefusedImport, match="version_not_newer"):
        partner.sends(2, *HUNDRED)
    told = partner.sends(3, *HUNDRED, line("new"))
    assert (told.added, told.withdrawn, told.kept_off) == (1, 0, 1)


@pytest.mark.requirement("HC-IMPORT-1")
def test_versions_are_rolled_back_one_after_another_from_the_newest(partner: Partner) -> None:
    first = partner.sends(1, *HUNDRED)
    second = partner.sends(2, *HUNDRED[:99])
    third = partner.sends(3, *HUNDRED)
    with pytest.raises(Conflict, match="not_the_newest_version"):
        roll(partner, second, RollbackReason.SENT_BY_MISTAKE)
    for made, count in ((third, 100), (second, 101), (first, 0)):
        roll(partner, made, RollbackReason.KEY_LEAKED)
        assert len(listed(partner.lists, partner.list_id)) == count
    with pytest.raises(Conflict, match="not_the_newest_version"):
        roll(partner, first, RollbackReason.KEY_LEAKED)


@pytest.mark.requirement("HC-AUDIT-1")
def test_every_step_is_recorded_and_none_with_a_hash(partner: Partner) -> None:
    made = partner.sends(1, line(1))
    with pytest.raises(RefusedImport):
        partner.sends(1, line(1))
    roll(partner, made, RollbackReason.SENT_BY_MISTAKE)
    with partner.lists.sessions() as session:
        events = session.exec(select(AuditEvent)).all()
    told = str([(each.action, each.facts, each.reason) for each in events])
    for step in ("proposed", "confirmed"):
        assert f"partner_key.{step}" in told
    for step in ("imported", "import_refused", "rolled_back"):
        assert f"list.{step}" in told
    hashes = [str(value_) for name, value_ in line(1).items() if name != "pdq_quality"]
    assert not any(each in told for each in [*hashes[1:], HONEYPOT.text, made.file_sha256.hex()])


@pytest.mark.requirement("HC-DESK-1")
@pytest.mark.parametrize("role", [AUDITOR, CLIENT_MANAGER])
def test_only_a_steward_keeps_keys_and_rolls_back(partner: Partner, role: str) -> None:
    made = partner.sends(1)
    acts = (
        lambda work: roll_back(work, made.id, RollbackReason.KEY_LEAKED),
        lambda work: confirm_key(work, partner.key_id),
        lambda work: stop_key(work, partner.key_id),
    )
    for act in acts:
        with pytest.raises(NotPermitted):
            partner.lists.do(person(role), act)


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO list_import (id, list_id, state, key_id, imported_at, file_sha256, entries,"
        " added, withdrawn, kept_off, list_version) SELECT gen_random_uuid(), list_id, 'accepted',"
        " id, now(), '', 0, 0, 0, 0, 0 FROM partner_key",
        "UPDATE list_import SET state = 'incoming'",
        "UPDATE entry SET import_id = (SELECT min(id::text)::uuid FROM list_import),"
        " source_ref = 'x', content = '' WHERE import_id IS NULL",
        "INSERT INTO entry_hashes (entry_id, md5) SELECT id, decode(repeat('00', 16), 'hex')"
        " FROM entry WHERE source_ref = 'canary'",
        "INSERT INTO entry_hashes (entry_id, md5) VALUES (gen_random_uuid(),"
        " decode(repeat('00', 16), 'hex'))",
        "UPDATE partner_key SET confirmed_by = gen_random_uuid()",
        "INSERT INTO honeypot (key_id, type, digest) SELECT id, 'md5', '' FROM partner_key",
        "INSERT INTO partner_key (id, list_id, public_key, proposed_by, proposed_at, confirmed_by,"
        " confirmed_at) SELECT gen_random_uuid(), list_id, decode(repeat('00', 32), 'hex'),"
        " gen_random_uuid(), now(), gen_random_uuid(), now() FROM partner_key",
    ],
)
def test_sql_past_the_use_cases_lists_nothing_without_a_signed_import(
    partner: Partner, statement: str
) -> None:
    partner.sends(1)
    with (
        pytest.raises((IntegrityError, ProgrammingError)),
        partner.lists.sessions() as session,
        session.begin(),
    ):
        session.execute(text(statement))
