from datetime import date

import pytest

from scheduling.models import Authority, AuthorityAlias
from scheduling.reference import authorities
from telephony import understanding
from telephony.understanding import Purpose

TODAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def everyone() -> list[Authority]:
    rows = authorities.rows()
    known = {
        row.dfe_code: Authority(
            code=row.dfe_code,
            name=row.name,
            official_name=row.official_name,
            valid_to=row.valid_to,
            aliases=[
                *(AuthorityAlias(words=words, must_ask=False) for words in row.aliases),
                *(AuthorityAlias(words=words, must_ask=True) for words in row.must_ask_aliases),
            ],
        )
        for row in rows
    }
    for row in rows:
        known[row.dfe_code].successors = [known[code] for code in row.succeeded_by]
    return list(known.values())


@pytest.mark.parametrize(
    ("said", "name"),
    [
        pytest.param("Barnet", "Barnet", id="its name"),
        pytest.param("it's barnet council I think", "Barnet", id="its name in a sentence"),
        pytest.param("the London Borough of Barnet", "Barnet", id="as it signs"),
        pytest.param("Hammersmith & Fulham", "Hammersmith and Fulham", id="a sign for a word"),
        pytest.param("Stoke on Trent", "Stoke-on-Trent", id="without hyphens"),
        pytest.param("north yorkshire council", "North Yorkshire", id="the longer name counts"),
        pytest.param("Sutton Coldfield", "Birmingham", id="a place whose first half is another council"),
        pytest.param("B'ham", "Birmingham", id="a short form"),
        pytest.param("Derby City Council", "Derby", id="not Derbyshire"),
        pytest.param("city of London", "City of London", id="not London alone"),
    ],
)
def test_a_name_of_one_council_is_plain(everyone: list[Authority], said: str, name: str) -> None:
    meant = understanding.council_said(said, everyone, TODAY)

    assert ([one.name for one in meant.authorities], meant.is_plain) == ([name], True)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        pytest.param("Yorkshire", {"Barnsley", "North Yorkshire", "Wakefield", "York"}, id="four have it"),
        pytest.param("WCC", {"Westminster", "Warwickshire", "Worcestershire"}, id="initials"),
        pytest.param("Kingston", {"Kingston upon Thames"}, id="may be Hull"),
        pytest.param("London", {"City of London"}, id="may be any borough"),
        pytest.param("Northamptonshire", {"North Northamptonshire", "West Northamptonshire"}, id="divided in 2021"),
        pytest.param("not Barnet, Brent", {"Barnet", "Brent"}, id="two at once"),
    ],
)
def test_a_name_of_several_councils_must_be_asked_about(everyone: list[Authority], said: str, names: set[str]) -> None:
    meant = understanding.council_said(said, everyone, TODAY)

    assert {one.name for one in meant.authorities} == names
    assert not meant.is_plain


@pytest.mark.parametrize("said", ["Herefordshire", "Barnett", "Leister", "the council", "mumble", "", "East Sussex"])
def test_a_likeness_is_no_name(everyone: list[Authority], said: str) -> None:
    assert understanding.council_said(said, everyone, TODAY).authorities == ()


def test_every_name_of_the_list_is_understood(everyone: list[Authority]) -> None:
    for authority in everyone:
        for words in (authority.name, authority.official_name, *(alias.words for alias in authority.aliases)):
            meant = understanding.council_said(words, everyone, TODAY)
            assert authority in meant.authorities or set(authority.successors) <= set(meant.authorities), words
            assert meant.can_be_offered, words


def test_three_letters_never_leave_more_than_can_be_read_out(everyone: list[Authority]) -> None:
    for authority in everyone:
        letters = understanding.plain(authority.name).replace(" ", "")[: understanding.LETTERS_KEYED]
        keys = "".join(understanding.KEY_OF[letter] for letter in letters)
        assert understanding.council_keyed(keys, everyone, TODAY).can_be_offered, authority.name


@pytest.mark.parametrize(
    ("said", "agrees"),
    [
        ("yes", True),
        ("Yeah, that's right", True),
        ("okay", True),
        ("no", False),
        pytest.param("know", False, id="as speech recognition hears no"),
        ("not sure", False),
        ("that's not right", False),
        ("I don't know", False),
        ("yes no", None),
        ("banana", None),
        ("", None),
    ],
)
def test_yes_and_no(said: str, agrees: bool | None) -> None:
    assert understanding.yes_or_no(said) is agrees


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        ("1", "1"),
        ("1.", "1"),
        ("one", "1"),
        ("won", "1"),
        ("press two please", "2"),
        ("1\ufe0f\u20e3", "1"),
        ("one or two", None),
        ("I have two children", None),
        ("", None),
    ],
)
def test_a_figure_stands_alone(said: str, figure: str | None) -> None:
    assert understanding.figure(said) == figure


@pytest.mark.parametrize(
    ("said", "purpose"),
    [
        ("I need some advice", Purpose.ADVICE),
        ("it's about my appointment", Purpose.MEETING),
        ("interpreter", Purpose.LANGUAGE),
        ("can somebody call back about my meeting", Purpose.PERSON),
        ("a meeting and some advice", None),
        ("hello", None),
    ],
)
def test_what_a_call_is_about(said: str, purpose: Purpose | None) -> None:
    assert understanding.purpose(said) is purpose


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        ("I want mediation", True),
        ("We would like mediation please", True),
        ("Yes to mediation", True),
        ("I don't want mediation", False),
        ("No mediation", False),
        ("What is mediation?", False),
        ("Please tell me whether mediation is free", False),
        ("cancel the mediation please", False),
        ("mediation", False),
        ("I want meditation", False),
    ],
)
def test_mediation_is_wanted_only_beyond_doubt(said: str, wants: bool) -> None:
    assert understanding.wants_mediation(said) is wants


@pytest.mark.parametrize(
    ("said", "declines"),
    [
        ("I don't want mediation", True),
        ("I don\u2019t want mediation", True),
        ("We do not want the mediation any more, thank you", True),
        ("No mediation please", True),
        ("Sorry, I have changed my mind. I no longer want mediation.", True),
        ("I wish to appeal and do not want mediation", True),
        ("I do not want mediation. I want to appeal", True),
        ("I don't want mediation to be delayed", False),
        ("I do not want to miss the mediation", False),
        ("I don't want mediation on Friday", False),
        ("Do I need mediation? I don't want mediation", False),
        ("cancel the mediation please", False),
        ("I want mediation", False),
        ("don't want it", False),
    ],
)
def test_mediation_is_declined_only_when_nothing_else_is_said(said: str, declines: bool) -> None:
    assert understanding.declines_mediation(said) is declines


@pytest.mark.parametrize(
    ("said", "takes_back"),
    [
        ("don't want it", True),
        ("Sorry but I don't want it any more", True),
        ("I no longer want the meeting", True),
        ("I don't want it moved", False),
        ("I don't want mediation", False),
    ],
)
def test_it_is_taken_back_only_in_so_many_words(said: str, takes_back: bool) -> None:
    assert understanding.takes_it_back(said) is takes_back


@pytest.mark.parametrize(
    ("said", "appeals"),
    [
        ("I wish to appeal", True),
        ("Hello, I want to appeal against the decision of 2 November", True),
        ("I do not wish to appeal", False),
        ("Should I appeal? I want to appeal", False),
        ("appeal", False),
    ],
)
def test_a_wish_to_appeal_is_heard_only_beyond_doubt(said: str, appeals: bool) -> None:
    assert understanding.wishes_to_appeal(said) is appeals
