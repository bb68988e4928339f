"""Who may enter each route, as one table: a new route is not let in by forgetting it."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from scheduling.models import Role
from tests.webapp.browser import Browser
from tests.webapp.conftest import SignIn, Told
from webapp import auth
from webapp.auth import Policy

EVERYBODY = "everybody"
BY_CODE = "whoever of the family has entered the code"
STAFF = set(Role)
READS = {Role.COORDINATOR, Role.ADVISER, Role.MANAGER}
WORKS = {Role.COORDINATOR, Role.ADVISER}
ARRANGES = {Role.COORDINATOR, Role.MANAGER}
ROOMS = {"console", "public", "door", "account", "mediators", "authorities"}
"""Blueprints of pages that are opened below, one by one."""
LOOKS = {*READS, Role.ADMINISTRATOR}
KEEPS = {*ARRANGES, Role.ADMINISTRATOR}
ADMINISTERS = {Role.ADMINISTRATOR}
MANAGES = {Role.MANAGER}
OFFICERS_PAGES = (
    *("home", "case", "acknowledge", "choose", "promise_done", "when", "say_when", "cannot", "say_cannot"),
    *("attendees", "name_attendee", "take_attendee_back"),
)
"""Each is open to an officer with an account, and to whoever holds an officer's link."""

