"""Documents for training, the two data sets, and the tokenizer."""
import hashlib
import json
from pathlib import Path
from random import Random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import alpaca
import persona
import stories
import world
from checks import check_row

SPECIALS = ["<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
END = SPECIALS[0]
VOCABULARY = 2560


FAMILY_WEIGHTS = [alpaca.WEIGHTS.get(family.__name__, 1.0) for family in alpaca.FAMILIES]


def held_out(text: str) -> str:
    """Which split a prompt belongs to, by its text alone: the same prompt never stands in two."""
    bucket = int(hashlib.md5(text.encode()).hexdigest(), 16) % 100
    return "test" if bucket < 5 else "validation" if bucket < 10 else "train"


def alpaca_sample(r: Random, split: str):
    while True:
        family = r.choices(alpaca.FAMILIES, FAMILY_WEIGHTS)[0]
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
    # The words of the world are single tokens: a fact is then told in one step.
    texts += [f" {word}" for word in lexicon() for _ in range(150)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                       pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=SPECIALS, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def lexicon() -> list[str]:
    """The words whose choice is what an answer is about."""
    tables = [world.NAMES, world.PLACES, world.THINGS, world.COLOURS, world.NUMBER_WORDS.values(), world.ADJECTIVES,
              world.SPANISH.values(), world.PLURALS.values(), world.PRAISE, world.BLAME, persona.CITIES, persona.SPORTS]
    words = [*world.ANIMALS, *world.COUNTRIES, *world.JOBS, *world.GROUPS, *(w for table in tables for w in table)]
    words += [w for row in world.COUNTRIES.values() for w in row] + [w for group in world.GROUPS.values() for w in group]
    words += [w for pair in world.OPPOSITES for w in pair] + [w for row in world.ANIMALS.values() for w in row[2:6]]
    words += [w for third, past, doing, _ in world.VERBS.values() for w in (third, past, doing)]
    return sorted(set(words))


def write_data_sets(examples: Path) -> None:
    """The JSONL files of the two examples; no prompt stands in two splits."""
    counts = {"train": 2000, "validation": 200, "test": 200}
    for index, (split, count) in enumerate(counts.items()):
        r = Random(100 + index)
        write_jsonl(examples / "alpaca/data" / f"{split}.jsonl", "alpaca", alpaca_rows(r, split, count))
        write_jsonl(examples / "persona_chat/data" / f"{split}.jsonl", "persona_chat", persona_rows(r, split, count))


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


def write_jsonl(path: Path, name: str, rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    checked = (check_row(name, row, f"{path.name}, line {line}") for line, row in enumerate(rows, 1))
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in checked), encoding="utf-8")
