"""Questions with which several phases begin: which municipality, and the card."""

from kiosk.flow.effects import FetchMunicipalities, WatchCard
from kiosk.flow.session import Session
from kiosk.flow.states import Aim, ChoosingMunicipality, Errand, PlaceCard
from kiosk.flow.step import Step


def list_municipalities(session: Session, errand: Errand) -> Step:
    """Ask for the list that the resident chooses from."""
    session, ticket = session.next_ticket()
    return Step(ChoosingMunicipality(session, errand, ticket), (FetchMunicipalities(ticket),))


def ask_for_card(session: Session, aim: Aim, *, lifted: bool = False) -> Step:
    """Wait for a card; `lifted` asks to put it back."""
    session, ticket = session.next_ticket()
    return Step(PlaceCard(session, aim, ticket, lifted=lifted), (WatchCard(ticket),))
