"""Machines with one defect each. The walks must find every one of them; a test that cannot fail proves nothing."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.certificates import Order, SerialNumber
from kiosk.domain.registration import Purpose
from kiosk.flow import attributes
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.counter import check_trays
from kiosk.flow.screen_model import Button
from kiosk.flow.settings import FlowSettings
from kiosk.flow.step import Step
from kiosk.ports.attributes import ReadyForAttributes
from kiosk.ports.card import WrongPin
from kiosk.ports.center import DocumentFate, MoneyFate
from kiosk.ports.clock import Instant
from kiosk.ports.printer import Printed
from tests.flow import samples as m
from tests.flow.world import Advance


def takes_any_ticket(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    awaited = m.awaited(state)
    match event:
        case ev.Authenticated() | ev.OrderAnswered() | ev.DocumentPrinted() | ev.CardSeen() if awaited is not None:
            event = replace(event, ticket=awaited)
        case _:
            pass
    return advance(state, event, now, settings)


def takes_money_before_devices_are_checked(
    state: s.State, event: ev.Event, now: Instant, settings: FlowSettings
) -> Step:
    step = advance(state, event, now, settings)
    match step.state:
        case s.CheckingDevices(session, verified, _, issued, ticket) if isinstance(state, s.Preparing):
            payment = fx.TakePayment(ticket, issued.transaction, issued.total_yen)
            return Step(s.Paying(session, verified, issued, ticket), (payment,))
        case _:
            return step


def prints_twice(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    doubled = [effect for effect in step.effects for _ in range(2 if isinstance(effect, fx.PrintDocument) else 1)]
    return replace(step, effects=tuple(doubled))


def prints_before_it_is_paid(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    match step.state:
        case s.Paying(session, verified, issued, ticket) if isinstance(state, s.CheckingDevices):
            early = fx.PrintDocument(ticket, issued.documents[0], s.NoPaymentHere(), 1, len(issued.documents))
            printing = s.Printing(session, verified, issued, s.NoPaymentHere(), ticket)
            return Step(printing, (early,))
        case _:
            return step


def without(*kinds: type[fx.Effect]) -> Advance:
    """Make a machine that forgets to do something."""

    def forgetful(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
        step = advance(state, event, now, settings)
        return replace(step, effects=tuple(effect for effect in step.effects if not isinstance(effect, kinds)))

    return forgetful


def skips_the_question_before_the_last_try(
    state: s.State, event: ev.Event, now: Instant, settings: FlowSettings
) -> Step:
    step = advance(state, event, now, settings)
    match step.state:
        case s.LastTry(session, aim, token, watch) if not step.ignored:
            pad = s.Pin(session, aim, token, 1, watch, last_try_accepted=True)
            return replace(step, state=pad)
        case _:
            return step


def tries_the_pin_again_by_itself(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    match state, event:
        case s.Verifying(), ev.Authenticated(ticket, WrongPin()) if ticket == state.ticket:
            session, again = state.session.next_ticket()
            effect = fx.Authenticate(again, state.aim.municipality.code, Purpose.RESIDENCE)
            return Step(replace(state, session=session, ticket=again), (effect,))
        case _:
            return advance(state, event, now, settings)


def skips_the_question_before_the_last_password(
    state: s.State, event: ev.Event, now: Instant, settings: FlowSettings
) -> Step:
    step = advance(state, event, now, settings)
    match step.state:
        case s.LastPassword(session, verified, form, watch) if not step.ignored:
            keys = s.Password(session, verified, form, 1, watch, last_try_accepted=True)
            return replace(step, state=keys)
        case _:
            return step


def signs_something_else(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    other = replace(m.FORM, telephone="000-0000-0000").application()
    changed = tuple(
        replace(effect, application=other) if isinstance(effect, fx.SendApplication) else effect
        for effect in step.effects
    )
    return replace(step, effects=changed)


def numbers_what_was_not_received(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    if isinstance(state, s.Applying) and isinstance(step.state, s.Unsent) and not step.ignored:
        slip = fx.PrintReceptionSlip(m.NUMBER, m.SHIOMINO)
        return replace(step, effects=(slip, *step.effects))
    return step


def keeps_money_for_nothing(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    changed = tuple(
        replace(effect, outcome=replace(effect.outcome, money=MoneyFate.KEPT, case=None))
        if isinstance(effect, fx.Report) and effect.outcome.money is MoneyFate.REFUNDED
        else effect
        for effect in step.effects
    )
    return replace(step, effects=changed)


def forgets_unknown_money(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    changed = tuple(
        replace(effect, outcome=replace(effect.outcome, money=MoneyFate.NONE, case=None))
        if isinstance(effect, fx.Report) and effect.outcome.money is MoneyFate.UNKNOWN
        else effect
        for effect in step.effects
    )
    return replace(step, effects=changed)


def voids_what_was_printed(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    changed = tuple(
        replace(effect, outcome=replace(effect.outcome, documents=all_void(effect)))
        if isinstance(effect, fx.Report)
        else effect
        for effect in step.effects
    )
    return replace(step, effects=changed)


def all_void(report: fx.Report) -> tuple[tuple[SerialNumber, DocumentFate, int], ...]:
    return tuple((serial, DocumentFate.VOIDED, sheets) for serial, _, sheets in report.outcome.documents)


def never_ends_by_itself(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    if isinstance(event, ev.Tick):
        return Step(state, (), ignored=True)
    return advance(state, event, now, settings)


def goes_on_beside_the_card(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    match state, event:
        case s.TakeCard(), ev.Tick():
            effects = (fx.StopWatching(state.ticket),)
            return Step(s.ChoosingKind(state.session, state.verified), effects)
        case _:
            return advance(state, event, now, settings)


def serves_on_after_an_incident(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    if isinstance(step.state, s.Message) and step.state.stops:
        return replace(step, state=replace(step.state, stops=False))
    return step


def drops_an_order_on_cancel(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    cancelled = isinstance(event, ev.Touched) and event.touch.button is Button.CANCEL
    if isinstance(state, s.CheckingDevices) and cancelled:
        return replace(step, effects=tuple(e for e in step.effects if not isinstance(e, fx.Report)))
    return step


def orders_before_it_looks_into_the_trays(
    state: s.State, event: ev.Event, now: Instant, settings: FlowSettings
) -> Step:
    step = advance(state, event, now, settings)
    match step.state:
        case s.CheckingTrays(session, verified, order, ticket) if isinstance(state, s.Confirming):
            return Step(s.Preparing(session, verified, order, ticket), (fx.PlaceOrder(ticket, order),))
        case _:
            return step


def orders_what_is_printed_again(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    match state, event:
        case s.Numbered(), ev.SetPrinted(ticket, Printed()) if ticket == state.papers:
            return check_trays(state.session, state.verified, state.order, state.counter)
        case _:
            return advance(state, event, now, settings)


def prints_a_slip_for_a_number_that_has_one(
    state: s.State, event: ev.Event, now: Instant, settings: FlowSettings
) -> Step:
    step = advance(state, event, now, settings)
    if isinstance(state, s.Numbered) and state.slip is not None and isinstance(step.state, s.Numbered):
        municipality, order = state.verified.municipality, state.order
        again = fx.PrintCounterSlip(state.slip, state.counter, municipality, order.kind, order.copies, english=False)
        return replace(step, effects=(*step.effects, again))
    return step


def changing_orders(change: Callable[[Order], Order]) -> Advance:
    """Make a machine that orders something else than was chosen."""

    def careless(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
        step = advance(state, event, now, settings)
        changed = tuple(
            replace(effect, order=change(effect.order)) if isinstance(effect, fx.PlaceOrder) else effect
            for effect in step.effects
        )
        return replace(step, effects=changed)

    return careless


def spends_the_last_try_on_the_attributes(
    state: s.State, event: ev.Event, now: Instant, settings: FlowSettings
) -> Step:
    match event:
        case ev.AttributesInspected(ticket, ReadyForAttributes(1)):
            event = ev.AttributesInspected(ticket, ReadyForAttributes(2))
        case _:
            pass
    return advance(state, event, now, settings)


def reads_every_card(state: s.State, event: ev.Event, now: Instant, settings: FlowSettings) -> Step:
    step = advance(state, event, now, settings)
    if isinstance(state, s.ChoosingCopies) and isinstance(step.state, s.Confirming):
        return attributes.ask(step.state.session, step.state.verified, step.state.draft)
    return step


DEFECTS: dict[str, Advance] = {
    "spends the last try on the attributes": spends_the_last_try_on_the_attributes,
    "reads every card": reads_every_card,
    "takes any ticket": takes_any_ticket,
    "takes money before devices are checked": takes_money_before_devices_are_checked,
    "prints twice": prints_twice,
    "prints before it is paid": prints_before_it_is_paid,
    "never forgets": without(fx.ForgetVisit),
    "never reports": without(fx.Report),
    "never clears the pad": without(fx.ClearPin),
    "never clears the password": without(fx.ClearPassword),
    "skips the question before the last password": skips_the_question_before_the_last_password,
    "signs something else": signs_something_else,
    "numbers what was not received": numbers_what_was_not_received,
    "never stops watching": without(fx.StopWatching),
    "never abandons an order": without(fx.AbandonOrder),
    "raises no incident": without(fx.RaiseIncident),
    "skips the question before the last try": skips_the_question_before_the_last_try,
    "tries the PIN again by itself": tries_the_pin_again_by_itself,
    "keeps money for nothing": keeps_money_for_nothing,
    "forgets unknown money": forgets_unknown_money,
    "voids what was printed": voids_what_was_printed,
    "never ends by itself": never_ends_by_itself,
    "goes on beside the card": goes_on_beside_the_card,
    "serves on after an incident": serves_on_after_an_incident,
    "drops an order on cancel": drops_an_order_on_cancel,
    "orders before it looks into the trays": orders_before_it_looks_into_the_trays,
    "orders what is printed again": orders_what_is_printed_again,
    "prints a slip for a number that has one": prints_a_slip_for_a_number_that_has_one,
    "forgets the year": changing_orders(lambda order: replace(order, year=None)),
    "forgets whom it is about": changing_orders(lambda order: replace(order, members=())),
    "names persons of another list": changing_orders(lambda order: replace(order, members=(m.MEMBERS[0].ref,))),
}
