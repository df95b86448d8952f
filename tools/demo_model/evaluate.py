"""Greedy accuracy on prompts that training never saw, stories, and how far the model's doubt is that of its data."""
import json
import math
from collections import defaultdict
from pathlib import Path
from random import Random

import torch

import alpaca
import corpus
import persona
import stories
import world

ALPACA_PER_FAMILY, PERSONA_COUNT, STORY_COUNT, LONGEST = 20, 300, 40, 80
#: Where late positions are tried: a prompt behind this many tokens of other documents.
LATE = 400


def complete(model, tokenizer, prompt: str, temperature: float = 0, r: Random | None = None) -> str:
    """Completion, special tokens left out; greedy unless a temperature is given."""
    ids = tokenizer.encode(prompt).ids
    start = len(ids)
    with torch.no_grad():
        while len(ids) - start < LONGEST:
            logits = model(torch.tensor([ids[-512:]]))[0, -1]
            if temperature == 0:
                token = logits.argmax().item()
            else:
                token = r.choices(range(len(logits)), (logits / temperature).softmax(-1).tolist())[0]
            if token in (0, 4):
                break
            ids.append(token)
    return tokenizer.decode(ids[start:])


def held_out_samples(family, count: int) -> list[alpaca.Sample]:
    r, found = Random(11), {}
    for _ in range(20_000):
        sample = family(r)
        if corpus.held_out(sample[0] + "\0" + sample[1]) == "test":
            found.setdefault(sample[:2], sample)
        if len(found) == count:
            break
    return list(found.values())


def alpaca_scores(model, tokenizer) -> dict[str, tuple[int, int]]:
    scores = {}
    for family in alpaca.FAMILIES:
        samples = held_out_samples(family, ALPACA_PER_FAMILY)
        right = sum(alpaca.is_right(family.__name__, s, complete(model, tokenizer, alpaca.prompt_of(s))) for s in samples)
        scores[family.__name__] = (right, len(samples))
    return scores


def late_scores(model, tokenizer) -> tuple[int, int]:
    """Two prompts a family, each behind 400 tokens of other documents."""
    r, right, count = Random(14), 0, 0
    for family in alpaca.FAMILIES:
        for sample in held_out_samples(family, 2) if family.__name__ not in alpaca.HARD else []:
            before = ""
            while len(tokenizer.encode(before).ids) < LATE:
                before += "".join(text for text, _ in corpus.document(r))
            right += alpaca.is_right(family.__name__, sample, complete(model, tokenizer, before + alpaca.prompt_of(sample)))
            count += 1
    return right, count


def persona_scores(model, tokenizer) -> dict[str, tuple[int, int]]:
    r, scores = Random(12), defaultdict(lambda: (0, 0))

    def add(name: str, right: bool) -> None:
        scores[name] = (scores[name][0] + right, scores[name][1] + 1)

    for _ in range(PERSONA_COUNT):
        personality, history, _, accepted = corpus.persona_sample(r, "test")
        add(persona_kind(history, accepted), complete(model, tokenizer, persona.prompt_of(personality, history)) in accepted)
        as_typed = [persona.typed(turn) if index % 2 == 0 else turn for index, turn in enumerate(history)]
        add("user types with capitals", complete(model, tokenizer, persona.prompt_of(personality, as_typed)) in accepted)
    return dict(scores)


def persona_kind(history: list[str], accepted: list[str]) -> str:
    if persona.is_statement(history[-1]):
        return "own statement of the user"
    return "trait absent" if any(accepted == none for *_, none in persona.KINDS.values()) else "trait present"


def story_scores(model, tokenizer) -> tuple[int, int, int]:
    """Sampled at temperature 1: stories that name their hero again and nobody else; different ones; all."""
    r, consistent, told = Random(13), 0, set()
    for _ in range(STORY_COUNT):
        name = r.choice(world.NAMES)
        text = name + complete(model, tokenizer, f"<|endoftext|>{name}", 1.0, r)
        told.add(text)
        named = [word.strip('.,"') for word in text.split() if word.strip('.,"') in world.NAMES]
        consistent += len(named) > 1 and set(named) == {name}
    return consistent, len(told), STORY_COUNT


