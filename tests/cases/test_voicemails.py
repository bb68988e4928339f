"""Voicemails on their way: fetched, deleted at the provider, and after their time deleted here."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from scheduling import db
from scheduling.cases import voicemails
from scheduling.cases.voicemails import NothingToHear, Sound
from scheduling.models import Actor, Contact, Listening, Role, Voicemail
from scheduling.outbox.carriers import NotCarried, TryLater
from tests import builders

NOW = builders.moment("2026-11-24 10:00")
SOUND = Sound(media_type="audio/mpeg", content=b"Sam, 07700 900123")


@dataclass
class Tapes:
    """The provider's recordings: in trouble as often as it is told to be."""

    troubles: list[Exception] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    fetched: int = 0
    has_it: bool = True

    def fetch(self, recording_id: str) -> Sound:  # noqa: ARG002
        self.fetched += 1
        if not self.has_it:
            raise NotCarried("404")
        return SOUND

    def remove(self, recording_id: str) -> None:
        if self.troubles:
            raise self.troubles.pop()
        self.removed.append(recording_id)


@pytest.fixture
def left(engine: Engine) -> int:
    with db.Session.begin() as session:
        voicemail = voicemails.left(session, recording_id="RE1", number=None, now=NOW)
        voicemails.is_ready(voicemail, now=NOW)
        session.flush()
        return voicemail.id


def kept(voicemail_id: int) -> Voicemail:
    with db.Reading() as session:
        return session.get_one(Voicemail, voicemail_id)


def test_a_voicemail_is_kept_here_and_deleted_at_the_provider(left: int) -> None:
    tapes = Tapes()

    assert voicemails.fetch_due(tapes, NOW) == 1

    voicemail = kept(left)
    assert (voicemail.sound, voicemail.removed_at, voicemail.next_try_at) == (SOUND.content, NOW, None)
    assert tapes.removed == ["RE1"]
    assert voicemails.fetch_due(tapes, NOW + timedelta(hours=1)) == 0


def test_a_provider_in_trouble_is_asked_again_and_the_sound_is_not_fetched_twice(left: int) -> None:
    tapes = Tapes(troubles=[TryLater("503")])

    assert voicemails.fetch_due(tapes, NOW) == 0
    assert kept(left).removed_at is None
    assert voicemails.fetch_due(tapes, NOW + voicemails.ASK_AGAIN) == 1

    assert (tapes.fetched, tapes.removed) == (1, ["RE1"])


def test_one_that_is_gone_at_the_provider_is_asked_for_no_more(left: int) -> None:
    tapes = Tapes(has_it=False)

    assert voicemails.fetch_due(tapes, NOW) == 1

    assert (kept(left).next_try_at, kept(left).sound, tapes.removed) == (None, None, ["RE1"])


def test_whoever_listens_is_written_down(left: int) -> None:
    voicemails.fetch_due(Tapes(), NOW)
    with db.Session.begin() as session:
        town = builders.town(session)
        case = builders.case(session, town)
        session.get_one(Voicemail, left).contact.case = case
        session.flush()

        sound = voicemails.listen(session.get_one(Voicemail, left), by=Actor.staff(town.adviser.id), now=NOW)

        assert sound == SOUND
        assert case.history[-1].what == "A voicemail was listened to"
        listening = session.scalars(select(Listening)).one()
        assert (listening.staff_id, listening.at) == (town.adviser.id, NOW)


def test_after_its_time_the_sound_is_gone_and_the_contact_stays(left: int) -> None:
    voicemails.fetch_due(Tapes(), NOW)

    with db.Session.begin() as session:
        voicemails.forget_due(session, now=NOW + timedelta(days=90))
        assert session.get_one(Voicemail, left).sound is not None
    with db.Session.begin() as session:
        voicemails.forget_due(session, now=NOW + timedelta(days=90, seconds=1))

    with db.Session.begin() as session:
        listener = builders.staff(session, Role.ADVISER, "Alex")
        session.flush()
        voicemail = session.get_one(Voicemail, left)
        assert (voicemail.sound, session.scalars(select(Contact.id)).one()) == (None, voicemail.contact_id)
        with pytest.raises(NothingToHear):
            voicemails.listen(voicemail, by=Actor.staff(listener.id), now=NOW)