MAY_ENTER: dict[str, str | set[Role]] = {
    "parties.promise": EVERYBODY,
    "parties.acknowledged": EVERYBODY,
    "parties.acknowledge": EVERYBODY,
    "parties.family": EVERYBODY,
    "parties.times": EVERYBODY,
    "parties.code": EVERYBODY,
    "parties.send_code": EVERYBODY,
    "parties.enter_code": EVERYBODY,
    "parties.leave": EVERYBODY,
    "parties.closed": EVERYBODY,
    **dict.fromkeys(
        (
            "parties.status",
            "parties.calendar_entry",
            "parties.certificate",
            "parties.own_times",
            "parties.choose_times",
            "parties.needs",
            "parties.say_needs",
            "parties.people_coming",
            "parties.say_who_comes",
            "parties.companion_form",
            "parties.add_companion",
            "parties.remove_companion",
            "parties.consent",
            "parties.say_consent",
            "parties.answer_short_notice",
            "parties.not_then",
            "parties.say_not_then",
            "parties.say_always_free",
            "parties.remove_not_then",
            "parties.change",
            "parties.say_change",
            "parties.check_change",
            "parties.confirm_change",
            "parties.agreed",
            "parties.not_done",
            "parties.feedback_form",
            "parties.give_feedback",
        ),
        BY_CODE,
    ),
    "parties.times_for_the_authority": EVERYBODY,
    "parties.choose_times_for_the_authority": EVERYBODY,
    "parties.times_for_the_board": EVERYBODY,
    "parties.choose_times_for_the_board": EVERYBODY,
    "certificates.answer": EVERYBODY,
    "certificates.ask": EVERYBODY,
    "certificates.ask_about": EVERYBODY,
    "account.end_session": STAFF,
    "account.new_recovery_codes": STAFF,
    "account.page": STAFF,
    "account.recovery_codes": STAFF,
    "account.sign_out_everywhere": STAFF,
    **{f"authorities.{page}": {Role.OFFICER} for page in OFFICERS_PAGES},
    **{f"officers.{page}": EVERYBODY for page in OFFICERS_PAGES},
    "mediators.home": {Role.MEDIATOR},
    "mediators.accept": {Role.MEDIATOR},
    "mediators.decline": {Role.MEDIATOR},
    "mediators.forget_calendar": {Role.MEDIATOR},
    "mediators.make_own_feed": {Role.MEDIATOR},
    "mediators.meeting": {Role.MEDIATOR},
    "mediators.name_calendar": {Role.MEDIATOR},
    "mediators.outcome": {Role.MEDIATOR},
    "mediators.own_calendar": {Role.MEDIATOR},
    "mediators.revoke_own_feed": {Role.MEDIATOR},
    "mediators.write_to_the_family": {Role.MEDIATOR},
    "mediators.upload_calendar": {Role.MEDIATOR},
    "console.change_role": ADMINISTERS,
    "console.change_works_for": ADMINISTERS,
    "console.add_staff": ADMINISTERS,
    "console.change_organisation": ADMINISTERS,
    "console.end_one_session": ADMINISTERS,
    "console.end_sessions": ADMINISTERS,
    "console.new_staff_form": ADMINISTERS,
    "console.organisation_form": ADMINISTERS,
    "console.look": READS,
    "console.looks_asked_about": {Role.MANAGER, Role.ADMINISTRATOR},
    "console.role_form": ADMINISTERS,
    "console.staff_list": ADMINISTERS,
    "console.staff_member": ADMINISTERS,
    "console.who_looked": {Role.MANAGER, Role.ADMINISTRATOR},
    "console.why_look": READS,
    "console.works_for_form": ADMINISTERS,
    "entra.back": EVERYBODY,
    "entra.go": EVERYBODY,
    "door.prove": STAFF,
    "door.prove_again": STAFF,
    "door.sign_in": EVERYBODY,
    "door.sign_out": EVERYBODY,
    "door.try_to_sign_in": EVERYBODY,
    "feeds.feed": EVERYBODY,
    "health.livez": EVERYBODY,
    "health.readyz": EVERYBODY,
    "health.metrics": EVERYBODY,
    "guide.contents": EVERYBODY,
    "guide.page": EVERYBODY,
    "guide.picture": EVERYBODY,
    "public.appeal": EVERYBODY,
    "public.confidentiality": EVERYBODY,
    "public.consider": EVERYBODY,
    "public.considered": EVERYBODY,
    "public.contact": EVERYBODY,
    "public.councils": EVERYBODY,
    "public.is_served": EVERYBODY,
    "public.local_advice": EVERYBODY,
    "public.mediation": EVERYBODY,
    "public.start": EVERYBODY,
    "public.work_out": EVERYBODY,
    "static": EVERYBODY,
    "console.action_done": WORKS,
    "console.action_not_done": WORKS,
    "console.add_care_board": KEEPS,
    "console.add_holiday": KEEPS,
    "console.holiday_to_take_back": KEEPS,
    "console.take_back_holiday": KEEPS,
    "console.add_on_call": ARRANGES,
    "console.remove_on_call": ARRANGES,
    "console.rota_page": ARRANGES,
    "console.add_name": KEEPS,
    "console.add_shift": ARRANGES,
    "console.adviser_shifts": ARRANGES,
    "console.remove_shift": ARRANGES,
    "console.save_telephone": ARRANGES,
    "console.add_officer": KEEPS,
    "console.authority_names": KEEPS,
    "console.begin_contract": KEEPS,
    "console.change_list": KEEPS,
    "console.change_officer": KEEPS,
    "console.change_officer_form": KEEPS,
    "console.change_policy": KEEPS,
    "console.contract_form": KEEPS,
    "console.end_contract": KEEPS,
    "console.end_of_contract_form": KEEPS,
    "console.local_advice_form": KEEPS,
    "console.policy_form": KEEPS,
    "console.policy_list": KEEPS,
    "console.remove_name": KEEPS,
    "console.save_local_advice": KEEPS,
    "console.settings": KEEPS,
    "console.status": KEEPS,
    "console.wording_list": KEEPS,
    "console.add_person": WORKS,
    "console.agreement": WORKS,
    "console.agreement_form": WORKS,
    "console.alarm_seen": READS,
    "console.answer_resolution": WORKS,
    "console.answer_route_questions": WORKS,
    "console.ask_for_resolution": WORKS,
    "console.assign_contact": WORKS,
    "console.assign_mail": WORKS,
    "console.attach_contact": WORKS,
    "console.attach_mail": WORKS,
    "console.answer_seen": WORKS,
    "console.ask_about_notice": WORKS,
    "console.invite_again": WORKS,
    "console.ask_about_notice_form": WORKS,
    "console.feed_list": ARRANGES,
    "console.make_feed": ARRANGES,
    "console.revoke_feed": ARRANGES,
    "console.authorities": LOOKS,
    "console.authority": LOOKS,
    "console.authority_acknowledged": WORKS,
    "console.authority_answers": READS,
    "console.authority_cannot": WORKS,
    "console.authority_cannot_form": WORKS,
    "console.book": WORKS,
    "console.call_back": READS,
    "console.call_back_done": WORKS,
    "console.cancel": WORKS,
    "console.care_board_form": WORKS,
    "console.care_boards": KEEPS,
    "console.case": READS,
    "console.case_contacts": READS,
    "console.case_people": READS,
    "console.cases": READS,
    "console.certificate": READS,
    "console.certificate_document": READS,
    "console.change_contact_record": WORKS,
    "console.checklist": WORKS,
    "console.close_form": ARRANGES,
    "console.export_mediators": ARRANGES,
    "console.export_venues": ARRANGES,
    "console.import_form": ARRANGES,
    "console.import_template": ARRANGES,
    "console.preview_import": ARRANGES,
    "console.save_import": ARRANGES,
    "console.add_conflict": ARRANGES,
    "console.add_mediator": ARRANGES,
    "console.add_room": ARRANGES,
    "console.add_venue": ARRANGES,
    "console.conflict_form": ARRANGES,
    "console.mediator_form": ARRANGES,
    "console.new_mediator_form": ARRANGES,
    "console.new_room_form": ARRANGES,
    "console.new_venue_form": ARRANGES,
    "console.preview_conflict": ARRANGES,
    "console.preview_mediator": ARRANGES,
    "console.preview_room": ARRANGES,
    "console.preview_venue": ARRANGES,
    "console.reopen_venue": ARRANGES,
    "console.undo_closure": ARRANGES,
    "console.room_form": ARRANGES,
    "console.save_mediator": ARRANGES,
    "console.save_room": ARRANGES,
    "console.save_venue": ARRANGES,
    "console.settle_conflict": ARRANGES,
    "console.venue_form": ARRANGES,
    "console.close_venue": ARRANGES,
    "console.closing_form": WORKS,
    "console.close_case": WORKS,
    "console.reopen_case": WORKS,
    "console.closure_result": ARRANGES,
    "console.confirm_cancel": WORKS,
    "console.confirm_mediation": WORKS,
    "console.confirm_no_mediation": WORKS,
    "console.confirm_slot": WORKS,
    "console.contact": READS,
    "console.contact_handled": WORKS,
    "console.contact_not_ours": WORKS,
    "console.contact_record_form": WORKS,
    "console.decide_late_contact": {Role.ADVISER},
    "console.export_contacts": WORKS,
    "console.holidays": KEEPS,
    "console.inbox": READS,
    "console.issue_certificate": {Role.ADVISER},
    "console.issue_pin": WORKS,
    "console.listen": WORKS,
    "console.mail": READS,
    "console.mail_handled": WORKS,
    "console.mail_not_ours": WORKS,
    "console.mediator": LOOKS,
    "console.mediator_list": LOOKS,
    "console.message": READS,
    "console.message_dealt_with": WORKS,
    "console.message_list": READS,
    "console.missed_window": WORKS,
    "console.missed_window_form": WORKS,
    "console.move": WORKS,
    "console.outcome_form": WORKS,
    "console.offer_times": WORKS,
    "console.offered": WORKS,
    "console.book_offer": WORKS,
    "console.record_offer_answer": WORKS,
    "console.take_back_offers": WORKS,
    "console.unplaced": READS,
    "console.decide_otherwise_form": WORKS,
    "console.decide_otherwise": WORKS,
    "console.leeway_form": WORKS,
    "console.give_leeway": WORKS,
    "console.ask_the_officer_form": WORKS,
    "console.ask_the_officer": WORKS,
    "console.plan": READS,
    "console.settle_plan": WORKS,
    "console.officer_form": KEEPS,
    "console.person_form": WORKS,
    "console.pin": READS,
    "console.preview_closure": ARRANGES,
    "console.record": WORKS,
    "console.remove_person": WORKS,
    "console.resolution_page": READS,
    "console.route_questions": WORKS,
    "console.record_agreement": WORKS,
    "console.record_outcome": WORKS,
    "console.reply_by_mail": WORKS,
    "console.reply_by_text": WORKS,
    "console.save_child": WORKS,
    "console.save_record": WORKS,
    "console.say_no_mediation": WORKS,
    "console.send_again": WORKS,
    "console.send_family_page": WORKS,
    "console.send_instead": WORKS,
    "console.send_own_page": WORKS,
    "console.send_text": WORKS,
    "console.short_notice_times": WORKS,
    "console.slots_for": WORKS,
    "console.tell_care_board": WORKS,
    "console.text_form": WORKS,
    "console.tick_checklist": WORKS,
    "console.today": READS,
    "console.venue": LOOKS,
    "console.venue_list": LOOKS,
    "console.calendar": LOOKS,
    "console.venue_week": LOOKS,
    "console.feedback_list": READS,
    "console.feedback_dealt_with": WORKS,
    "console.wishes_page": WORKS,
    "console.record_wishes": WORKS,
    "console.note_absence": WORKS,
    "console.remove_absence": WORKS,
    "console.tell_how_to_join": WORKS,
    "console.leave_form": ARRANGES,
    "console.preview_leave": ARRANGES,
    "console.take_leave": ARRANGES,
    "console.cannot_come": WORKS,
    "console.mediator_week": LOOKS,
    "console.want_mediation": WORKS,
    "console.erasing": MANAGES,
    "console.let_erase": MANAGES,
    "console.records": MANAGES,
    "console.hold": MANAGES,
    "console.records_of": MANAGES,
    "console.records_asked": MANAGES,
    "console.hand_out": MANAGES,
}


