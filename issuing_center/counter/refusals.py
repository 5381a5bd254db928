"""Every no a clerk can be told: stable code and one line in the office's language. A code never changes its meaning."""

from dataclasses import dataclass
from enum import Enum

from issuing_center.counter.states import CounterState


class CounterNo(Enum):
    """A refusal: (code, what the clerk reads)."""

    UNKNOWN = ("COUNTER-01", "該当する受付番号がありません。")
    TOO_LATE = ("COUNTER-02", "別の職員が先に処理しました。最新の状態を確認してください。")
    REDEEMED = ("COUNTER-03", "この受付票は使用済みです（交付済）。")
    OTHER_DAY = ("COUNTER-04", "本日の受付ではありません。")
    NOT_PAID = ("COUNTER-05", "手数料が収納されていません。")
    WRONG_CHECK = ("COUNTER-06", "確認記号が一致しません。受付票を確認してください。")
    NOT_NOW = ("COUNTER-07", "この状態では操作できません。")
    SEAL_CODE = ("COUNTER-08", "照会コードが違うか、有効期限が切れています。")
    NO_SUCH_REASON = ("COUNTER-09", "手数料の免除理由が設定にありません。")
    NOT_ITS_SHEET = ("COUNTER-10", "この受付番号の証明書ではありません。")
    MIXED_UP = ("COUNTER-12", "別の番号の用紙です。交付せず、両方の用紙を確認してください。")
    VOID_SHEET = ("COUNTER-13", "廃棄済みの用紙です。交付しないでください。")
    SCAN_ALL = ("COUNTER-14", "用紙の混在があった番号です。証明書をすべて読み取ってから交付してください。")

    @property
    def code(self) -> str:
        """Stable code."""
        return self.value[0]

    @property
    def text(self) -> str:
        """What the clerk reads."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class CounterRefusal:
    """An expected no. Nothing was changed."""

    no: CounterNo
    state: CounterState | None = None
    """State in which the number was found; None where there is none to tell."""
