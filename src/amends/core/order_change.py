"""What an order becomes when its buyer changes it before it is printed (OR-7), and which coupons go with it (DE-5). Pure.

Figures are minor units of the order's currency; prices include tax, so what is shown before saving is what is charged. Rules:
- A line whose quantity stays keeps its price and its gifts. One whose quantity changes, or that is added, takes today's price and today's gifts.
- A line under price protection, or one that money or pieces already left, is neither changed nor removed.
- Coupons on the order are shared over its lines by worth with the largest remainder (MO-1). A share whose coupon is not known here stays with
  its line, piece by piece; the same goes for points. Freight stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from amends.core.money import Money, part_of, share
from amends.core.refusal import Refusal

MOST_PIECES = 9999
Kind = Literal["open", "minimum"]
Change = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line as it stands. `paid` is for the whole line after coupon and points. `protected`: under price protection (CO-4); `left`: money or pieces of it have gone, or a case is open on it."""

    id: str
    sku: str
    title: str
    quantity: int
    unit_price: int
    paid: int
    coupon: int = 0
    points_used: int = 0
    points_granted: int = 0
    gift: bool = False
    gift_of: str | None = None
    protected: bool = False
    left: bool = False

    @property
    def worth(self) -> int:
        """The line before coupons and points, its own discount taken off."""
        return self.paid + self.coupon + self.points_used


@dataclass(frozen=True, slots=True)
class Goods:
    """What a SKU costs today. `gifts`: SKU and how many of it go with one piece; `free`: pieces in stock, None when nobody counts them."""

    sku: str
    title: str
    price: int
    category: str = ""
    gifts: tuple[tuple[str, int], ...] = ()
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Coupon:
    """DE-5: `open` has no minimum and goes with others of its kind; `minimum` needs goods of that worth and goes alone."""

    id: str
    code: str
    kind: Kind
    amount: int
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the buyer wants: pieces by line (0 removes it; a line that is not named stays), SKUs added, and the coupons the order is to have (None: as now)."""

    pieces: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)
    coupons: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The order as it stands: lines in order, coupons on it, those it could have besides, freight, and what SKUs cost today."""

    lines: tuple[Ordered, ...]
    coupons: tuple[Coupon, ...] = ()
    offered: tuple[Coupon, ...] = ()
    freight: int = 0
    goods: Mapping[str, Goods] = field(default_factory=dict)
    currency: str = "CNY"

    @property
    def total(self) -> int:
        """Goods and freight."""
        return sum(x.paid for x in self.lines) + self.freight


@dataclass(frozen=True, slots=True)
class Line:
    """A line after the change. `id` is the line that stood there, or a key made of the SKU for a new one; gifts name the id they belong to."""

    id: str
    sku: str
    title: str
    quantity: int
    unit_price: int
    paid: int
    coupon: int
    points_used: int
    points_granted: int
    gift: bool
    gift_of: str | None
    change: Change
    category: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The order after the change. `lines` holds the removed ones too, with nothing to pay; `coupon` is what all coupons take off."""

    lines: tuple[Line, ...]
    coupons: tuple[Coupon, ...]
    freight: int
    before: int
    points_back: int

    @property
    def standing(self) -> tuple[Line, ...]:
        """The lines the order has from now on."""
        return tuple(x for x in self.lines if x.change != "removed")

    @property
    def goods(self) -> int:
        """What the goods cost after coupons and points."""
        return sum(x.paid for x in self.standing)

    @property
    def coupon(self) -> int:
        """What all coupons take off."""
        return sum(x.coupon for x in self.standing)

    @property
    def total(self) -> int:
        """Goods and freight."""
        return self.goods + self.freight

    @property
    def touched(self) -> bool:
        """Whether any line is other than it was."""
        return any(x.change != "same" for x in self.lines)


def change(order: Standing, wish: Wish) -> Changed | list[Refusal]:
    """The order as wished, or everything that stands in the way, each with the path of its field (`pieces.<line>`, `added.<sku>`, `coupons`)."""
    wrong: list[Refusal] = []
    drafts = _kept(order, wish, wrong) + _added(order, wish, wrong)
    if not wrong and not any(d.change != "removed" and not d.gift for d in drafts):
        wrong.append(Refusal("change_leaves_nothing", field="pieces"))
    wrong += _short(order, drafts)
    chosen = _chosen(order, wish, wrong)
    worth = sum(d.worth for d in drafts if not d.gift)
    wrong += coupon_problems(chosen, worth, order.currency)
    if _unknown_total(order) and any(c not in order.coupons for c in chosen):
        wrong.append(Refusal("coupon_beside_unknown", field="coupons"))
    if wrong:
        return wrong
    moved = any(d.change != "same" for d in drafts) or set(chosen) != set(order.coupons)
    lines = tuple(_priced(d, k) for d, k in zip(drafts, _shares(drafts, chosen) if moved else [d.known for d in drafts], strict=True))
    return Changed(lines, chosen, order.freight, order.total, sum(x.points_used for x in order.lines) - sum(x.points_used for x in lines))


def coupon_problems(coupons: tuple[Coupon, ...], worth: int, currency: str) -> list[Refusal]:
    """What is wrong with these coupons on goods worth so much (DE-5): one kind or the other, one with a minimum, its minimum reached."""
    least = [c for c in coupons if c.kind == "minimum"]
    if least and len(least) < len(coupons):
        return [Refusal("coupon_kinds_mixed", field="coupons")]
    if len(least) > 1:
        return [Refusal("coupon_only_one", field="coupons")]
    return [Refusal("coupon_minimum", {"code": c.code, "minimum": str(Money(c.minimum, currency)), "worth": str(Money(worth, currency))}, "coupons") for c in least if worth < c.minimum]


def settled(before: int, after: int, paid: int, open_to_pay: bool, currency: str) -> tuple[int, int] | Refusal:
    """What goes back to the buyer and what is still to be paid. `paid`: captured and not given back; `open_to_pay`: payment is still awaited.

    A paid order may become cheaper, never dearer: nothing that was paid for waits for a second payment. More goods are another order.
    """
    if open_to_pay:
        return max(0, paid - after), max(0, after - paid)
    if after > before:
        return Refusal("change_dearer", {"more": str(Money(after - before, currency))}, "pieces")
    return min(before - after, paid), 0


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line on its way: worth before coupons and points; `unknown` and `known` are its coupon shares; `held`: its share may not move."""

    line: Line
    worth: int
    unknown: int = 0
    known: int = 0
    held: bool = False
    paid_before: int = 0

    @property
    def change(self) -> Change:
        return self.line.change

    @property
    def gift(self) -> bool:
        return self.line.gift