def test_every_route_says_who_may_enter(app: Flask) -> None:
    ours = [endpoint for endpoint in app.view_functions if endpoint.partition(".")[0] not in auth.SELF_GUARDED]
    declared: dict[str, str | set[Role] | None] = {}
    for endpoint in ours:
        policy = auth.policy_of(app, endpoint)
        declared[endpoint] = None if policy is None else _who(policy)

    assert declared == MAY_ENTER


def _who(policy: Policy) -> str | set[Role]:
    if policy.is_public:
        return EVERYBODY
    return BY_CODE if policy.by_code else set(policy.roles)


def test_nobody_of_staff_is_in_a_family_s_own_pages(app: Flask, sign_in: SignIn, told: Told) -> None:
    coordinator = sign_in(Role.COORDINATOR)

    for path in ("/my-case", "/my-case/needs", "/my-case/certificate", "/my-case/agreed"):
        assert coordinator.opens(path).headings == ["Open your link again"], path


def test_a_route_that_says_nothing_lets_nobody_in(app: Flask, sign_in: SignIn) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    manager = sign_in(Role.MANAGER)

    page = manager.opens("/forgotten")

    assert page.status == 404
    assert "secret" not in page.text


@pytest.mark.parametrize("path", ["/today", "/cases", "/cases/12345674", "/venues/1", "/messages", "/bank-holidays"])
def test_nobody_sees_the_console_without_signing_in(app: Flask, path: str) -> None:
    response = Browser(app).client.get(path)

    assert response.status_code == 302
    assert response.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("role", list(Role))
