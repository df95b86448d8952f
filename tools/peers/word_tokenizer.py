"""A byte-level vocabulary of GPT-2's size, made of letters: every byte, and words of two to four of a–z and the space."""
from itertools import product

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

END = "<|endoftext|>"
#: A space in the byte-level alphabet.
LETTERS = "abcdefghijklmnopqrstuvwxyzĠ"


def vocabulary(size: int) -> tuple[list[str], list[tuple[str, str]]]:
    """Names in the order of their ids, the last one END; and the merges, each of a known name and a letter."""
    names, merges = sorted(pre_tokenizers.ByteLevel.alphabet()), []
    shorter = list(LETTERS)
    while True:
        longer = []
        for start, letter in product(shorter, LETTERS):
            if len(names) == size - 1:
                return [*names, END], merges
            merges.append((start, letter))
            names.append(start + letter)
            longer.append(start + letter)
        shorter = longer


def make_tokenizer(size: int) -> Tokenizer:
    names, merges = vocabulary(size)
    tokenizer = Tokenizer(models.BPE(vocab={name: id for id, name in enumerate(names)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END])
    return tokenizer
