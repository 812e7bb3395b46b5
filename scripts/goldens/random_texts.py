"""Random texts that look for trouble in tokenizers: all planes, marks, Hangul, emoji sequences, controls, blanks, special tokens."""
import random

WORDS = ("the Café naïve WiFi re-open don't 50% $3.99 résumé ÅNGSTRÖM straße İstanbul ΟΔΥΣΣΕΥΣ Привет мир 時尚 穿搭 科技产品 人工智能 运动健身 東京タワー "
         "カタカナ ﾊﾝｶｸ 한국어 각 각 हिन्दी क्षत्रिय தமிழ் ไทย ಕನ್ನಡ العربية עברית ﷺ ﬁne ½ ① Ⅷ ㍿ ㎏ ｆｕｌｌ ẛ̣ ǆ ỗ unbelievable "
         "internationalization 2024-01-31 user@example.com https://a.b/c?d=e#f C:\\x\\y <b>x</b> &nbsp; `code` ~~~ ... !!! ???").split(" ")
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇨🇳", "🇨🇳🇺🇸🇫", "1️⃣", "❤️", "☺", "🧑🏿‍💻", "‍🔥", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "©️", "〰️"]
SPECIAL = ["[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "<s>", "</s>", "<mask>", "<unk>", "<pad>", " <mask>", "\u3000<mask> ", "[cls]", "＜s＞", "<s", "##ing",
           "\u2581", "\u2581\u2581a", "<mask><mask>", "[MASK][MASK]"]
BLANKS = [" ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\u00a0", "\u3000", "\u2028", "\u200b", "\u200d", "\ufeff", "\u0085", "\u1680", "\u205f", "\u180e"]
MARKS = [0x300, 0x301, 0x302, 0x303, 0x308, 0x323, 0x327, 0x328, 0x334, 0x338, 0x345, 0x34F, 0x5B0, 0x64B, 0x654, 0x93C, 0x94D, 0x9CD, 0xE31, 0x302A,
         0x3099, 0x309A, 0x1AB0, 0x1AC1, 0x20D0, 0xFE0F, 0xFE20, 0x1D165, 0x1D16E, 0x1E8D0, 0x8CA, 0x1DF6, 0x0F71, 0x0F73, 0x0F81, 0x0FB2, 0x344, 0x340, 0xD3B]
INDIC = [0x915, 0x937, 0x94D, 0x200D, 0x200C, 0x930, 0x93F, 0x9B0, 0x9CD, 0x9AF, 0xA95, 0xACD, 0xD15, 0xD4D, 0xC15, 0xC4D, 0x1B0B, 0x1B44, 0x1000, 0x1039, 0x600,
         0x110BD, 0x1193F, 0x1780, 0x17D2]
JAMO = list(range(0x1100, 0x1113)) + list(range(0x1161, 0x1176)) + list(range(0x11A7, 0x11C3)) + [0xAC00, 0xAC01, 0xD7A3, 0xA960, 0xD7B0, 0xD7CB, 0x115F]
BLOCKS = [(0, 0x80), (0x80, 0x250), (0x250, 0x600), (0x600, 0x900), (0x900, 0x1100), (0x1100, 0x2000), (0x2000, 0x2C00), (0x2C00, 0x3400), (0x3400, 0x4DC0),
          (0x4E00, 0xA000), (0xA000, 0xAC00), (0xAC00, 0xD7B0), (0xD7B0, 0xD800), (0xE000, 0xF900), (0xF900, 0x10000), (0x10000, 0x11000), (0x11000, 0x12000),
          (0x12000, 0x1B000), (0x1B000, 0x1D000), (0x1D000, 0x1F000), (0x1F000, 0x20000), (0x20000, 0x30000), (0x30000, 0x32000), (0xE0000, 0xE0200), (0xF0000, 0x110000)]


def point(r):
    low, high = r.choice(BLOCKS)
    return chr(r.randrange(low, high))


def item(r):
    kind = r.randrange(14)
    if kind < 3:
        return r.choice(WORDS)
    if kind == 3:
        return r.choice(EMOJI)
    if kind == 4:
        return r.choice(SPECIAL)
    if kind == 5:
        return r.choice(BLANKS)
    if kind == 6:
        return r.choice("aeiouAEOcnx가각क") + "".join(chr(r.choice(MARKS)) for _ in range(r.randrange(1, 5)))
    if kind == 7:
        return "".join(chr(r.choice(INDIC)) for _ in range(r.randrange(1, 7)))
    if kind == 8:
        return "".join(chr(r.choice(JAMO)) for _ in range(r.randrange(1, 6)))
    if kind == 9:
        return chr(r.randrange(0x20)) + r.choice(["", "a", "\u0301"])
    if kind == 10:
        return "".join(r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(r.randrange(1, 12)))
    if kind == 11:
        return "".join(chr(r.randrange(0x4E00, 0x9FA6)) for _ in range(r.randrange(1, 5)))
    if kind == 12 and r.random() < 0.02:
        return r.choice(["a", "가", "é", "😀"]) * r.randrange(95, 106)
    return point(r)


def text(r):
    count = r.choice([0, 1, 1, 2, 3, 4, 6, 10, 20])
    glue = r.choice(["", "", " "])
    return glue.join(item(r) for _ in range(count))


def texts(seed, count):
    r = random.Random(seed)
    return [text(r) for _ in range(count)]