def _known_shares(order: Standing) -> dict[str, int]:
    """Each line's part of the coupons known here; the rest of what coupons took off is of coupons we have never seen."""
    weights = [x.coupon for x in order.lines]
    known = min(sum(c.amount for c in order.coupons), sum(weights))
    return dict(zip((x.id for x in order.lines), share(known, weights), strict=True))


def _unknown_total(order: Standing) -> int:
    return sum(x.coupon for x in order.lines) - sum(_known_shares(order).values())


def _kept(order: Standing, wish: Wish, wrong: list[Refusal]) -> list[_Draft]:
    known, ids = _known_shares(order), {x.id for x in order.lines}
    wrong += [Refusal("line_unknown", field=f"pieces.{i}") for i in wish.pieces if i not in ids]
    drafts: list[_Draft] = []
    own: dict[str, Change] = {}
    for x in order.lines:
        wanted = wish.pieces.get(x.id, x.quantity)
        if x.gift_of in own:  # a gift goes the way of its goods; those of changed goods are given anew
            drafts.append(_as_it_is(x, known[x.id]) if own[x.gift_of] == "same" else _removed(x))
            if wanted not in (x.quantity, 0):
                wrong.append(Refusal("gift_follows", {"title": x.title}, f"pieces.{x.id}"))
            continue
        own[x.id] = "same"
        if wanted == x.quantity:
            drafts.append(_as_it_is(x, known[x.id]))
            continue
        wrong += _immovable(x)
        own[x.id] = "changed" if wanted else "removed"
        if wanted == 0:
            drafts.append(_removed(x))
        elif (goods := _today(order, x.sku, x.title, wanted, f"pieces.{x.id}", wrong)) is not None:
            drafts.append(_changed(x, goods, wanted, known[x.id]))
            drafts += _gifts(order, goods, wanted, x.id)
    return drafts


def _immovable(x: Ordered) -> list[Refusal]:
    facts, path = {"title": x.title}, f"pieces.{x.id}"
    if x.protected:
        return [Refusal("line_protected", facts, path)]
    if x.left:
        return [Refusal("line_has_history", facts, path)]
    return [Refusal("gift_follows", facts, path)] if x.gift else []


def _added(order: Standing, wish: Wish, wrong: list[Refusal]) -> list[_Draft]:
    drafts: list[_Draft] = []
    for sku, pieces in wish.added.items():
        goods = _today(order, sku, sku, pieces, f"added.{sku}", wrong)
        if goods is not None:
            line = Line(f"+{sku}", sku, goods.title, pieces, goods.price, 0, 0, 0, 0, False, None, "added", goods.category)
            drafts.append(_Draft(line, goods.price * pieces))
            drafts += _gifts(order, goods, pieces, line.id)
    return drafts


