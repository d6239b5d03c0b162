"""Cut Noto Sans SC into two static weights that reportlab can embed, once per checkout.

The wheel justmytype-intl-cjk holds the variable font (OFL-1.1). All glyphs are kept, for names; layout tables are not,
because nothing here shapes text. The font is thinned to what is cut before it is instanced, which halves the time.
"""

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FOLDER = Path(__file__).resolve().parent.parent / "build" / "fonts"
WEIGHTS = {"NotoSansSC-Regular.ttf": 400, "NotoSansSC-Bold.ttf": 700}
LICENCE = "OFL.txt"
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "HVAR", "STAT", "prep", "gasp")


def _source() -> Path:
    return Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl" / "notosanssc"


def cut(name: str, weight: int) -> None:
    """Write the static font of ``weight`` as ``name``, whole or not at all."""
    font = TTFont(_source() / "NotoSansSC[wght].ttf", lazy=True)
    for tag in _UNUSED_TABLES:
        if tag in font:
            del font[tag]
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, optimize=False, overlap=0)
    family, style = "Noto Sans SC", name.removesuffix(".ttf").rpartition("-")[2]
    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"NotoSansSC-{style}", 16: family, 17: style}
    for name_id, text in names.items():
        # Two fonts of one name in one file are one font to some readers.
        font["name"].setName(text, name_id, 3, 1, 0x409)
    # A moving timestamp would make every cut a different file.
    font.recalcTimestamp = False
    draft = FOLDER / f".{name}.{os.getpid()}"
    font.save(draft)
    draft.replace(FOLDER / name)


def main() -> int:
    """Prepare what is missing; return 0."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    missing = {name: weight for name, weight in WEIGHTS.items() if not (FOLDER / name).exists()}
    if missing:
        print("正在准备字体（约 30 秒，仅一次） Preparing the fonts (about 30 s, only once) ...", flush=True)
        began = time.monotonic()
        with ProcessPoolExecutor(max_workers=len(missing)) as pool:
            list(pool.map(cut, missing, missing.values()))
        print(f"字体已就绪 Fonts ready: {time.monotonic() - began:.0f} s")
    # Last, because make takes it as the sign that all is done.
    (FOLDER / LICENCE).write_bytes((_source() / LICENCE).read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
