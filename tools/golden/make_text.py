"""Writes small CLIP text models, CLIP's merges, and what transformers makes of texts by them.

    python make_text.py NEW_FOLDER bpe_simple_vocab_16e6.txt.gz WORDS_FOLDER
    python make_text.py --captions captions.json bpe_simple_vocab_16e6.txt.gz OUTPUT.json

The second argument is the vocabulary of the repository openai/CLIP, WORDS_FOLDER what Journey's
TextEncoder.random(...).writeTo(folder) wrote (TextEncoderTest says with which words); it is copied.
With --captions, the ids of captions of a COCO file of captions, for a check that is not stored.

Versions: requirements-text.txt; one CPU thread, fixed seeds. README-text.md beside this file
describes the contents.
"""

import gzip
import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

START, END = "<|startoftext|>", "<|endoftext|>"
MERGES = 49152 - 256 - 2  # CLIP takes so many of the file's

CASES = [
    "",
    " ",
    "a photo of a cat",
    "A Photo Of A CAT",
    "  two \t blanks\n and\r\nlines ",
    "a cat!",
    "hey!!! you?!",
    "!",
    "a ! b",
    "it's, they're, we've, I'm, you'll, he'd, don't, 'quoted'",
    "rock'n'roll 's 't",
    "It’s a ‘curly’ “quote” – dash — dash… ellipsis",
    "1234 5,678.90 2nd 3½ ² ⅷ ٣ ৪ 一二三",
    "naïve café Café Ångström Ω Å",
    "İstanbul IĞDIR ıi ẞtraße ß ſ",
    "ΟΔΟΣ ΣΊΣΥΦΟΣ σς",
    "Привет, МИР! Ёлка й",
    "漢字かなカナ ﾊﾝｶｸ ㍍ ＡＢＣ",
    "한글 한글",
    "नमस्ते दुनिया क्षि",
    "שָׁלוֹם مرحبا",
    "ไทย ភាសា",
    "🐱🐶 👩‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️ ☃",
    "emoji🐱inside",
    "zero\u200bwidth\u200djoin\u00a0nbsp\u2003em\u3000ideographic\u0085nel\u1680ogham",
    "control\u0000\u0001\u001b\u001c\u001f\u007f\u0080chars",
    "\ufeffbom \u202eright\u202c \ufffd",
    "𝔉𝔯𝔞𝔨 𝟘𝟙 𐐀𐐁 𝒳",
    "a_b-c/d\\e|f@g#h$i%j^k&l*m(n)o[p]q{r}s<t>u=v+w~x`y\"z",
    "snake_case camelCase HTML &amp; <b>bold</b> http://example.com/?q=1",
    "ﬁne ﬂow ﬀ ǆ ǅ Ǆ",
    "a\u0301\u0302\u0323 \u0301alone",
    "ᾳ ᾼ ΐ Ͱ ϴ Ⅷ ⓐ Ⓐ K",
    "supercalifragilisticexpialidocious pneumonoultramicroscopicsilicovolcanoconiosis",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "zzzzxqzxqzx qqqqq",
    "a <|endoftext|> b",
    "a<|endoftext|>b",
    "a<|ENDOFTEXT|>b",
    "<|startoftext|>x<|endoftext|>",
    "!<|endoftext|>!",
    "<|EndOfText|>!<|startoftext|",
    "<|x|> <|>|> </w> a</w>",
    "#version: 0.2",
    "word " * 74,
    "word " * 75,
    "word " * 76,
    "an apple, " * 60,
    "🐱" * 50,
    "A candle and a lizard, glossy",
    "a bus and a cactus, flat",
    "a street sign on a pole in front of a brick wall",
    "Two people riding bicycles past a red-and-white café on a rainy afternoon.",
    "A man wearing a #7 jersey swings a bat at 3:15pm",
]


def symbols():
    """The 256 bytes as characters, in CLIP's order."""
    printable = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    others = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(others))]


def write_vocabulary(folder, merges):
    """vocab.json and merges.txt as the folders of Stable Diffusion have them."""
    order = symbols() + [s + "</w>" for s in symbols()] + ["".join(m.split()) for m in merges]
    order += [START, END]
    ids = {symbol: i for i, symbol in enumerate(order)}
    assert len(ids) == len(order)
    text = json.dumps(ids, ensure_ascii=False)
    (folder / "vocab.json").write_text(text, encoding="utf-8")
    (folder / "merges.txt").write_text(
        "#version: 0.2\n" + "".join(m + "\n" for m in merges), encoding="utf-8"
    )


