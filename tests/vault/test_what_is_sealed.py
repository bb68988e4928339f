"""docs/reference/what-is-sealed.md has a verdict on every column of words or bytes. After a change, write it anew:

WRITE_DOCS=1 ./run test tests/vault/test_what_is_sealed.py
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from scheduling.db import Base
from scheduling.models import Case
from scheduling.vault.sealed import attributes, kinds
from webapp.accounts import Account

TABLES = (Case, Account)
"""Naming them brings every table's module in."""

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "what-is-sealed.md"
HEAD = """# What is sealed, column by column

Every column that takes words or bytes, and those of a family's own two tables that take a day or a time of day. What
is sealed is read by whoever has the record's keys, and by nobody who has the record alone; decision 9 says how and
why. All other columns hold numbers, moments, yes or no, or one of a few words that we have chosen.

A test writes this page and fails where a column has no verdict:
`WRITE_DOCS=1 ./run test tests/vault/test_what_is_sealed.py`.

| column | verdict |
|---|---|
"""
OPEN: Final[Mapping[str, str]] = {
    "a digest or a value under a key of its own; it tells nothing": (
        "accounts.password_hash audit.detail_hash audit.hash audit.prev audit_anchored.hash audit_anchors.hash "
        "audit_anchors.prev audit_heads.hash audit_salts.salt backups.digest data_keys.wrapped feeds.token_hash "
        "link_codes.sealed links.token_hash officer_links.token_hash opt_outs.number pins.sealed "
        "recovery_codes.code_hash sign_in_failures.who signed_in.token_hash visits.token_hash"
    ),
    "a digest of the whole document, by which it is known again": "certificates.digest",
    "drawn at random or given by a provider": (
        "bookings.uid calendars.etag calls.sid certificates.code certificates.number contacts.provider_id data_keys.id "
        "entra_identities.object_id entra_identities.tenant_id events.provider_id feedback.key inbound_mails.mail_id "
        "messages.provider_id messages.token provider_copies.provider_id queue_places.call_sid voicemails.recording_id "
        "voicemails.media_type wrong_pins.call_sid"
    ),
    "a reference: eight digits that name nobody": "calls.keyed_reference cases.reference wrong_pins.reference",
    "a code, a name or a sentence of ours, in which nothing is repeated that anybody said": (
        "alarms.rule alarms.threshold attempts.detail attempts.outcome attendances.label audit.action audit.actor_kind "
        "audit.object_kind audit.reason audit.role backups.form backups.name breakers.code calendars.trouble "
        "call_backs.because calls.step data_keys.master_id drills.faults drills.name events.step heartbeats.process "
        "history.about history.what incidents.says incidents.vital left_out.because messages.calendar_method "
        "messages.error_code messages.key messages.purpose messages.recipient messages.thread offers.reasons "
        "outgoing_calls.answered_by policies.name proposed_places.because sweeps.job text_threads.question"
    ),
    "public: councils, services and days": (
        "authorities.advice_number authorities.advice_page authorities.advice_service authorities.code "
        "authorities.local_offer authorities.name authorities.official_name authorities.ons_code authorities.region "
        "authority_aliases.words extra_bank_holidays.name"
    ),
    "a place of work and how to get there, which invites say": (
        "rooms.name venues.address venues.contact venues.cost venues.directions venues.name venues.phone "
        "venues.postcode"
    ),
    "somebody at work: on invites, and sorted by": (
        "attendees.email attendees.name attendees.position care_boards.email care_boards.name interpreters.email "
        "interpreters.name interpreters.number mediators.email mediators.name mediators.number mediators.outcode "
        "officers.email officers.name officers.number signed_in.browser staff.email staff.name staff.number "
        "text_threads.ours"
    ),
    "a language, searched by": (
        "calls.language interpreter_languages.language mediator_languages.language people.language"
    ),
    "searched by: a mediator who is tied to the school must be found": "cases.school conflicts.school",
    "reckoned with": "cases.child_born cases.letter_date people.outcode people.safe_from people.safe_until",
}


def in_question() -> Iterator[str]:
    for table in Base.metadata.tables.values():
        is_a_family_s = table.name in {"cases", "people"}
        for column in table.columns:
            names_nobody = column.name in {"seal", "data_key_id"} or column.name.endswith("_index")
            is_one_of_a_few = isinstance(column.type, sa.Enum) or column.foreign_keys
            is_words = isinstance(column.type, sa.String | sa.LargeBinary | sa.JSON)
            is_a_day = is_a_family_s and isinstance(column.type, sa.Date | sa.Time)
            if (is_words or is_a_day) and not names_nobody and not is_one_of_a_few:
                yield f"{table.name}.{column.name}"


def test_every_column_of_words_has_a_verdict_and_the_reference_tells_it() -> None:
    sealed = {f"{kind.__tablename__}.{one.name}": "sealed" for kind in kinds() for one in attributes(kind)}
    left_open = {column: f"open: {why}" for why, columns in OPEN.items() for column in columns.split()}

    assert sealed.keys() & left_open.keys() == set()
    assert {*in_question(), *sealed} == sealed.keys() | left_open.keys(), "seal it, or say why it may be read"

    verdicts = sorted((sealed | left_open).items())
    page = HEAD + "".join(f"| `{column}` | {verdict} |\n" for column, verdict in verdicts)
    if "WRITE_DOCS" in os.environ:
        PAGE.write_text(page)
    assert PAGE.read_text() == page
