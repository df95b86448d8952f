"""Greedy accuracy on prompts that training never saw."""
from collections import defaultdict
from random import Random

import torch

import alpaca
import corpus
import persona
import stories

ALPACA_PER_FAMILY, PERSONA_COUNT, LONGEST = 20, 200, 80


def complete(model, tokenizer, prompt: str) -> str:
    """Greedy completion, special tokens left out."""
    ids = tokenizer.encode(prompt).ids
    start = len(ids)
    with torch.no_grad():
        while len(ids) - start < LONGEST:
            token = model(torch.tensor([ids[-512:]]))[0, -1].argmax().item()
            if token in (0, 4):
                break
            ids.append(token)
    return tokenizer.decode(ids[start:])


def alpaca_scores(model, tokenizer) -> dict[str, tuple[int, int]]:
    scores = defaultdict(lambda: (0, 0))
    for family in alpaca.FAMILIES:
        r, seen = Random(11), set()
        for _ in range(20_000):
            sample = family(r)
            key = (sample[0], sample[1])
            if key in seen or corpus.held_out(sample[0] + "\0" + sample[1]) != "test":
                continue
            seen.add(key)
            right = alpaca.is_right(family.__name__, sample, complete(model, tokenizer, alpaca.prompt_of(sample)))
            scores[family.__name__] = (scores[family.__name__][0] + right, len(seen))
            if len(seen) == ALPACA_PER_FAMILY:
                break
    return dict(scores)


def persona_scores(model, tokenizer) -> dict[str, tuple[int, int]]:
    r, scores = Random(12), defaultdict(lambda: (0, 0))
    for _ in range(PERSONA_COUNT):
        personality, history, _, accepted = corpus.persona_sample(r, "test")
        right = complete(model, tokenizer, persona.prompt_of(personality, history)) in accepted
        is_absent = any(accepted == none for *_, none in persona.KINDS.values())
        name = "trait absent" if is_absent else "trait present"
        scores[name] = (scores[name][0] + right, scores[name][1] + 1)
        as_typed = [persona.typed(turn) if index % 2 == 0 else turn for index, turn in enumerate(history)]
        right = complete(model, tokenizer, persona.prompt_of(personality, as_typed)) in accepted
        scores["user types with capitals"] = (scores["user types with capitals"][0] + right, scores["user types with capitals"][1] + 1)
    return dict(scores)


def story_scores(model, tokenizer) -> tuple[int, int]:
    """Stories whose hero keeps the name that the opening gave."""
    r, right = Random(13), 0
    for _ in range(20):
        # Subtle: without a space at the end, which belongs to the next token.
        opening = stories.story(r).split(". ")[0] + "."
        name = opening.split()[0]
        right += name in complete(model, tokenizer, opening)[len(name):]
    return right, 20


def report(model, tokenizer) -> str:
    families = alpaca_scores(model, tokenizer)
    right, count = (sum(pair[i] for pair in families.values()) for i in range(2))
    macro = sum(a / b for a, b in families.values()) / len(families)
    lines = ["| family | right | of |", "| --- | ---: | ---: |"]
    lines += [f"| {name}{' (hard on purpose)' if name in alpaca.HARD else ''} | {a} | {b} |" for name, (a, b) in families.items()]
    lines.append(f"| **instructions, all** | **{right}** | **{count}** |")
    lines += [f"| persona: {name} | {a} | {b} |" for name, (a, b) in persona_scores(model, tokenizer).items()]
    a, b = story_scores(model, tokenizer)
    lines.append(f"| stories: the hero keeps the name | {a} | {b} |")
    return "\n".join([*lines, "", f"micro {right / count:.1%}, macro {macro:.1%}"])
