"""What a certificate costs at an instant. By the calendar of Japan: a campaign begins and ends at midnight there."""

from datetime import datetime

from issuing_center.municipal.package import JST, SettingsPackage


def fee_at(kind: str, rules: SettingsPackage, instant: datetime) -> int | None:
    """Give the fee of one copy in yen at an aware instant; None when the certificate is not offered then.

    A campaign goes before the ordinary fee. 0 is a fee: the certificate is free.
    """
    found = rules.rules(kind)
    if found is None:
        return None
    on = instant.astimezone(JST).date()
    base = next((fee.fee_yen for fee in found.fees if fee.period.covers(on)), None)
    if base is None:
        return None
    return next((fee.fee_yen for fee in found.campaigns if fee.period.covers(on)), base)
