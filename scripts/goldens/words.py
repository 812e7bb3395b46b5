"""Writes Tests/Vectors/words.txt, a small dictionary of ours, and Tests/Vectors/words.json: what jieba makes of sentences with that
dictionary (without its model for unknown words), and weights of class-based TF-IDF computed by its formula.

Needs jieba. Run from the repository's root: python3 scripts/goldens/words.py
"""

import collections
import json
import math
import pathlib
import random

import jieba

WORDS = """
研究 3000 v|研究生 900 n|生命 1200 n|命 400 n|起源 300 n|的 90000 uj|南京 2100 ns|南京市 300 ns|市长 800 n|长江 1500 ns|长江大桥 60 ns|大桥 500 n
江 700 n|桥 650 n|江大桥 2 nr|京 90 j|我 50000 r|爱 5000 v|北京 8000 ns|天安门 240 ns|我爱 20 l|手机 4800 n|机 900 n|手 6000 n|屏幕 1100 n|屏 200 n|很 20000 d
清晰 700 a|清 600 a|质量 8000 n|不错 5300 a|不 60000 d|错 2000 v|好 9000 a|好看 500 v|看 11000 v|书 19000 n|看书 300 v|买书 4 n|买 10500 v|一 30000 m|一本 60 m
本书 40 r|本 8000 r|酒店 2500 n|酒 2000 n|店 1800 n|房间 5700 n|房 700 n|间 1900 f|干净 1200 a|净 300 a|洗发 40 vn|洗发水 28 nz|发 3000 v|水 9000 n|水果 1500 n
果 400 n|新鲜 900 a|热水 300 n|热水器 68 n|器 600 n|安装 900 v|衣服 5000 n|T恤 4 n|电脑 3400 n|电 1700 n|脑 500 n|送货 90 v|货 800 n|上门 200 v|门 3000 n
"""

entries = [entry for line in WORDS.split("\n") for entry in line.split("|") if entry]
dictionary = pathlib.Path("Tests/Vectors/words.txt")
dictionary.write_text("\n".join(entries) + "\n")

sentences = [
    "研究生命的起源", "研究生命起源的研究生", "南京市长江大桥", "我爱北京天安门", "手机屏幕很清晰，质量不错！", "买一本书看看，好看。",
    "酒店房间干净", "洗发水洗发", "热水器安装，送货上门", "这件T恤的质量不错", "电脑不错，水果新鲜", "我买书", "江大桥",
]
rng = random.Random(5)
characters = sorted({c for entry in entries for c in entry.split()[0] if c > "z"})
words = [entry.split()[0] for entry in entries if entry[0] > "z"]
for _ in range(60):
    sentences.append("".join(rng.choice(words if rng.random() < 0.5 else characters) for _ in range(rng.randint(1, 25))))

jieba.setLogLevel(60)
tokenizer = jieba.Tokenizer(dictionary=str(dictionary.resolve()))
split = [
    {"text": text, "words": [w.lower() for w in tokenizer.cut(text, HMM=False) if w[0].isalnum()]} for text in sentences
]

GROUPS = [
    ["red apple green apple", "apple pie recipe"],
    ["fast phone", "phone screen green screen", "phone battery"],
    ["hotel room", "clean hotel near lake", "green lake"],
]
counts = [collections.Counter(w for text in texts for w in text.split() if w != "near") for texts in GROUPS]
total = sum(counts, collections.Counter())
mean = sum(total.values()) / len(counts)
weights = [
    {w: n / sum(group.values()) * math.log(1 + mean / total[w]) for w, n in group.items()} for group in counts
]

pathlib.Path("Tests/Vectors/words.json").write_text(
    json.dumps({"split": split, "groups": GROUPS, "weights": weights}, ensure_ascii=False, indent=1) + "\n"
)
