"""What is found about the goods themselves: fit for resale or not, handled or not, weighed (PO-2, PO-5, PO-6)."""

from dataclasses import dataclass
from typing import Any

from amends.core.commands import Command, ask


@dataclass
class RecordFindings(Command):
    """登记核查结论: what looking at the goods, their papers or their serial number showed; the application is judged anew with it. Empty takes findings back."""

    zh, en, event, node = "登记核查结论", "Record findings", "findings_recorded", "review"
    findings: list[Any] = ask("核查结论", "Findings", "codes", most=20)
    weight_short_mg: int | None = ask("检测短重（毫克）", "Weight found missing, mg", "count", least=0, most=10**9)
    words: str = ask("依据", "What shows it", "long", required=True)
    photos: list[Any] = ask("证明照片", "Proof", "photos", most=3)