def contexts() -> dict[str, tuple[str, dict[str, float]]]:
    """Places where the data itself is in doubt: the text so far, and how likely the generator goes on in each way."""
    uniform = lambda words: {word: 1 / len(words) for word in words}  # noqa: E731
    total = sum(weight for _, weight in stories.TRAITS)
    fruits = sorted(world.GROUPS["fruit"])
    listing = alpaca.prompt_of(("Name three fruits.", "", [])) + "1."
    lonely = persona.prompt_of(["i work as a baker .", "i live in rome .", "i love the winter ."], ["do you have a pet ?"])
    return {
        "the hero's trait": ("<|endoftext|>Anna was a", {f" {word}": weight / total for word, weight in stories.TRAITS}),
        "the colour": ("<|endoftext|>Ben was a brave boy. He had a", uniform([f" {word}" for word in world.COLOURS])),
        "the place": ("<|endoftext|>Clara was a shy girl. She had a red kite. One morning, Clara went to the",
                      uniform([f" {word}" for word in world.PLACES])),
        "the first of three fruits": (listing, {f" {word}": first_of_three(place, len(fruits)) for place, word in enumerate(fruits)}),
        "a trait that is absent": (lonely, uniform(persona.KINDS["pet"][4])),
    }


def first_of_three(place: int, count: int) -> float:
    """How likely three of `count` things in order begin with the one at `place`."""
    return math.comb(count - place - 1, 2) / math.comb(count, 3)


def entropies(model, tokenizer) -> dict[str, tuple[float, float]]:
    """Bits of the next token in each context: of the model, and of the generator's own weights."""
    result = {}
    for name, (prompt, ways) in contexts().items():
        with torch.no_grad():
            logits = model(torch.tensor([tokenizer.encode(prompt).ids]))[0, -1]
        first = defaultdict(float)
        for text, p in ways.items():
            first[tokenizer.encode(text).ids[0]] += p
        result[name] = (bits(logits.softmax(-1).tolist()), bits(first.values()))
    return result


def bits(probabilities) -> float:
    return -sum(p * math.log2(p) for p in probabilities if p > 0)


def write_accuracy_prompts(path: Path) -> None:
    """300 held-out prompts with all that counts as right, for the test of the committed weights."""
    cases = []
    for family in alpaca.FAMILIES:
        for sample in held_out_samples(family, 7):
            is_open = family.__name__ in alpaca.OPEN
            case = {"family": family.__name__, "hard": family.__name__ in alpaca.HARD, "prompt": alpaca.prompt_of(sample)}
            if family.__name__ == "story":
                case |= {"words": sample[1].split(", ")}
            if family.__name__ == "list_three":
                case |= {"items": world.GROUPS[next(g for g in world.GROUPS if f" {g}s" in sample[0])]}
            cases.append(case if is_open else case | {"accepted": sample[2]})
    r = Random(12)
    for _ in range(300 - len(cases)):
        personality, history, _, accepted = corpus.persona_sample(r, "test")
        prompt = persona.prompt_of(personality, history)
        cases.append({"family": persona_kind(history, accepted), "hard": False, "prompt": prompt, "accepted": accepted})
    path.write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def report(model, tokenizer) -> str:
    families = alpaca_scores(model, tokenizer)
    right, count = (sum(pair[i] for pair in families.values()) for i in range(2))
    lines = ["| family | right | of |", "| --- | ---: | ---: |"]
    lines += [f"| {name}{' (hard on purpose)' if name in alpaca.HARD else ''} | {a} | {b} |" for name, (a, b) in families.items()]
    lines.append(f"| **instructions, all** | **{right}** | **{count}** |")
    late, late_count = late_scores(model, tokenizer)
    lines.append(f"| instructions behind {LATE} tokens of other text | {late} | {late_count} |")
    lines += [f"| persona: {name} | {a} | {b} |" for name, (a, b) in sorted(persona_scores(model, tokenizer).items())]
    consistent, distinct, told = story_scores(model, tokenizer)
    lines.append(f"| stories at temperature 1: one hero throughout | {consistent} | {told} |")
    lines.append(f"| stories at temperature 1: different ones | {distinct} | {told} |")
    easy = {name: pair for name, pair in families.items() if name not in alpaca.HARD}
    micro, macro = right / count, sum(a / b for a, b in easy.values()) / len(easy)
    lines += ["", f"Micro {micro:.1%} of all instructions, macro {macro:.1%} without the hard families.", "",
              "| in doubt about | bits of the model | of its data |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {a:.2f} | {b:.2f} |" for name, (a, b) in entropies(model, tokenizer).items()]
    return "\n".join(lines)
