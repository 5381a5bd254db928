"""What a number at the counter goes through: states, acts, and the one table that says which act leads where. Pure."""

from enum import Enum


class CounterState(Enum):
    """How far a number is."""

    REQUESTED = "requested"
    """A number was given; the documents are being made. It lasts less than a minute or ends in CANCELLED."""
    ISSUED = "issued"
    """The documents are at the terminal; nobody has said yet that they are on paper."""
    PRINTED = "printed"
    PAID = "paid"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"
    SPOILED = "spoiled"
    """A sheet is lost or no good; nothing comes of the number until it is printed again or cancelled."""

    @property
    def is_final(self) -> bool:
        """Whether nothing can happen to the number any more."""
        return self in (CounterState.HANDED_OVER, CounterState.CANCELLED)


LABELS = {
    CounterState.REQUESTED: "受付済",
    CounterState.ISSUED: "印刷中",
    CounterState.PRINTED: "印刷済",
    CounterState.PAID: "収納済",
    CounterState.HANDED_OVER: "交付済",
    CounterState.CANCELLED: "取消",
    CounterState.SPOILED: "廃棄",
}
"""What clerks read."""


class Act(Enum):
    """What happens to a number; the first five without a clerk."""

    REQUEST = "request"
    """A number was given."""
    ISSUE = "issue"
    """The documents were made, the first time or again."""
    FAIL = "fail"
    """They could not be made."""
    PRINT = "print"
    """The terminal reported every sheet."""
    LOSE = "lose"
    """The terminal reported a sheet as void, or does not know."""
    CALL = "call"
    CONFIRM_PRINTED = "confirm_printed"
    """A clerk has every sheet in the hand, whatever the terminal said or did not say."""
    TAKE_FEE = "take_fee"
    HAND_OVER = "hand_over"
    CANCEL = "cancel"
    SPOIL = "spoil"
    PERMIT_REPRINT = "permit_reprint"


_S = CounterState
TRANSITIONS: dict[tuple[CounterState, Act], CounterState] = {
    (_S.REQUESTED, Act.ISSUE): _S.ISSUED,
    (_S.REQUESTED, Act.FAIL): _S.CANCELLED,
    (_S.ISSUED, Act.CALL): _S.ISSUED,
    (_S.ISSUED, Act.PRINT): _S.PRINTED,
    (_S.ISSUED, Act.CONFIRM_PRINTED): _S.PRINTED,
    (_S.ISSUED, Act.LOSE): _S.SPOILED,
    (_S.ISSUED, Act.SPOIL): _S.SPOILED,
    (_S.ISSUED, Act.CANCEL): _S.CANCELLED,
    (_S.PRINTED, Act.CALL): _S.PRINTED,
    (_S.PRINTED, Act.TAKE_FEE): _S.PAID,
    (_S.PRINTED, Act.SPOIL): _S.SPOILED,
    (_S.PRINTED, Act.CANCEL): _S.CANCELLED,
    (_S.PAID, Act.CALL): _S.PAID,
    (_S.PAID, Act.HAND_OVER): _S.HANDED_OVER,
    (_S.PAID, Act.SPOIL): _S.SPOILED,
    (_S.PAID, Act.CANCEL): _S.CANCELLED,
    (_S.SPOILED, Act.CALL): _S.SPOILED,
    (_S.SPOILED, Act.CONFIRM_PRINTED): _S.PRINTED,
    (_S.SPOILED, Act.PERMIT_REPRINT): _S.SPOILED,
    (_S.SPOILED, Act.ISSUE): _S.ISSUED,
    (_S.SPOILED, Act.CANCEL): _S.CANCELLED,
}
"""Where an act leads; whatever is not here is refused. A number whose fee is settled goes from PRINTED to PAID by itself."""

OF_CLERKS = tuple(act for act in Act if act not in (Act.REQUEST, Act.ISSUE, Act.FAIL, Act.PRINT, Act.LOSE))


def after(state: CounterState, act: Act) -> CounterState | None:
    """Give the state after an act; None where the act does not belong."""
    return TRANSITIONS.get((state, act))


def possible(state: CounterState) -> tuple[Act, ...]:
    """Give what a clerk may do in a state, in the order of the enum."""
    return tuple(act for act in OF_CLERKS if (state, act) in TRANSITIONS)


class Settlement(Enum):
    """How a fee was settled."""

    CASH = "cash"
    CASHLESS = "cashless"
    EXEMPT = "exempt"
    """Nothing was due for one of the office's reasons (公用, 減免)."""
    FREE = "free"
    """Nothing was due because the fee is 0; nobody has to say so."""


class SpoilReason(Enum):
    """Why a sheet is thrown away (廃棄)."""

    MISPRINT = "misprint"
    JAM = "jam"
    SMUDGED = "smudged"
    WRONG_PAPER = "wrong_paper"
    LOST = "lost"
    OTHER = "other"


SPOIL_LABELS = {
    SpoilReason.MISPRINT: "印字不良",
    SpoilReason.JAM: "紙詰まり",
    SpoilReason.SMUDGED: "汚れ・破れ",
    SpoilReason.WRONG_PAPER: "用紙違い",
    SpoilReason.LOST: "所在不明",
    SpoilReason.OTHER: "その他",
}


class CancelReason(Enum):
    """Why a number ends without a certificate; the last two without a clerk."""

    RESIDENT = "resident"
    """本人の申出"""
    ABSENT = "absent"
    """呼出に応答なし"""
    MISTAKE = "mistake"
    """申請誤り"""
    NOT_ISSUED = "not_issued"
    """The center refused, failed or was stopped while it made the documents."""
    CLOSED = "closed"
    """The day was closed over it."""


CANCEL_LABELS = {
    CancelReason.RESIDENT: "本人の申出",
    CancelReason.ABSENT: "呼出に応答なし",
    CancelReason.MISTAKE: "申請誤り",
    CancelReason.NOT_ISSUED: "作成できず",
    CancelReason.CLOSED: "締め処理",
}


class SheetState(Enum):
    """What became of one certificate of a number."""

    ISSUED = "issued"
    PRINTED = "printed"
    HANDED_OVER = "handed_over"
    SPOILED = "spoiled"
