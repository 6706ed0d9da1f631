"""Sentences for whoever runs the server, in both languages."""

from __future__ import annotations


class OperatorError(RuntimeError):
    """Something only the operator can mend; says in Chinese and in English what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