def test_a_page_that_is_not_for_a_role_answers_like_one_that_does_not_exist(
    app: Flask, sign_in: SignIn, told: Told, role: Role
) -> None:
    browser = sign_in(role)
    missing = browser.opens("/there-is-no-such-page")

    for endpoint, path in pages(told).items():
        entered = browser.opens(path)
        allowed = MAY_ENTER[endpoint]
        if allowed == EVERYBODY or role in allowed:
            assert entered.status == 200, path
        else:
            assert (entered.status, entered.text.split()) == (404, missing.text.split()), path


def pages(told: Told) -> dict[str, str]:
    """A path for every page that can be opened."""
    case = f"/cases/{told.booked}"
    return {
        "public.start": "/",
        "public.mediation": "/mediation",
        "public.consider": "/do-i-have-to",
        "public.appeal": "/right-of-appeal",
        "public.confidentiality": "/confidentiality",
        "public.contact": "/contact",
        "public.councils": "/councils",
        "public.local_advice": "/local-advice",
        "account.page": "/account",
        "account.recovery_codes": "/account/recovery-codes",
        "door.prove": "/prove-it",
        "authorities.case": f"/authority/cases/{told.booked}",
        "authorities.home": "/authority",
        "authorities.when": f"/authority/cases/{told.waiting}/when",
        "authorities.attendees": f"/authority/cases/{told.waiting}/attendees",
        "authorities.cannot": f"/authority/cases/{told.waiting}/cannot",
        "mediators.home": "/mediator",
        "mediators.meeting": f"/mediator/meetings/{told.booking}",
        "mediators.own_calendar": "/mediator/calendar",
        "console.role_form": "/staff/1/role",
        "console.new_staff_form": "/staff/new",
        "console.organisation_form": "/staff/1/organisation",
        "console.staff_list": "/staff",
        "console.staff_member": "/staff/1",
        "console.who_looked": "/who-looked",
        "console.why_look": f"{case}/why",
        "console.works_for_form": "/staff/1/authorities",
        "console.today": "/today",
        "console.cases": "/cases",
        "console.case": case,
        "console.record": f"{case}/record",
        "console.confirm_mediation": f"{case}/mediation",
        "console.route_questions": f"{case}/route",
        "console.checklist": f"{case}/checklist",
        "console.certificate": f"{case}/certificate",
        "console.confirm_no_mediation": f"{case}/no-mediation",
        "console.closing_form": f"{case}/closing",
        "console.outcome_form": f"{case}/bookings/{told.booking}/outcome",
        "console.authority_answers": f"{case}/authority",
        "console.authority_cannot_form": f"{case}/authority/cannot",
        "console.missed_window_form": f"{case}/authority/missed",
        "console.care_board_form": f"{case}/care-board",
        "console.care_boards": "/care-boards",
        "console.case_contacts": f"{case}/contacts",
        "console.case_people": f"{case}/people",
        "console.person_form": f"{case}/people/new",
        "console.contact_record_form": f"{case}/people/1",
        "console.resolution_page": f"{case}/resolution",
        "console.pin": f"{case}/pin",
        "console.text_form": f"{case}/text",
        "console.short_notice_times": f"{case}/short-notice",
        "console.slots_for": f"{case}/slots",
        "console.offered": f"{case}/offers",
        "console.unplaced": "/unplaced",
        "console.decide_otherwise_form": f"{case}/decisions/2",
        "console.leeway_form": f"{case}/leeway/farther",
        "console.ask_the_officer_form": f"{case}/ask-the-officer",
        "console.plan": "/plan",
        "console.confirm_cancel": f"{case}/bookings/{told.booking}/cancel",
        "console.contact": f"/contacts/{told.contact}",
        "console.inbox": "/inbox",
        "console.feedback_list": "/feedback",
        "console.mail": f"/mails/{told.mail}",
        "console.call_back": f"/call-backs/{told.call_back}",
        "console.venue_list": "/venues",
        "console.venue": "/venues/1",
        "console.close_form": "/venues/1/close",
        "console.new_venue_form": "/venues/new",
        "console.import_form": "/venues/import",
        "console.venue_form": "/venues/1/edit",
        "console.new_room_form": "/venues/1/rooms/new",
        "console.room_form": "/venues/1/rooms/1",
        "console.new_mediator_form": "/mediators/new",
        "console.mediator_form": "/mediators/1/edit",
        "console.conflict_form": "/mediators/1/conflicts/new",
        "console.closure_result": "/venues/1/closed?moved=1&stranded=x&stranded=99999999999999999999",
        "console.mediator_list": "/mediators",
        "console.mediator": "/mediators/1",
        "console.message_list": "/messages",
        "console.message": f"/messages/{told.failed}",
        "console.authorities": "/authorities",
        "console.authority": "/authorities/1",
        "console.officer_form": "/authorities/1/officers/new",
        "console.change_officer_form": "/authorities/1/officers/1",
        "console.contract_form": "/authorities/1/contracts/new",
        "console.end_of_contract_form": "/authorities/1/contracts/1/end",
        "console.authority_names": "/authorities/1/names",
        "console.local_advice_form": "/authorities/1/local-advice",
        "console.settings": "/settings",
        "console.status": "/status",
        "console.policy_list": "/settings/policies",
        "console.policy_form": "/settings/policies/hold_hours",
        "console.wording_list": "/settings/wordings",
        "console.change_list": "/settings/changes",
        "console.holidays": "/bank-holidays",
        "console.rota_page": "/rota",
        "console.adviser_shifts": "/rota/advisers/1",
        "console.feed_list": "/feeds",
        "console.leave_form": "/mediators/1/leave",
        "console.wishes_page": f"{case}/wishes",
        "console.calendar": "/calendar?from=nonsense&by=mediator",
        "console.venue_week": "/venues/1/week?from=2026-11-30",
        "console.mediator_week": "/mediators/1/week?from=nonsense",
        "console.erasing": "/erasing",
        "console.records": f"{case}/records",
        "console.records_of": f"{case}/records/1",
    }


