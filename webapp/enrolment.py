"""Giving somebody an account: who they are here, with what they sign in, and the mediator or officer that they are.

Whatever changes what somebody may do ends their sessions, so that no browser goes on with yesterday's rights.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from scheduling.cases import looks
from scheduling.models import Actor, Mediator, Officer, Role, Staff
from scheduling.reference import changes
from scheduling.refusals import Refused
from webapp import mail_addresses, passwords, second_factor, sessions
from webapp.accounts import Account, EntraIdentity, RecoveryCode

log = logging.getLogger(__name__)

STAFF = "staff"
"""What the history of such changes is about."""


@dataclass(eq=False)
class NotEnrolled(Refused):
    """Nobody was given an account; the sentence says why."""

    because: str

    def __str__(self) -> str:
        return self.because


@dataclass(frozen=True)
class Keys:
    """What somebody gets in their hand, once."""

    secret: str
    """For the authenticator app."""
    recovery_codes: tuple[str, ...]


def add(session: Session, *, role: Role, email: str, name: str) -> Staff:
    """Somebody who will sign in; mediators and officers are found among those we know by the same address."""
    address = mail_addresses.parse(email)
    if address is None:
        raise NotEnrolled(f"“{email}” is not an email address. Write it as name@example.org.")
    known = session.scalar(select(Staff).where(Staff.email == address))
    if known is not None:
        raise NotEnrolled(f"{address} is on the staff already, as {known.role}. Use another address.")
    added = Staff(name=" ".join(name.split()) or address.partition("@")[0], email=address, role=role)
    session.add(added)
    session.flush()
    tie(session, added)
    return added


def tie(session: Session, staff: Staff) -> None:
    """A mediator's or officer's account belongs to the person whom we invite, and opens what is that person's."""
    one: Mediator | Officer | None = None
    if staff.role is Role.MEDIATOR:
        one = session.scalar(select(Mediator).where(Mediator.email == staff.email, Mediator.staff_id.is_(None)))
    elif staff.role is Role.OFFICER:
        wanted = select(Officer).where(Officer.staff_id.is_(None), Officer.left_on.is_(None))
        # Somebody may be known at two authorities by one address: then a person must say which.
        found = [officer for officer in session.scalars(wanted) if officer.email.lower() == staff.email]
        one = found[0] if len(found) == 1 else None
    else:
        return
    if one is None:
        because = f"There is no {staff.role} with the address {staff.email} who has no account. Add them first."
        raise NotEnrolled(because)
    one.staff_id = staff.id
    session.flush()


def open_account(session: Session, staff: Staff, password: str) -> Keys:
    """Give somebody the means to sign in; the answer is shown this once."""
    secret = second_factor.new_secret()
    session.add(Account(staff=staff, password_hash=passwords.hashed(password), totp_secret=secret))
    session.flush()
    return Keys(secret, tuple(second_factor.new_recovery_codes(session, staff.id)))


def renew_account(session: Session, staff: Staff, password: str) -> Keys:
    """For whoever has lost everything: another password, another secret, another sheet, and no session goes on."""
    account = session.get(Account, staff.id)
    if account is not None:
        session.delete(account)
        session.flush()
    sessions.end_all(session, staff.id)
    log.info("account renewed", extra={"staff": staff.id})
    return open_account(session, staff, password)


def change_role(session: Session, staff: Staff, role: Role, *, because: str, by: Actor, now: datetime) -> None:
    """From now on they are here for something else, and sign in anew for it."""
    if role is staff.role:
        return
    if not because.strip():
        raise changes.WithoutReason
    if by.staff_id == staff.id:
        raise NotEnrolled("Nobody changes their own role. Ask another administrator.")
    before, staff.role = staff.role, role
    _untie(session, staff)
    tie(session, staff)
    sessions.end_all(session, staff.id)
    what = f"{staff.name} is {role} from now on, and was {before}"
    changes.record(session, STAFF, what, by=by, now=now, why=because.strip())
    log.info("role changed", extra={"staff": staff.id})


