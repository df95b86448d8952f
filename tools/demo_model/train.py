"""Trains on a fixed number of tokens: one cosine, Muon (Jordan, 2024) for matrices, AdamW for the rest."""
import math
import time
from random import Random

import numpy as np
import torch
from torch.nn import functional as F

from corpus import document
from network import CONTEXT, Gpt2

BATCH_TOKENS = 2560
PROMPT_WEIGHT = 0.15
MUON_LR, ADAM_LR = 0.02, 3e-3
WARM_UP, LAST = 0.02, 0.04


def orthogonalised(g: torch.Tensor) -> torch.Tensor:
    """Five Newton-Schulz steps towards the nearest orthogonal matrix."""
    x = g.bfloat16() / (g.norm() + 1e-7)
    if tall := x.shape[0] > x.shape[1]:
        x = x.T
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return (x.T if tall else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                m.mul_(0.95).add_(p.grad)
                scale = max(1, p.shape[0] / p.shape[1]) ** 0.5
                p.mul_(1 - group["lr"] * 0.1).add_(orthogonalised(p.grad + 0.95 * m), alpha=-group["lr"] * scale)


def encode_documents(tokenizer, count: int, seed: int):
    """Token ids and loss weights of each document; half of the documents begin with the end token, as a prompt may."""
    r = Random(seed)
    for _ in range(count):
        ids, weights = ([0], [0.0]) if r.random() < 0.5 else ([], [])
        for text, is_completion in document(r):
            piece = tokenizer.encode(text).ids
            ids += piece
            weights += [1.0 if is_completion else PROMPT_WEIGHT] * len(piece)
        yield ids[:CONTEXT + 1], weights[:CONTEXT + 1]


def batches(tokenizer, r: Random):
    """Documents of like length side by side; each fourth batch is packed windows, so that late positions are learnt."""
    seed = 1000
    while True:
        documents = sorted(encode_documents(tokenizer, 6000, seed), key=lambda d: len(d[0]))
        seed += 1
        made = []
        while documents:
            longest = len(documents[-1][0]) - 1
            rows = max(1, BATCH_TOKENS // longest)
            made.append(pad(documents[-rows:]))
            del documents[-rows:]
        r.shuffle(made)
        for index, batch in enumerate(made):
            yield packed(tokenizer, seed * 1000 + index) if index % 4 == 3 else batch


def pad(documents):
    length = max(len(ids) for ids, _ in documents)
    ids, weights = np.zeros((len(documents), length), np.int64), np.zeros((len(documents), length), np.float32)
    for row, (i, w) in enumerate(documents):
        ids[row, :len(i)], weights[row, :len(w)] = i, w
    return torch.from_numpy(ids), torch.from_numpy(weights)


def packed(tokenizer, seed: int):
    ids, weights = [], []
    for i, w in encode_documents(tokenizer, 80, seed):
        ids += i
        weights += w
        if len(ids) > 4 * (CONTEXT + 1):
            break
    rows = len(ids) // (CONTEXT + 1)
    cut = rows * (CONTEXT + 1)
    return (torch.tensor(ids[:cut]).view(rows, -1), torch.tensor(weights[:cut]).view(rows, -1))


def train(tokenizer, total_tokens: int, log=print) -> Gpt2:
    torch.manual_seed(7)
    model = Gpt2(tokenizer.get_vocab_size())
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and n.startswith("blocks")]
    others = [p for n, p in model.named_parameters() if not (p.dim() == 2 and n.startswith("blocks"))]
    optimisers = [Muon(matrices, MUON_LR), torch.optim.AdamW(others, ADAM_LR, betas=(0.9, 0.95), weight_decay=0.0)]
    base = [MUON_LR, ADAM_LR]
    seen, step, began, running = 0, 0, time.time(), None
    for ids, weights in batches(tokenizer, Random(2)):
        done = seen / total_tokens
        if done >= 1:
            break
        rate = min(1, done / WARM_UP + 0.01) * (LAST + (1 - LAST) * 0.5 * (1 + math.cos(math.pi * done)))
        for optimiser, lr in zip(optimisers, base):
            optimiser.param_groups[0]["lr"] = lr * rate
        # A prompt's tokens count with their weight's probability, which leaves the expectation and saves the head's work.
        keep = torch.rand(weights[:, 1:].shape) < weights[:, 1:]
        with torch.autocast("cpu", torch.bfloat16):
            hidden = model.hidden(ids[:, :-1])[keep]
            loss = F.cross_entropy((hidden @ model.wte.weight.T).float(), ids[:, 1:][keep])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad()
        seen += ids[:, 1:].numel()
        step += 1
        running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
        if step % 100 == 0:
            log(f"{seen / 1e6:.2f} M tokens  loss {running:.3f}  {seen / (time.time() - began):.0f} tokens/s", flush=True)
    return model
