"""What is changed about an authority: its contracts, its names, its officers, and where families find advice."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, numbers
from scheduling.models import Authority, AuthorityAlias, Contract, Officer
from scheduling.reference import contracts
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.authorities import of_id
from webapp.console.blueprint import KEEPS_DATA, console, found
from webapp.console.case_forms import said_beside
from webapp.console.setting_forms import ChangedOfficer, EndOfContract, LocalAdvice, NewContract, NewName


@console.get("/authorities/<id:authority_id>/contracts/new")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def contract_form(authority_id: int) -> ResponseReturnValue:
    """Ask when it begins."""
    with db.Reading() as session:
        authority = of_id(session, authority_id)
    return render_template("console/authorities/contract.html", authority=authority, form=NewContract())


@console.post("/authorities/<id:authority_id>/contracts/new")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def begin_contract(authority_id: int) -> ResponseReturnValue:
    """Serve its families from then on."""
    form = NewContract(request.form)
    with db.Session.begin() as session:
        authority = of_id(session, authority_id)
        if form.validate():
            with said_beside(form, session):
                contracts.begin(session, authority, starts_on=form.starts_on.data, by=auth.actor(), now=clock.now())
        if form.errors:
            return render_template("console/authorities/contract.html", authority=authority, form=form), 422
    flash("The contract has been added.")
    return redirect(url_for("console.authority", authority_id=authority_id))


@console.get("/authorities/<id:authority_id>/contracts/<id:contract_id>/end")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def end_of_contract_form(authority_id: int, contract_id: int) -> ResponseReturnValue:
    """Ask for the last day, and why."""
    with db.Reading() as session:
        contract = _contract(session, authority_id, contract_id)
        return render_template(
            "console/authorities/end.html", contract=contract, form=EndOfContract(data={"ends_on": contract.ends_on})
        )


@console.post("/authorities/<id:authority_id>/contracts/<id:contract_id>/end")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def end_contract(authority_id: int, contract_id: int) -> ResponseReturnValue:
    """Serve no new family after its last day."""
    form = EndOfContract(request.form)
    with db.Session.begin() as session:
        contract = _contract(session, authority_id, contract_id)
        if form.validate():
            with said_beside(form, session):
                contracts.end(
                    session,
                    contract,
                    ends_on=form.ends_on.data,
                    because=form.because.data,
                    by=auth.actor(),
                    now=clock.now(),
                )
        if form.errors:
            return render_template("console/authorities/end.html", contract=contract, form=form), 422
    flash("The end of the contract is written down.")
    return redirect(url_for("console.authority", authority_id=authority_id))


@console.get("/authorities/<id:authority_id>/names")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def authority_names(authority_id: int) -> ResponseReturnValue:
    """What people call it, with the form for another name below."""
    with db.Reading() as session:
        return _names_page(of_id(session, authority_id), NewName())


@console.post("/authorities/<id:authority_id>/names")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_name(authority_id: int) -> ResponseReturnValue:
    """The telephone and the public pages understand it from now on."""
    form = NewName(request.form)
    with db.Session.begin() as session:
        authority = of_id(session, authority_id)
        if form.validate():
            with said_beside(form, session):
                contracts.call_it(
                    session,
                    authority,
                    form.words.data,
                    must_ask=form.must_ask.data,
                    by=auth.actor(),
                    now=clock.now(),
                )
        if form.errors:
            return _names_page(authority, form), 422
    return redirect(url_for("console.authority_names", authority_id=authority_id))


@console.post("/authorities/<id:authority_id>/names/<id:alias_id>/remove")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def remove_name(authority_id: int, alias_id: int) -> ResponseReturnValue:
    """Forget a name that was added here."""
    with db.Session.begin() as session:
        alias = session.get(AuthorityAlias, alias_id)
        named = found(alias if alias is not None and alias.authority_id == authority_id else None)
        contracts.call_it_no_more(session, named, by=auth.actor(), now=clock.now())
    return redirect(url_for("console.authority_names", authority_id=authority_id))


@console.get("/authorities/<id:authority_id>/officers/<id:officer_id>")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def change_officer_form(authority_id: int, officer_id: int) -> ResponseReturnValue:
    """What may change about an officer."""
    with db.Reading() as session:
        officer = _officer(session, authority_id, officer_id)
        return render_template(
            "console/authorities/change_officer.html", officer=officer, form=ChangedOfficer(obj=officer)
        )


@console.post("/authorities/<id:authority_id>/officers/<id:officer_id>")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def change_officer(authority_id: int, officer_id: int) -> ResponseReturnValue:
    """Whoever has left is told and invited no more."""
    form = ChangedOfficer(request.form)
    with db.Session.begin() as session:
        officer = _officer(session, authority_id, officer_id)
        if not form.validate():
            return render_template("console/authorities/change_officer.html", officer=officer, form=form), 422
        contracts.change_officer(
            session,
            officer,
            may_decide=form.may_decide.data,
            is_manager=form.is_manager.data,
            left_on=form.left_on.data,
            by=auth.actor(),
            now=clock.now(),
        )
    return redirect(url_for("console.authority", authority_id=authority_id))


@console.get("/authorities/<id:authority_id>/local-advice")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def local_advice_form(authority_id: int) -> ResponseReturnValue:
    """Where its families find advice that does not come from us."""
    with db.Reading() as session:
        authority = of_id(session, authority_id)
    return render_template(
        "console/authorities/local_advice.html", authority=authority, form=LocalAdvice(obj=authority)
    )


@console.post("/authorities/<id:authority_id>/local-advice")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def save_local_advice(authority_id: int) -> ResponseReturnValue:
    """The public pages name it from now on."""
    form = LocalAdvice(request.form)
    with db.Session.begin() as session:
        authority = of_id(session, authority_id)
        if not form.validate():
            return render_template("console/authorities/local_advice.html", authority=authority, form=form), 422
        advice = contracts.LocalAdvice(
            local_offer=form.local_offer.data or None,
            advice_service=form.advice_service.data or None,
            advice_page=form.advice_page.data or None,
            advice_number=numbers.parse(form.advice_number.data) if form.advice_number.data else None,
        )
        contracts.point_to(session, authority, advice, by=auth.actor(), now=clock.now())
    return redirect(url_for("console.authority", authority_id=authority_id))


def _names_page(authority: Authority, form: NewName) -> str:
    names = [(alias, contracts.is_of_the_list(alias)) for alias in authority.aliases]
    return render_template("console/authorities/names.html", authority=authority, names=names, form=form)


def _contract(session: Session, authority_id: int, contract_id: int) -> Contract:
    contract = session.get(Contract, contract_id)
    return found(contract if contract is not None and contract.authority_id == authority_id else None)


def _officer(session: Session, authority_id: int, officer_id: int) -> Officer:
    officer = session.get(Officer, officer_id)
    return found(officer if officer is not None and officer.authority_id == authority_id else None)
