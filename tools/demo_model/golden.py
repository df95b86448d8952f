"""Values of PyTorch, against which the app's own engine is tested, checked in as numbers."""
import json
from pathlib import Path
from random import Random

import torch

import alpaca
import corpus
import persona
from network import CONTEXT

SHOWN_LOGITS = 12


def write_golden(model, tokenizer, root: Path) -> None:
    cases = [case(model, tokenizer, text, completion) for text, completion in prompts()]
    path = root / "tests" / "fixtures" / "golden_demo.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cases": cases}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


    write_prefixes(model, tokenizer, root)


def write_prefixes(model, tokenizer, root: Path, count: int = 200) -> None:
    """The ten most probable next tokens after prefixes of random lengths, which end anywhere in a document."""
    r, prefixes = Random(34), []
    while len(prefixes) < count:
        ids = [id for _ in range(r.randint(1, 4)) for text, _ in corpus.document(r) for id in tokenizer.encode(text).ids]
        ids = [0, *ids][:r.randint(1, min(len(ids) + 1, CONTEXT - 1))]
        with torch.no_grad():
            top = model(torch.tensor([ids]))[0, -1].log_softmax(-1).topk(10)
        prefixes.append({"ids": ids, "top": top.indices.tolist(), "logprobs": [round(x, 6) for x in top.values.tolist()]})
    path = root / "tests" / "fixtures" / "golden_prefixes.json"
    path.write_text(json.dumps({"prefixes": prefixes}) + "\n", encoding="utf-8")


def prompts():
    r = Random(21)
    for _ in range(26):
        _, sample = corpus.alpaca_sample(r, "test")
        yield alpaca.prompt_of(sample), sample[2][0]
    for _ in range(18):
        personality, history, reply, _ = corpus.persona_sample(r, "test")
        yield persona.prompt_of(personality, history), reply
    yield "Once upon a time", " there was a fox."
    yield "Über 🙂👩‍👩‍👧 日本語", " 🙂 ok"
    yield "<|endoftext|>One sunny day, Emma", " went to the park."
    yield "The capital of France is " * 60, "Paris."
    yield "".join(text for _ in range(8) for text, _ in corpus.document(r)), " and"
    yield "Anna was a", " little girl."


def case(model, tokenizer, text: str, completion: str) -> dict:
    ids, more = tokenizer.encode(text).ids, tokenizer.encode(completion).ids
    with torch.no_grad():
        logits = model(torch.tensor([ids + more]))[0]
    logprobs = logits.log_softmax(-1)
    last, places = logits[len(ids) - 1], range(len(ids) - 1, len(ids) + len(more) - 1)
    top = logprobs[len(ids) - 1].topk(10)
    return {
        "text": text, "ids": ids, "last_logits": [round(x, 5) for x in last[:SHOWN_LOGITS].tolist()],
        "top10": {"ids": top.indices.tolist(), "logprobs": [round(x, 6) for x in top.values.tolist()]},
        "completion": completion, "completion_ids": more,
        "completion_logprobs": [round(logprobs[p, i].item(), 6) for p, i in zip(places, more)],
    }
