#!/usr/bin/env python3
"""Writes the encoder's reference vectors, computed by transformers in float32, one text at a time.

    python3 scripts/goldens/encoder.py MINILM_FOLDER E5_FOLDER        (needs torch, transformers, tokenizers, safetensors)

MINILM_FOLDER is all-MiniLM-L6-v2, E5_FOLDER multilingual-e5-small as `cohort model import` writes it. Writes Tests/Vectors/encoder-minilm.json,
encoder-e5.json and the folders of Tests/Vectors/tiny-bert: models of a few thousand random weights that exercise every form a
folder can take, with what they must give in expected.json.
"""
import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoModel, BertConfig, BertModel, PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors"
torch.set_num_threads(1)

LONG = "Long reviews ramble on about price, service, location and breakfast; 但是价格太贵。 "
TEXTS = [
    "",
    " ",
    "a",
    "Hello, world!",
    "The quick brown fox jumps over the lazy dog.",
    "fashion outfits, luxury bags and designer shoes",
    "machine learning chips and artificial intelligence news",
    "running shoes and outdoor sports equipment",
    "Toy Story (1995): Animation, Children's, Comedy",
    "Star Wars (1977), Empire Strikes Back, The (1980), Return of the Jedi (1983): Action, Adventure, Sci-Fi",
    "I'd give this hotel 3.5/5 - it's OK, but £120 per night (+ 20% VAT) isn't cheap!!!",
    "ÀÉÎÕÜ naïve café façade coöperate Straße Łódź İstanbul",
    "https://example.com/path?utm_source=newsletter&utm_medium=email#top user@example.org",
    "buy now 😀 limited offer 🎉🎉 👩‍👩‍👧‍👦 🇨🇳 ❤️",
    "时尚穿搭 奢侈品",
    "科技产品 人工智能",
    "运动健身 户外装备",
    "这本书的内容很好，孩子非常喜欢，物流也很快。",
    "酒店的位置不错，但是房间太小，隔音也不好，早餐一般。",
    "手机屏幕清晰，电池续航一天没问题，就是有点发热。",
    "用户A在iPhone 15 Pro上购买了3件商品，共¥1,299.00",
    "漢字と仮名が混ざった文、한국어 문장도 함께",
    "Привет, мир! Αθήνα. שלום עולם. مرحبا بالعالم. สวัสดีชาวโลก",
    "fullwidth ＡＢＣ１２３ and ideographic　space",
    "a\u0000b\u0001c\ttab\nnew line\r\nreturn\u200bzero\ufeffwidth",
    "e\u0301 versus é, ﬁ ligature, ½ and ²",
    "supercalifragilisticexpialidocious antidisestablishmentarianism " * 2,
    "word " * 60,
    "优惠券满减活动，" * 20,
    (LONG * 1500)[:100000],
]


def rounded(row):
    return [float("%.7g" % v) for v in row.tolist()]


def reference(folder, prompt, limit):
    """Mean pooling and unit length by hand: what both models' modules.json say."""
    # tokenizer.json as it is: AutoTokenizer would put together what it thinks the model's class needs.
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(pathlib.Path(folder) / "tokenizer.json"))
    model = AutoModel.from_pretrained(folder).eval()
    cases = []
    for text in TEXTS:
        batch = tokenizer(prompt + text, truncation=True, max_length=limit, return_tensors="pt", return_token_type_ids=False)
        with torch.no_grad():
            vector = model(**batch).last_hidden_state[0].mean(0)
        case = {"text": text} if len(text) < 1000 else {"repeat": LONG, "characters": len(text)}
        cases.append({**case, "ids": batch["input_ids"][0].tolist(), "vector": rounded(vector / vector.norm())})
    return {"model": pathlib.Path(folder).name, "prompt": prompt, "max_length": limit, "cases": cases}


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace('},{"', '},\n{"') + "\n", encoding="utf-8")


TINY_TEXTS = ["", "book", "a book the hotel phone", "hotel hotel phones, good!", "unknownword 书 酒 店 a", "a " * 60]


def tiny_tokenizer():
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("abcdefghijklmnopqrstuvwxyz") + ["##" + c for c in "abdeginorstuy"]
    words += [",", "!", ".", "书", "酒", "店", "the", "book", "hotel", "phone", "##s", "good", "user", "##ing", "price"]
    words = list(dict.fromkeys(words))
    tokenizer = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer, len(words)


def pooled(hidden, how):
    n = hidden.shape[0]
    weights = torch.arange(1, n + 1, dtype=torch.float32)[:, None]
    return {
        "cls": lambda: hidden[0], "max": lambda: hidden.max(0).values, "mean": lambda: hidden.mean(0),
        "mean_sqrt": lambda: hidden.sum(0) / n**0.5, "weighted": lambda: (hidden * weights).sum(0) / weights.sum(),
        "last": lambda: hidden[-1],
    }[how]()