def test_every_page_that_can_be_opened_is_tried(app: Flask, told: Told) -> None:
    can_be_opened = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.endpoint.partition(".")[0] in ROOMS
    }

    have_stories_of_their_own = {
        "door.sign_in",
        "console.agreement",
        "console.agreement_form",
        "console.certificate_document",
        "console.confirm_slot",
        "console.ask_about_notice_form",
        "console.export_contacts",
        "console.holiday_to_take_back",
        "console.export_mediators",
        "console.export_venues",
        "console.import_template",
    }
    assert can_be_opened - set(pages(told)) == have_stories_of_their_own


def test_every_page_has_one_heading_a_title_and_no_id_twice(coordinator: Browser, told: Told) -> None:
    for path in pages(told).values():
        page = coordinator.opens(path)

        assert len(page.headings) == 1, path
        assert page.title.endswith(" - Common Ground"), path
        assert sorted(set(page.ids)) == sorted(page.ids), path


def test_what_a_family_wrote_is_shown_and_never_run(coordinator: Browser, told: Told) -> None:
    page = coordinator.opens(f"/contacts/{told.contact}")

    assert "&lt;b&gt;hi" in page.html
    assert "<b>hi" not in page.html


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_a_role_a_link_or_a_button_that_leads_nowhere(sign_in: SignIn, told: Told, role: Role) -> None:
    browser = sign_in(role)
    seen, waiting = {"/"}, ["/", *browser.page.links]

    while waiting:
        path = waiting.pop().partition("#")[0].partition("?from=")[0]  # one week leads to the next without end
        if path.startswith("/") and not path.startswith(("//", "/simulator")) and path not in seen:
            seen.add(path)
            page = browser.opens(path)
            assert page.status == 200, path
            waiting += page.links
            for action in (form.action for form in page.forms if form.method == "post"):
                assert may_post(browser, action, role), action


def may_post(browser: Browser, path: str, role: Role) -> bool:
    adapter = browser.client.application.url_map.bind("localhost")
    endpoint, _ = adapter.match(urlsplit(path).path, method="POST")
    allowed = MAY_ENTER[endpoint]
    return allowed == EVERYBODY or role in allowed


WITHOUT_PROOF = {"console.import_template", "console.end_sessions", "console.end_one_session"}
"""An empty table; and what must be quick when a laptop is lost."""


def test_what_hands_much_away_or_opens_the_way_to_much_asks_for_password_and_code_anew(app: Flask) -> None:
    without = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if needs_proof(rule.rule, is_action="POST" in (rule.methods or set()))
        and not getattr(auth.policy_of(app, rule.endpoint), "proves", False)
    ]

    assert set(without) == WITHOUT_PROOF


def needs_proof(path: str, *, is_action: bool) -> bool:
    """An export; a contact record; an account, a role, or what somebody works for."""
    is_export = path.endswith(".csv") or "/export" in path
    is_contact = path in {"/cases/<reference>/people/new", "/cases/<reference>/people/<id:person_id>"}
    return is_export or is_contact or (path.startswith("/staff/") and is_action)
