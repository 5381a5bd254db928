"""HTML as a value: whatever is not known to be HTML is escaped."""

from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | None) -> Html:
    """Write an element; an underscore at the end of an attribute's name is dropped, others become hyphens; None leaves it out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{written}>{joined(*children)}</{name}>")


def void(name: str, /, **attributes: str | None) -> Html:
    """Write an element without content."""
    return Html(element(name, **attributes).removesuffix(f"</{name}>"))


def joined(*children: str) -> Html:
    """Put pieces behind each other."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))
