"""Make the shipped font subset: GB2312, ASCII, punctuation and the rare signs names use, from Noto Serif CJK SC.

python scripts/make_font_subset.py /usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc
"""

import sys
from pathlib import Path

from fontTools import subset

OUT = Path(__file__).resolve().parent.parent / "casework" / "fonts" / "NotoSerifSC-subset.otf"
EXTRA = (
    "〔〕【】《》“”‘’—…·、。，；：？！（）％￥№℃①②③④⑤⑥⑦⑧⑨⑩喆堃昇玥"
    "珺翀赟頔彧偲祎晟曌犇淼焱垚羴骉㙓䶮鎏镕钘珣珮玭瑀瑄瑆瑢璟璠瓛"
)


def characters() -> set[str]:
    """Every character of GB2312, ASCII, and the extra signs."""
    found = {chr(code) for code in range(0x20, 0x7F)} | set(EXTRA)
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def main() -> None:
    """Write the subset."""
    options = subset.Options()
    options.font_number = 2
    options.layout_features = ["kern", "locl", "vert"]
    options.name_IDs = ["*"]
    options.desubroutinize = True
    font = subset.load_font(sys.argv[1], options)
    print(font["name"].getDebugName(4))
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(characters())))
    subsetter.subset(font)
    subset.save_font(font, str(OUT), options)
    print(OUT, OUT.stat().st_size)


main()