def work_for(session: Session, staff: Staff, authority_ids: Collection[int], *, by: Actor, now: datetime) -> None:
    """A coordinator's cases are those of these authorities from now on."""
    looks.work_for(session, staff, authority_ids)
    what = f"{staff.name} works for {len(authority_ids) or 'no'} authorities of their own from now on"
    changes.record(session, STAFF, what, by=by, now=now)


def stop(session: Session, staff: Staff, *, because: str, by: Actor, now: datetime) -> None:
    """They have left: nothing of theirs opens anything any more."""
    if by.staff_id == staff.id:
        raise NotEnrolled("Nobody takes away their own account. Ask another administrator.")
    staff.is_active = False
    sessions.end_all(session, staff.id)
    changes.record(session, STAFF, f"{staff.name} can no longer sign in", by=by, now=now, why=because.strip() or None)
    log.info("account stopped", extra={"staff": staff.id})


def vouched_for(session: Session, staff: Staff, *, tenant_id: str, object_id: str) -> None:
    """From now on they sign in with the account that they have at their own organisation."""
    identity = session.get(EntraIdentity, staff.id) or EntraIdentity(staff_id=staff.id)
    identity.tenant_id, identity.object_id = tenant_id.strip().lower(), object_id.strip().lower()
    taken = select(EntraIdentity.staff_id).where(
        EntraIdentity.tenant_id == identity.tenant_id,
        EntraIdentity.object_id == identity.object_id,
        EntraIdentity.staff_id != staff.id,
    )
    if session.scalar(taken) is not None:
        raise NotEnrolled("Somebody else signs in with this tenant and object already.")
    session.add(identity)
    session.flush()


def vouch_for(
    session: Session, staff: Staff, *, tenant_id: str, object_id: str, keeps_password: bool, by: Actor, now: datetime
) -> None:
    """The same, written down; whoever keeps no password here signs in by their organisation alone."""
    if not (tenant_id.strip() and object_id.strip()):
        raise NotEnrolled("Enter the tenant id and the object id, both as Entra shows them.")
    vouched_for(session, staff, tenant_id=tenant_id, object_id=object_id)
    if not keeps_password:
        _without_password(session, staff)
    sessions.end_all(session, staff.id)
    alone = "" if keeps_password else ", and with nothing else"
    what = f"{staff.name} signs in with the account of their own organisation from now on{alone}"
    changes.record(session, STAFF, what, by=by, now=now)
    log.info("organisation vouches", extra={"staff": staff.id})


def _without_password(session: Session, staff: Staff) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    session.execute(delete(Account).where(Account.staff_id == staff.id))
    session.expire_all()


def ways_in(session: Session, staff: Staff) -> list[str]:
    """With what somebody signs in, as an administrator reads it."""
    ways = {
        "a password and a code": session.get(Account, staff.id),
        "the account of their organisation": session.get(EntraIdentity, staff.id),
    }
    return [words for words, way in ways.items() if way is not None]


def with_address(session: Session, email: str) -> Staff:
    """The one who has this address."""
    address = mail_addresses.parse(email)
    staff = session.scalar(select(Staff).where(Staff.email == address)) if address else None
    if staff is None:
        raise NotEnrolled(f"Nobody here has the address {email}.")
    return staff


def accounts(session: Session) -> list[Account]:
    """Everybody who may sign in with a password: the demo shows them, as nobody real stands behind them."""
    return list(session.scalars(select(Account).options(joinedload(Account.staff)).order_by(Account.staff_id)))


def _untie(session: Session, staff: Staff) -> None:
    session.execute(update(Mediator).where(Mediator.staff_id == staff.id).values(staff_id=None))
    session.execute(update(Officer).where(Officer.staff_id == staff.id).values(staff_id=None))