def tiny():
    root = VECTORS / "tiny-bert"
    shutil.rmtree(root, ignore_errors=True)
    tokenizer, vocabulary = tiny_tokenizer()
    # Odd sizes, so that no product is a multiple of any tile; weights large enough that attention is far from uniform.
    sizes = dict(vocab_size=vocabulary, hidden_size=30, num_hidden_layers=2, num_attention_heads=3, intermediate_size=50,
                 initializer_range=0.4)
    expected = []

    def folder(name, model, activation="gelu", dtype=torch.float32, prefix="", shards=1, pooling=("mean",), dense=None, normalize=False,
               positions=None, extra=()):
        place = root / name
        (place / "1_Pooling").mkdir(parents=True)
        weights = {k: v.to(dtype) for k, v in model.state_dict().items() if "pooler" not in k}
        weights = {prefix + k: v.contiguous() for k, v in weights.items()}
        for k, v in extra:
            weights[prefix + k] = v
        if shards == 1:
            save_file(weights, place / "model.safetensors", metadata={"format": "pt"})
        else:
            names, table = sorted(weights), {}
            for i in range(shards):
                part = f"model-{i + 1:05}-of-{shards:05}.safetensors"
                save_file({k: weights[k] for k in names[i::shards]}, place / part, metadata={"format": "pt"})
                table.update({k: part for k in names[i::shards]})
            write(place / "model.safetensors.index.json", {"metadata": {}, "weight_map": dict(sorted(table.items()))})
        config = model.config.to_dict()
        keep = ["model_type", "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act",
                "layer_norm_eps", "max_position_embeddings", "type_vocab_size", "pad_token_id"]
        write(place / "config.json", {k: config[k] for k in keep})
        tokenizer.save(str(place / "tokenizer.json"))
        modules = [("", "Transformer"), ("1_Pooling", "Pooling")]
        flags = {"cls": "cls_token", "mean": "mean_tokens", "max": "max_tokens", "mean_sqrt": "mean_sqrt_len_tokens",
                 "weighted": "weightedmean_tokens", "last": "lasttoken"}
        write(place / "1_Pooling" / "config.json", {
            "word_embedding_dimension": 30, **{"pooling_mode_" + v: k in pooling for k, v in flags.items()}})
        if dense is not None:
            modules.append(("2_Dense", "Dense"))
            (place / "2_Dense").mkdir()
            save_file({"linear.weight": dense.weight.data, "linear.bias": dense.bias.data}, place / "2_Dense" / "model.safetensors")
            write(place / "2_Dense" / "config.json", {
                "in_features": dense.in_features, "out_features": dense.out_features, "bias": True,
                "activation_function": "torch.nn.modules.activation.Tanh"})
        if normalize:
            modules.append((f"{len(modules)}_Normalize", "Normalize"))
        write(place / "modules.json", [
            {"idx": i, "name": str(i), "path": p, "type": "sentence_transformers.models." + t} for i, (p, t) in enumerate(modules)])
        write(place / "sentence_bert_config.json", {"max_seq_length": 24, "do_lower_case": False})
        write(place / "config_sentence_transformers.json", {"prompts": {"query": "the book "}, "default_prompt_name": None})
        # What the file holds is what counts: narrow types round the weights.
        model.load_state_dict({k: v.to(dtype).float() for k, v in model.state_dict().items()})
        fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer)
        cases = []
        for text in TINY_TEXTS:
            ids = fast(text, truncation=True, max_length=24)["input_ids"]
            with torch.no_grad():
                hidden = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
                each = {how: pooled(hidden, how) for how in flags}
                vector = torch.cat([each[how] for how in flags if how in pooling])
                if dense is not None:
                    vector = torch.tanh(dense(vector))
                if normalize:
                    vector = vector / vector.norm()
            case = {"text": text, "ids": ids, "vector": rounded(vector)}
            if name == "base":
                case["pooled"] = {how: rounded(v) for how, v in each.items()}
            cases.append(case)
        expected.append({"folder": name, "cases": cases})

    def bert(seed, **more):
        torch.manual_seed(seed)
        model = BertModel(BertConfig(**{**sizes, "max_position_embeddings": 32, **more}), add_pooling_layer=False).eval()
        for p in model.parameters():
            if p.dim() == 1:
                p.data += 0.1 * torch.randn_like(p)
        return model

    def roberta(seed):
        torch.manual_seed(seed)
        config = XLMRobertaConfig(**sizes, max_position_embeddings=34, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5)
        return XLMRobertaModel(config, add_pooling_layer=False).eval()

    folder("base", bert(1))
    folder("half", bert(2), dtype=torch.float16, prefix="bert.", pooling=("cls",), normalize=True)
    folder("brain", bert(3, hidden_act="gelu_new"), dtype=torch.bfloat16, prefix="0.auto_model.", pooling=("max",))
    torch.manual_seed(5)
    folder("dense", bert(4, hidden_act="relu", type_vocab_size=1), pooling=("cls", "mean"), dense=torch.nn.Linear(60, 20), normalize=True,
           extra=[("embeddings.position_ids", torch.arange(32)[None])])
    folder("roberta", roberta(6), prefix="roberta.", shards=3, normalize=True)
    write(root / "expected.json", expected)


if __name__ == "__main__":
    tiny()
    if len(sys.argv) > 2:
        write(VECTORS / "encoder-minilm.json", reference(sys.argv[1], "", 256))
        write(VECTORS / "encoder-e5.json", reference(sys.argv[2], "query: ", 512))