def write_settings(folder, padding):
    """tokenizer_config.json names another padding than special_tokens_map.json, which counts."""
    folder.mkdir(parents=True)

    def token(content):
        return {
            "content": content,
            "lstrip": False,
            "normalized": True,
            "rstrip": False,
            "single_word": False,
        }

    named = {"bos_token": START, "eos_token": END, "unk_token": END}
    config = {name: {"__type": "AddedToken", **token(t)} for name, t in named.items()}
    config.update(
        add_prefix_space=False,
        do_lower_case=True,
        errors="replace",
        model_max_length=77,
        pad_token=END,
        tokenizer_class="CLIPTokenizer",
    )
    special = {name: token(t) for name, t in named.items()}
    special["pad_token"] = padding
    for name, content in ("tokenizer_config", config), ("special_tokens_map", special):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")


def encode(tokenizer, texts):
    """Per text: the 77 ids, how many are not padding, how many were cut off."""
    found = []
    for text in texts:
        padded = tokenizer(text, padding="max_length", truncation=True)
        whole = tokenizer(text)["input_ids"]
        count = sum(padded["attention_mask"])
        found.append({"ids": padded["input_ids"], "count": count, "cut": len(whole) - count})
    return found


def make_tokenizers(folder, merges):
    text = "".join(m + "\n" for m in merges).encode()
    (folder / "merges.txt.gz").write_bytes(gzip.compress(text, 9, mtime=0))
    results = {"texts": CASES}
    for name, padding in ("sd1", END), ("sd2", "!"):
        write_settings(folder / f"tokenizer-{name}", padding)
        results[name] = encode(opened(folder / f"tokenizer-{name}", merges), CASES)
    # transformers 5 writes tokenizer.json and tokenizer_config.json alone.
    with tempfile.TemporaryDirectory() as place:
        cut = Path(place) / "cut"
        shutil.copytree(folder / "tokenizer-sd2", cut)
        write_vocabulary(cut, merges[:500])
        CLIPTokenizer.from_pretrained(cut).save_pretrained(folder / "tokenizer-json")
    reopened = CLIPTokenizer.from_pretrained(folder / "tokenizer-json")
    results["json"] = encode(reopened, CASES)
    lines = ",\n".join(
        f"{json.dumps(k)}: [\n" + ",\n".join(json.dumps(one) for one in v) + "\n]"
        for k, v in results.items()
    )
    whole = ("{\n" + lines + "\n}\n").encode()
    (folder / "ids.json.gz").write_bytes(gzip.compress(whole, 9, mtime=0))


def opened(settings, merges):
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "tokenizer"
        shutil.copytree(settings, whole)
        write_vocabulary(whole, merges)
        return CLIPTokenizer.from_pretrained(whole)


def random_model(seed, **options):
    torch.manual_seed(seed)
    config = CLIPTextConfig(
        vocab_size=40, max_position_embeddings=9, projection_dim=4, bos_token_id=38, **options
    )
    config.eos_token_id = options["eos_token_id"]
    model = CLIPTextModel(config).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            size = 0.3 if weight.ndim > 1 else 0.1
            centre = 1 if "norm" in name and name.endswith("weight") else 0
            weight.copy_(centre + size * torch.randn(weight.shape, generator=generator))
    return model


IDS = torch.tensor(
    [
        [38, 3, 17, 5, 39, 39, 39, 39, 39],  # padded as Stable Diffusion 1 pads
        [38, 3, 17, 5, 39, 0, 0, 0, 0],  # and 2
        [38, 3, 17, 6, 39, 39, 39, 39, 39],  # one other word
        [38, 1, 2, 3, 4, 5, 6, 7, 39],
    ]
)


def states(model):
    """What transformers computes in float64, and what it would be if one thing were otherwise."""
    model = model.double()
    with torch.no_grad():
        plain = model(IDS, output_hidden_states=True)
        mask = torch.tensor([[1] * 5 + [0] * 4] * 3 + [[1] * 9])
        return {
            "ids": IDS,
            "last_hidden_state": plain.last_hidden_state,
            "without_norm": plain.hidden_states[-1],
            "before_last_layer": plain.hidden_states[-2],
            "with_padding_masked": model(IDS, attention_mask=mask).last_hidden_state,
        }


