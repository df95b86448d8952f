"""Writes a tiny Llama with random weights as GGUF, for a server to answer with: `python make_gguf.py model.gguf`."""
import sys

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, HIDDEN, CONTEXT = 64, 2, 4, 128, 512
SPECIALS = ["<unk>", "<s>", "</s>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
#: "▁" stands for a space in SentencePiece.
WORDS = ["▁", *"abcdefghijklmnopqrstuvwxyz", *(f"▁{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")]


def main(path: str) -> None:
    random = np.random.default_rng(7)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(SPECIALS) + len(BYTES) + len(WORDS))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(SPECIALS + BYTES + WORDS)
    writer.add_token_scores([0.0] * (len(SPECIALS) + len(BYTES)) + [-float(index + 1) for index in range(len(WORDS))])
    kinds = gguf.TokenType
    writer.add_token_types([kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL] + [kinds.BYTE] * len(BYTES) + [kinds.NORMAL] * len(WORDS))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)

    def weights(*shape: int) -> np.ndarray:
        return (random.standard_normal(shape) * 0.25).astype(np.float32)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(name, weights(*shape))

    vocabulary = len(SPECIALS) + len(BYTES) + len(WORDS)
    add("token_embd.weight", vocabulary, WIDTH)
    output = weights(vocabulary, WIDTH)
    # Bytes are hardly ever written: the server drops what is no whole character from its streams.
    output[: len(SPECIALS) + len(BYTES)] = 0
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{norm}.weight", np.ones(WIDTH, np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{layer}.{name}.weight", WIDTH, WIDTH)
        for name, rows, columns in (("ffn_gate", HIDDEN, WIDTH), ("ffn_up", HIDDEN, WIDTH), ("ffn_down", WIDTH, HIDDEN)):
            add(f"blk.{layer}.{name}.weight", rows, columns)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