def _today(order: Standing, sku: str, title: str, pieces: int, path: str, wrong: list[Refusal]) -> Goods | None:
    if not 1 <= pieces <= MOST_PIECES:
        wrong.append(Refusal("out_of_range", {"zh": "数量", "en": "Quantity", "least": 1, "most": MOST_PIECES}, path))
        return None
    if (goods := order.goods.get(sku)) is None:
        wrong.append(Refusal("goods_not_sold", {"title": title}, path))
    return goods


def _as_it_is(x: Ordered, known: int) -> _Draft:
    line = Line(x.id, x.sku, x.title, x.quantity, x.unit_price, 0, 0, x.points_used, x.points_granted, x.gift, x.gift_of, "same")
    return _Draft(line, x.worth, x.coupon - known, known, x.protected or x.left or x.gift, x.paid)


def _removed(x: Ordered) -> _Draft:
    return _Draft(Line(x.id, x.sku, x.title, 0, x.unit_price, 0, 0, 0, 0, x.gift, x.gift_of, "removed"), 0)


def _changed(x: Ordered, goods: Goods, pieces: int, known: int) -> _Draft:
    """Today's price for all pieces; of points and unknown coupons what the pieces kept carry."""
    worth, kept = goods.price * pieces, min(pieces, x.quantity)
    unknown = min(part_of(x.coupon - known, x.quantity, kept), worth)
    points = min(part_of(x.points_used, x.quantity, kept), worth - unknown)
    line = Line(x.id, x.sku, goods.title, pieces, goods.price, 0, 0, points, x.points_granted, False, x.gift_of, "changed", goods.category)
    return _Draft(line, worth, unknown, paid_before=x.paid)


def _gifts(order: Standing, goods: Goods, pieces: int, of: str) -> list[_Draft]:
    """Today's gifts, while stock lasts."""
    drafts = []
    for sku, each in goods.gifts:
        gift = order.goods.get(sku)
        many = each * pieces if gift is not None and gift.free is None else min(each * pieces, gift.free or 0) if gift is not None else 0
        if gift is not None and many > 0:
            drafts.append(_Draft(Line(f"{of}+{sku}", sku, gift.title, many, gift.price, 0, 0, 0, 0, True, of, "added", gift.category), 0))
    return drafts


def _short(order: Standing, drafts: list[_Draft]) -> list[Refusal]:
    """More pieces than before of something that is counted and not there. Gifts were cut to what is there."""
    more: dict[str, int] = {}
    for x in order.lines:
        more[x.sku] = more.get(x.sku, 0) - x.quantity
    for d in drafts:
        more[d.line.sku] = more.get(d.line.sku, 0) + d.line.quantity
    out = []
    for d in drafts:
        goods = order.goods.get(d.line.sku)
        if d.change in ("changed", "added") and not d.gift and goods is not None and goods.free is not None and more[goods.sku] > max(0, goods.free):
            path = f"added.{goods.sku}" if d.change == "added" else f"pieces.{d.line.id}"
            out.append(Refusal("goods_short", {"title": goods.title, "free": max(0, goods.free)}, path))
    return out


def _chosen(order: Standing, wish: Wish, wrong: list[Refusal]) -> tuple[Coupon, ...]:
    if wish.coupons is None:
        return order.coupons
    known = {c.id: c for c in (*order.coupons, *order.offered)}
    wrong += [Refusal("coupon_unknown", field="coupons") for i in wish.coupons if i not in known]
    return tuple(known[i] for i in dict.fromkeys(wish.coupons) if i in known)


def _shares(drafts: list[_Draft], chosen: tuple[Coupon, ...]) -> list[int]:
    """The chosen coupons over the lines, by what each still costs; held shares stay, and no line costs less than nothing."""
    weights = [0 if d.held or d.gift or d.change == "removed" else d.worth - d.unknown - d.line.points_used for d in drafts]
    held = sum(d.known for d in drafts if d.held)
    total = min(max(0, sum(c.amount for c in chosen) - held), sum(weights))
    return [d.known if d.held else part for d, part in zip(drafts, share(total, weights), strict=True)]


def _priced(d: _Draft, known: int) -> Line:
    coupon = d.unknown + known
    paid = d.worth - coupon - d.line.points_used
    granted = d.line.points_granted * paid // d.paid_before if d.change == "changed" and d.paid_before else d.line.points_granted
    return replace(d.line, coupon=coupon, paid=paid, points_granted=granted)
