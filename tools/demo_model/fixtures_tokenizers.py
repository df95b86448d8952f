"""Writes two tiny SentencePiece tokenizers as the Hub has them, and what the Python library says of them: tests/fixtures/sentencepiece.

`prepending` writes a space before each text, as those of Llama 2 and Mistral do; `runs` has runs of spaces as added tokens, as
those of Gemma do. Both put a token before a whole text that their chat templates write, too. They have no more ids than the
tiny Llama's graph has logits. Run from the repository root with the packages of requirements.txt:

    python tools/demo_model/fixtures_tokenizers.py
"""
import json
from pathlib import Path

from transformers import PreTrainedTokenizerFast

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "sentencepiece"
SPECIAL = ["<unk>", "<s>", "</s>"]
MERGES = [("▁", "w"), ("o", "r"), ("l", "d"), ("or", "ld"), ("▁w", "orld"), ("w", "orld"), ("▁", "a"), ("▁", "▁"), ("▁▁", "▁▁")]
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
MESSAGES = [{"role": "user", "content": "a world"}]
TEXTS = ["world", " world", "    world", "a\n    world", "é日🦕", "", "<s>world", "<s>", "<s><s>world"]
# A text up to a line's end, and what goes on after it: their ids together are those of the whole text.
LINE = "a world\n"
CONTINUATIONS = ["world", " world", "  world", "\nworld", "é", "日 a", "orld", " "]


def vocabulary():
    names = SPECIAL + [f"<0x{byte:02X}>" for byte in range(256)]
    names += list("▁world\na[]use:tin") + ["".join(pair) for pair in MERGES]
    return {name: index for index, name in enumerate(dict.fromkeys(names))}


def tokenizer(prepends: bool):
    vocab = vocabulary()
    added = [(name, True) for name in SPECIAL] + ([] if prepends else [(name, False) for name in ("\n", "▁▁", "▁▁▁▁")])
    spaces = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    back = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
    strip = [{"type": "Strip", "content": " ", "start": 1, "stop": 0}] if prepends else []
    first = [{"type": "Prepend", "prepend": "▁"}] if prepends else []
    split = {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": vocab[name], "content": name, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
             "special": special} for name, special in added
        ],
        "normalizer": {"type": "Sequence", "normalizers": [*first, spaces]},
        "pre_tokenizer": None if prepends else split,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}},
        },
        "decoder": {"type": "Sequence", "decoders": [back, {"type": "ByteFallback"}, {"type": "Fuse"}, *strip]},
        "model": {
            "type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": True, "byte_fallback": True, "ignore_merges": False, "vocab": vocab, "merges": [list(pair) for pair in MERGES],
        },
    }


def write(name: str, prepends: bool) -> None:
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 256, "bos_token": "<s>", "eos_token": "</s>",
        "unk_token": "<unk>", "clean_up_tokenization_spaces": False, "chat_template": TEMPLATE,
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer(prepends), ensure_ascii=False) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False) + "\n")
    loaded = PreTrainedTokenizerFast.from_pretrained(folder)
    whole = loaded.encode(LINE)
    golden = {
        "texts": [{"text": text, "ids": loaded.encode(text), "bare": loaded.encode(text, add_special_tokens=False)}
                  for text in TEXTS],
        "line": {"text": LINE, "ids": whole},
        "continuations": [{"text": text, "ids": after(whole, loaded.encode(LINE + text))} for text in CONTINUATIONS],
        "chat": {
            "messages": MESSAGES,
            "text": loaded.apply_chat_template(MESSAGES, tokenize=False, add_generation_prompt=True),
            "ids": loaded.apply_chat_template(MESSAGES, add_generation_prompt=True)["input_ids"],
        },
        # Between two letters, as the first token of a text loses the space before it.
        "shown": [{"id": index, "text": loaded.decode([letter, index, letter])[1:-1]} for letter in [loaded.get_vocab()["o"]]
                  for index in range(len(SPECIAL) + 256, len(loaded))],
    }
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


def after(start: list[int], whole: list[int]) -> list[int]:
    assert whole[: len(start)] == start
    return whole[len(start):]


if __name__ == "__main__":
    write("prepending", True)
    write("runs", False)
