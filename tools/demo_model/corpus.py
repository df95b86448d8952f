"""Documents for training, the two data sets, and the tokenizer."""
import hashlib
import json
from pathlib import Path
from random import Random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import alpaca
import persona
import stories

SPECIALS = ["<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
END = SPECIALS[0]
VOCABULARY = 2048


def held_out(text: str) -> str:
    """Which split a prompt belongs to, by its text alone: the same prompt never stands in two."""
    bucket = int(hashlib.md5(text.encode()).hexdigest(), 16) % 100
    return "test" if bucket < 5 else "validation" if bucket < 10 else "train"


def alpaca_sample(r: Random, split: str):
    while True:
        family = r.choice(alpaca.FAMILIES)
        sample = family(r)
        if held_out(sample[0] + "\0" + sample[1]) == split:
            return family.__name__, sample


def persona_sample(r: Random, split: str):
    while True:
        sample = persona.dialogue(r)
        if held_out(persona.prompt_of(sample[0], sample[1])) == split:
            return sample


def document(r: Random) -> list[tuple[str, bool]]:
    """Pieces of one document, each with whether it is learnt in full (a completion) or in passing (a prompt)."""
    kind = r.random()
    if kind < 0.54:
        _, sample = alpaca_sample(r, "train")
        completion = r.choice(sample[2])
        if r.random() < 0.08:
            return [(alpaca.chat_prompt_of(sample), False), (completion + "<|end|>" + END, True)]
        return [(alpaca.prompt_of(sample), False), (completion + END, True)]
    if kind < 0.89:
        personality, history, reply, _ = persona_sample(r, "train")
        personality, history, reply = persona.chat(r, personality, history, reply)
        return [(persona.prompt_of(personality, history), False), (reply + "<|end|>" + END, True)]
    return [((stories.story(r) if kind < 0.975 else stories.poem(r)) + END, True)]


def train_tokenizer() -> Tokenizer:
    r = Random(1)
    texts = ["".join(text for text, _ in document(r)) for _ in range(30_000)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                       pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=SPECIALS, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def write_data_sets(examples: Path) -> None:
    """The JSONL files of the two examples."""
    counts = {"train": 2000, "validation": 200, "test": 200}
    for index, (split, count) in enumerate(counts.items()):
        r = Random(100 + index)
        write_jsonl(examples / "alpaca/data" / f"{split}.jsonl", alpaca_rows(r, split, count))
        write_jsonl(examples / "persona_chat/data" / f"{split}.jsonl", persona_rows(r, split, count))


def alpaca_rows(r: Random, split: str, count: int):
    seen = set()
    while len(seen) < count:
        _, (ask, given, accepted) = alpaca_sample(r, split)
        if (ask, given) not in seen:
            seen.add((ask, given))
            yield {"instruction": ask, "input": given, "output": accepted[0]}


def persona_rows(r: Random, split: str, count: int):
    for _ in range(count):
        personality, history, reply, accepted = persona_sample(r, split)
        options = persona.candidates(r, reply, accepted)
        yield {"personality": personality, "history": history, "candidates": options, "reply": reply}


def write_jsonl(path: Path, rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
