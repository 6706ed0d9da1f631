"""Photos of goods as buyers take them, drawn: the thing on a table, in its colour, with what is wrong with it. The same seed draws the same."""

import io
import math
import random
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from amends.sim.furniture.goods import Colour

WIDE, HIGH = 960, 720
TABLES: tuple[Colour, ...] = ((214, 203, 188), (196, 200, 204), (226, 222, 214), (178, 164, 146))
Draw = ImageDraw.ImageDraw


@lru_cache(maxsize=512)
def photo(shape: str, colour: Colour, damage: str, seed: int) -> bytes:
    """A JPEG of about 30 KB. `damage`: leak, crack, stain, dead, short, wrong, or "" for a thing that is well."""
    chance = random.Random(f"{shape}{colour}{damage}{seed}")
    table = chance.choice(TABLES)
    image = _table(table, chance).resize((WIDE, HIGH), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(image)
    SHAPES[shape](draw, colour)
    DAMAGES[damage](draw, colour, chance)
    image = image.rotate(chance.uniform(-5, 5), Image.Resampling.NEAREST, fillcolor=table).resize((WIDE * 2 // 3, HIGH * 2 // 3), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _table(table: Colour, chance: random.Random) -> Image.Image:
    """The table and the wall behind it, a quarter of the size, out of focus."""
    image = Image.new("RGB", (WIDE // 4, HIGH // 4), table)
    draw = ImageDraw.Draw(image)
    horizon = chance.randint(42, 62)
    draw.rectangle((0, 0, WIDE // 4, horizon), fill=_shade(table, 18))
    for _ in range(14):
        y = chance.randint(horizon, HIGH // 4)
        draw.line((0, y, WIDE // 4, y + chance.randint(-3, 3)), fill=_shade(table, chance.randint(-9, 4)))
    draw.ellipse((57, 130, 185, 160), fill=_shade(table, -28))
    return image.filter(ImageFilter.GaussianBlur(1.5))


def _shade(colour: Colour, by: int) -> Colour:
    red, green, blue = (max(0, min(255, c + by)) for c in colour)
    return red, green, blue


def _body(draw: Draw, box: tuple[int, int, int, int], colour: Colour, radius: int = 30) -> None:
    """A rounded body, lighter on the left and darker on the right."""
    left, top, right, bottom = box
    draw.rounded_rectangle(box, radius, fill=_shade(colour, -26))
    draw.rounded_rectangle((left, top, right - (right - left) // 5, bottom), radius, fill=colour)
    draw.rounded_rectangle((left + 14, top + 14, left + 14 + (right - left) // 9, bottom - 14), radius // 2, fill=_shade(colour, 22))


def _cup(draw: Draw, c: Colour) -> None:
    _body(draw, (370, 210, 590, 600), c, 36)
    draw.rounded_rectangle((362, 150, 598, 226), 22, fill=_shade(c, -60))
    draw.rounded_rectangle((440, 118, 520, 160), 14, fill=_shade(c, -76))


def _mug(draw: Draw, c: Colour) -> None:
    draw.ellipse((560, 300, 730, 510), outline=_shade(c, -18), width=34)
    _body(draw, (320, 240, 640, 590), c, 40)
    draw.ellipse((320, 205, 640, 285), fill=_shade(c, -40))


def _kettle(draw: Draw, c: Colour) -> None:
    draw.arc((300, 90, 660, 440), 180, 360, fill=_shade(c, -70), width=30)
    draw.polygon(((620, 330), (760, 270), (770, 305), (640, 430)), fill=_shade(c, -20))
    _body(draw, (320, 260, 650, 600), c, 80)
    draw.ellipse((430, 220, 540, 280), fill=_shade(c, -60))


def _fryer(draw: Draw, c: Colour) -> None:
    _body(draw, (270, 150, 690, 600), c, 90)
    draw.rounded_rectangle((330, 330, 630, 520), 26, fill=(38, 40, 44))
    draw.rounded_rectangle((400, 545, 560, 575), 12, fill=_shade(c, -80))
    draw.ellipse((445, 200, 515, 270), fill=_shade(c, -90))


def _pot(draw: Draw, c: Colour) -> None:
    for x in (180, 700):
        draw.rounded_rectangle((x, 370, x + 90, 410), 20, fill=_shade(c, -45))
    _body(draw, (240, 320, 730, 600), c, 60)
    draw.pieslice((240, 210, 730, 450), 180, 360, fill=_shade(c, -14))
    draw.ellipse((455, 180, 515, 240), fill=(70, 66, 62))


def _sheet(draw: Draw, c: Colour) -> None:
    for n in range(4):
        top = 280 + n * 78
        draw.rounded_rectangle((230 - n * 8, top, 730 + n * 8, top + 74), 30, fill=_shade(c, 8 - n * 12))
        draw.line((250, top + 50, 700, top + 44), fill=_shade(c, -26 - n * 8), width=4)
    draw.rounded_rectangle((400, 250, 560, 610), 8, outline=_shade(c, -70), width=8)


def _lamp(draw: Draw, c: Colour) -> None:
    draw.rounded_rectangle((330, 570, 640, 612), 20, fill=_shade(c, -40))
    draw.line((485, 575, 485, 330), fill=_shade(c, -55), width=26)
    draw.line((485, 335, 610, 215), fill=_shade(c, -55), width=24)
    draw.polygon(((520, 180), (690, 130), (760, 300), (590, 320)), fill=c)


def _box(draw: Draw, c: Colour) -> None:
    draw.polygon(((250, 300), (600, 260), (720, 330), (380, 390)), fill=_shade(c, 16))
    draw.polygon(((250, 300), (380, 390), (380, 620), (250, 520)), fill=_shade(c, -18))
    draw.polygon(((380, 390), (720, 330), (720, 550), (380, 620)), fill=_shade(c, -36))


def _rack(draw: Draw, c: Colour) -> None:
    draw.line((480, 110, 480, 610), fill=c, width=26)
    for x in (330, 630):
        draw.line((480, 560, x, 640), fill=_shade(c, -24), width=22)
        draw.line((480, 240, x, 150), fill=_shade(c, -10), width=18)


def _shoe(draw: Draw, c: Colour) -> None:
    draw.polygon(((210, 560), (230, 360), (400, 330), (520, 440), (720, 480), (770, 560)), fill=c)
    draw.rounded_rectangle((200, 545, 780, 610), 30, fill=_shade(c, 34))
    for n in range(4):
        draw.line((400 + n * 40, 360 + n * 26, 460 + n * 40, 340 + n * 26), fill=_shade(c, 50), width=9)


def _humidifier(draw: Draw, c: Colour) -> None:
    _body(draw, (340, 280, 620, 610), c, 110)
    for n in range(3):
        draw.ellipse((420 + n * 30, 100 + n * 50, 520 + n * 30, 190 + n * 50), fill=(236, 238, 240))


def _board(draw: Draw, c: Colour) -> None:
    draw.rounded_rectangle((200, 240, 780, 600), 46, fill=c)
    for n in range(7):
        draw.arc((230, 110 + n * 44, 750, 330 + n * 44), 30, 150, fill=_shade(c, -16), width=4)
    draw.ellipse((690, 280, 740, 330), fill=_shade(c, -70))


def _candle(draw: Draw, c: Colour) -> None:
    for x in (260, 420, 580):
        _body(draw, (x, 360, x + 130, 590), c, 18)
        draw.line((x + 65, 362, x + 65, 330), fill=(60, 54, 48), width=6)


def _headset(draw: Draw, c: Colour) -> None:
    draw.arc((280, 130, 680, 560), 180, 360, fill=c, width=40)
    for x in (250, 610):
        draw.rounded_rectangle((x, 320, x + 100, 540), 46, fill=_shade(c, -22))


def _shirt(draw: Draw, c: Colour) -> None:
    draw.polygon(((340, 180), (430, 160), (480, 200), (530, 160), (620, 180), (770, 320), (690, 390), (640, 340), (640, 620), (320, 620), (320, 340), (270, 390), (190, 320)), fill=c)
    draw.line((480, 210, 480, 610), fill=_shade(c, -16), width=4)


def _bag(draw: Draw, c: Colour) -> None:
    draw.arc((390, 90, 570, 290), 180, 360, fill=_shade(c, -40), width=24)
    _body(draw, (290, 190, 670, 620), c, 100)
    draw.rounded_rectangle((340, 420, 620, 590), 34, outline=_shade(c, -50), width=10)


def _well(draw: Draw, c: Colour, chance: random.Random) -> None:
    draw.rounded_rectangle((60, 600, 200, 690), 10, fill=(250, 248, 240))


def _leak(draw: Draw, c: Colour, chance: random.Random) -> None:
    x = chance.randint(360, 460)
    draw.ellipse((x - 120, 585, x + 330, 668), fill=(150, 168, 184))
    draw.ellipse((x - 70, 600, x + 230, 646), fill=(176, 192, 206))
    for n in range(6):
        draw.ellipse((x + n * 34, 300 + n * 44, x + 14 + n * 34, 326 + n * 44), fill=(196, 212, 226))


def _crack(draw: Draw, c: Colour, chance: random.Random) -> None:
    x, y, angle = float(chance.randint(400, 520)), 240.0, math.pi / 2
    for _ in range(12):
        angle += chance.uniform(-0.7, 0.7)
        to = (x + math.cos(angle) * 34, y + abs(math.sin(angle)) * 34)
        draw.line((x, y, *to), fill=(34, 30, 28), width=6)
        if chance.random() < 0.5:
            draw.line((*to, to[0] + chance.randint(-60, 60), to[1] + chance.randint(10, 50)), fill=(60, 54, 50), width=3)
        x, y = to
    draw.polygon(((610, 560), (660, 590), (630, 630), (590, 610)), fill=_shade(c, -10))


def _stain(draw: Draw, c: Colour, chance: random.Random) -> None:
    for _ in range(9):
        x, y, size = chance.randint(380, 560), chance.randint(360, 520), chance.randint(20, 70)
        draw.ellipse((x, y, x + size, y + size * 2 // 3), fill=(112, 84, 60))


def _dead(draw: Draw, c: Colour, chance: random.Random) -> None:
    draw.line((640, 560, 820, 640, 940, 610), fill=(40, 40, 42), width=14)
    draw.ellipse((452, 430, 508, 486), fill=(36, 34, 34), outline=(190, 60, 50), width=8)


def _short(draw: Draw, c: Colour, chance: random.Random) -> None:
    draw.rounded_rectangle((120, 330, 840, 690), 18, outline=(168, 132, 92), width=26)
    draw.rounded_rectangle((620, 440, 800, 650), 12, fill=(206, 178, 138))


def _wrong(draw: Draw, c: Colour, chance: random.Random) -> None:
    draw.rounded_rectangle((640, 470, 860, 620), 10, fill=(248, 246, 238))
    for n in range(4):
        draw.line((662, 500 + n * 28, 838 - n * 24, 500 + n * 28), fill=(60, 60, 64), width=7)


SHAPES: dict[str, Callable[[Draw, Colour], None]] = {
    "cup": _cup, "mug": _mug, "kettle": _kettle, "fryer": _fryer, "pot": _pot, "sheet": _sheet, "blanket": _sheet, "lamp": _lamp, "box": _box, "rack": _rack,
    "keyboard": _box, "shoe": _shoe, "humidifier": _humidifier, "board": _board, "candle": _candle, "headset": _headset, "shirt": _shirt, "bag": _bag,
}
DAMAGES: dict[str, Callable[[Draw, Colour, random.Random], None]] = {
    "": _well, "leak": _leak, "crack": _crack, "stain": _stain, "dead": _dead, "short": _short, "wrong": _wrong,
}