def write_states(folder, model):
    tensors = {k: v.clone().contiguous() for k, v in states(model).items()}
    save_file(tensors, str(folder / "golden.safetensors"))


def save(folder, model, prefix, config=None):
    """One safetensors file with names as transformers 4 (a prefix) or 5 (none) has them."""
    folder.mkdir(parents=True)
    weights = {prefix + k: v.clone() for k, v in model.state_dict().items()}
    if prefix:
        weights[prefix + "embeddings.position_ids"] = torch.arange(9)[None]
        weights["text_projection.weight"] = torch.zeros(4, model.config.hidden_size)
    save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    content = model.config.to_diff_dict() | {"vocab_size": 40} | (config or {})
    (folder / "config.json").write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")


def make_models(folder):
    small = dict(hidden_size=12, intermediate_size=20, num_attention_heads=3)
    one = random_model(1, num_hidden_layers=2, hidden_act="quick_gelu", eos_token_id=2, **small)
    save(folder / "quick-gelu", one, "text_model.", {"torch_dtype": "float32", "dropout": 0.0})
    write_states(folder / "quick-gelu", one)

    # Stable Diffusion 2 has 23 blocks.
    two = random_model(2, num_hidden_layers=23, hidden_act="gelu", eos_token_id=39, **small)
    save(folder / "gelu-23", two, "", {"eos_token_id": 49407})
    write_states(folder / "gelu-23", two)

    def again(kind):
        model = random_model(1, num_hidden_layers=2, hidden_act="gelu", eos_token_id=39, **small)
        return model.to(kind)

    sharded = again(torch.float32)
    sharded.save_pretrained(folder / "sharded", max_shard_size="4KB")
    write_states(folder / "sharded", sharded)
    half = again(torch.float16)
    half.save_pretrained(folder / "fp16", variant="fp16")
    write_states(folder / "fp16", half)
    brain = again(torch.bfloat16)
    (folder / "bin").mkdir()
    torch.save(
        {"text_model." + k: v for k, v in brain.state_dict().items()},
        folder / "bin" / "pytorch_model.bin",
    )
    shutil.copy(folder / "sharded" / "config.json", folder / "bin" / "config.json")
    write_states(folder / "bin", brain)


def make_words(folder, source):
    """States of captions by the files of Journey's own random text encoder."""
    shutil.copytree(source, folder / "words")
    tokenizer = CLIPTokenizer.from_pretrained(source / "tokenizer")
    model, loaded = CLIPTextModel.from_pretrained(
        source / "text_encoder", output_loading_info=True
    )
    assert not any(loaded.values()), loaded
    texts = ["a cat and a dog, flat", "A dog and a CAT, glossy", "", "an unknown zebra", "cat " * 30]
    ids = tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        state = model.double().eval()(ids).last_hidden_state
    (folder / "words" / "texts.json").write_text(json.dumps({"texts": texts}, indent=2) + "\n")
    save_file({"ids": ids, "last_hidden_state": state}, str(folder / "words/golden.safetensors"))


def clip_merges(file):
    lines = gzip.decompress(Path(file).read_bytes()).decode("utf-8").split("\n")
    return lines[1 : MERGES + 1]


def check_captions(captions, merges, output):
    texts = [a["caption"] for a in json.loads(Path(captions).read_text())["annotations"]]
    results = {"texts": texts}
    for name, padding in ("sd1", END), ("sd2", "!"):
        with tempfile.TemporaryDirectory() as place:
            write_settings(Path(place) / "s", padding)
            results[name] = encode(opened(Path(place) / "s", merges), texts)
    output.write_text(json.dumps(results))
    print(len(texts), "captions")


def main(folder, vocabulary, words):
    folder.mkdir(parents=True)
    torch.set_num_threads(1)
    make_tokenizers(folder, clip_merges(vocabulary))
    make_models(folder)
    make_words(folder, Path(words))
    lines = []
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        lines.append(f"{digest}  {file.relative_to(folder).as_posix()}\n")
    (folder / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    if sys.argv[1] == "--captions":
        check_captions(sys.argv[2], clip_merges(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
