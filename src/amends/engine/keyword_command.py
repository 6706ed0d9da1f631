"""`amends keywords evaluate FILE`: precision and recall of the keyword sets on labelled texts; `amends keywords fit FILE`: their weights learnt again (KW-5; docs/keywords.md)."""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from amends.core.keywords import TYPES, Starter, starter, starter_of
from amends.engine import keyword_evaluation as evaluation
from amends.engine import keyword_fitting as fitting
from amends.engine.keyword_scan import of_starter
from amends.store.trouble import OperatorError

HEADS = {
    "zh": ("关键词集", "精确率", "召回率", "F1", "报对", "误报", "漏报"),
    "en": ("set", "precision", "recall", "F1", "right", "wrong", "missed"),
}
TOTALS = {
    evaluation.ALL_TYPES: {"zh": "诉求合计", "en": "all types"},
    evaluation.ALL_FREE: {"zh": "自由集合计", "en": "all free sets"},
    evaluation.ALERT: {"zh": "告警（文本 × 所选类型）", "en": "the alert (text × chosen type)"},
}
SAYS: dict[str, dict[str, Any]] = {
    "zh": {"line": ("门槛", "精确率", "召回率"), "rules": "只用规则", "chosen": "选定", "texts": "{n} 条文本", "wrong": "误报", "missed": "漏报", "precision": "告警精确率 {got:.3f} 低于要求的 {least:.3f}", "recall": "告警召回率 {got:.3f} 低于要求的 {least:.3f}"},
    "en": {"line": ("at least", "precision", "recall"), "rules": "rules alone", "chosen": "chosen", "texts": "{n} texts", "wrong": "wrong", "missed": "missed", "precision": "precision of the alert {got:.3f} is below {least:.3f}", "recall": "recall of the alert {got:.3f} is below {least:.3f}"},
}


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `amends keywords evaluate` to the command line."""
    group = verbs.add_parser("keywords", help="keyword sets that warn when words and chosen type differ").add_subparsers(dest="what", required=True)
    one = group.add_parser("evaluate", help="precision and recall on labelled texts (docs/keywords.md)")
    one.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON lines with wants, raises and either text or id")
    one.add_argument("--data", type=Path, help="the folder with the texts that are given by id")
    one.add_argument("--split", default="", help="only this part, e.g. held-out or tuning (default: everything)")
    one.add_argument("--sets", type=Path, metavar="JSON", help="sets in the shape of keywords_starter.json (default: those that come with the product)")
    one.add_argument("--wrong", action="store_true", help="name every text that was got wrong, and by which words")
    one.add_argument("--least-precision", type=float, default=0.0, metavar="0.85", help="exit 1 when the alert's precision is below")
    one.add_argument("--least-recall", type=float, default=0.0, metavar="0.80", help="exit 1 when the alert's recall is below")
    one.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the table (default: zh)")
    one.set_defaults(run=_run)
    two = group.add_parser("fit", help="learn the weights of the words again from labelled texts (docs/keywords.md)")
    two.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON lines with wants and either text or id")
    two.add_argument("--data", type=Path, help="the folder with the texts that are given by id")
    two.add_argument("--split", default="tuning", help="only this part (default: tuning)")
    two.add_argument("--sets", type=Path, metavar="JSON", help="sets in the shape of keywords_starter.json (default: those that come with the product)")
    two.add_argument("--kept", type=float, default=fitting.KEPT, metavar="SHARE", help=f"share of the rules' right warnings to keep (default: {fitting.KEPT})")
    two.add_argument("--out", type=Path, metavar="JSON", help="write the weights here, in the shape of the starter file's `weights`")
    two.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the table (default: zh)")
    two.set_defaults(run=_fit)


def _run(given: argparse.Namespace) -> int:
    """0: as good as asked for; 1: below it."""
    sets = _sets(given.sets)
    labelled, scanner = _labelled(given), of_starter(sets)
    measured = evaluation.measure(labelled, sets.sets, scanner)
    for line in table(measured, sets, given.lang):
        print(line)
    if given.wrong:
        light = {one.name: {w.type: w.told(given.lang == "en") for w in scanner.weighed(one.text)} for one in labelled}
        for line in _mistakes(measured, sets, given.lang, light):
            print(line)
    return _below(measured, given)


def _fit(given: argparse.Namespace) -> int:
    """0: learnt; the line of figures is printed, and the weights written where asked for."""
    sets, labelled = _sets(given.sets), _labelled(given)
    try:
        fitted = fitting.fit(labelled, sets, given.kept)
    except ValueError as trouble:
        raise OperatorError(f"学不出权重：{trouble}", f"No weights can be learnt: {trouble}") from trouble
    says, chosen = SAYS[given.lang], fitted.weights.least
    print(says["texts"].format(n=len(labelled)))
    for row in (says["line"], (says["rules"], f"{fitted.rules.precision:.3f}", f"{fitted.rules.recall:.3f}")):
        print("  ".join(_padded(cell, 12) for cell in row))
    for point in fitted.line:
        mark = says["chosen"] if point.least == chosen else ""
        print("  ".join(_padded(cell, 12) for cell in (f"{point.least:.2f}", f"{point.alert.precision:.3f}", f"{point.alert.recall:.3f}", mark)).rstrip())
    if given.out:
        given.out.write_text(json.dumps(fitting.document_of(fitted.weights), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _labelled(given: argparse.Namespace) -> list[evaluation.Labelled]:
    try:
        return evaluation.read(given.file, given.data, given.split)
    except (OSError, ValueError, KeyError) as trouble:
        raise OperatorError(f"读不了标注文件：{trouble}", f"The labelled texts cannot be read: {trouble}") from trouble


def _sets(file: Path | None) -> Starter:
    if file is None:
        return starter()
    try:
        return starter_of(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as trouble:
        raise OperatorError(f"读不了关键词集 {file}：{trouble}", f"The keyword sets in {file} cannot be read: {trouble}") from trouble


def table(measured: evaluation.Measured, sets: Starter, lang: str) -> list[str]:
    """The figures as lines of aligned columns, names in `lang`."""
    rows = [HEADS[lang]]
    for code, one in measured.tallies.items():
        figures = (f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}", str(one.right), str(one.wrong), str(one.missed))
        rows.append((_name(code, sets, lang), *figures))
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = ["  ".join([_padded(row[0], widths[0]), *(" " * (widths[n] - _width(row[n])) + row[n] for n in range(1, len(row)))]) for row in rows]
    return [SAYS[lang]["texts"].format(n=measured.texts), *lines]


def _mistakes(measured: evaluation.Measured, sets: Starter, lang: str, light: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Each mistake in a line; of what was missed because it was found too light, why."""
    says, out = SAYS[lang], []
    for one in measured.mistakes:
        why = f"{says['wrong']}: {', '.join(one.words)}" if one.words else says["missed"]
        if not one.words and (told := light.get(one.name, {}).get(one.code)):
            why += f": {told}"
        out.append(f"{one.name}  {_name(one.code, sets, lang)}  {why}")
    return out


def _below(measured: evaluation.Measured, given: argparse.Namespace) -> int:
    below = 0
    for name, got, least in (("precision", measured.alert.precision, given.least_precision), ("recall", measured.alert.recall, given.least_recall)):
        if got < least:
            print(SAYS[given.lang][name].format(got=got, least=least))
            below = 1
    return below


def _name(code: str, sets: Starter, lang: str) -> str:
    if code in TOTALS:
        return TOTALS[code][lang]
    named = next((one for one in sets.sets if (one.type if code in TYPES else one.code) == code), None)
    return getattr(named, lang) if named else code


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
