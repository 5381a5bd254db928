"""The clerks' pages beside the service of `serve`: their own listener, on a thread of its own, ending with the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Protocol

from issuing_center import server
from issuing_center.counter.staff import Staff
from issuing_center.service import Service
from issuing_center.settings import StaffSite
from issuing_center.staff.app import Site
from issuing_center.staff.desk import CounterDesk, Desk
from issuing_center.staff.identity import Door, Tokens
from issuing_center.staff.live import Live

END_WAIT_S = 10.0


@contextmanager
def serving_site(settings: StaffSite, site: Site, threads: int) -> Iterator[str]:
    """Serve a site for the block; gives its address. Raises OSError when the port is taken."""
    tls = server.staff_tls(settings.certificate, settings.key, settings.ca)
    live = Live(site.desk)
    with server.listen(settings.host, settings.port) as listener:
        http = server.make_staff_server(site, live, tls, threads)
        thread = Thread(target=http.run, kwargs={"sockets": [listener]}, name="staff")
        thread.start()
        try:
            yield f"https://{settings.host}:{listener.getsockname()[1]}"
        finally:
            live.close()
            http.should_exit = True
            thread.join(END_WAIT_S)


class SpecimenDoor(Door, Protocol):
    """The sandbox's door: it knows whom it lets in."""

    def links(self) -> list[tuple[str, Staff]]:
        """Make one link's token for each specimen clerk."""


@contextmanager
def serving_staff(
    settings: StaffSite | None, service: Service, threads: int, door: SpecimenDoor | None
) -> Iterator[list[str]]:
    """Serve the clerks' pages for the block, if settings ask for them; gives the lines that say where.

    With a sandbox's door these are one-time links for specimen clerks and the wall screens, else the address alone.
    """
    if settings is None:
        yield []
        return
    desk, tokens = CounterDesk(service), Tokens.derived(service.subject_key)
    with serving_site(settings, Site(desk, tokens, door), threads) as url:
        links = [] if door is None else door.links()
        lines = [f"console {url}/sign-in/{token} {staff.staff_id} {staff.municipality_code}" for token, staff in links]
        yield lines + _displays(url, desk, tokens, links) if links else [f"console {url}/"]


def _displays(url: str, desk: Desk, tokens: Tokens, links: list[tuple[str, Staff]]) -> list[str]:
    return [
        f"display {url}/display/{tokens.display(code, office.office_id)} {code} {office.office_id}"
        for code in sorted({staff.municipality_code for _, staff in links})
        for office in desk.offices(code)
    ]
