"""Writes one model with random weights in the form that each contestant of the benchmark reads: `python make_gpt2.py FOLDER`.

FOLDER/gqa, hub    ONNX in hub layout, fp32 and int8: as this app exports, and as hub models are exported
FOLDER/torch       for transformers
FOLDER/*.gguf      for llama.cpp, f32 and q8_0
"""
import json
import sys
from pathlib import Path

import gguf
import numpy as np
import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import save_file

from gpt2_weights import END_ID, SHAPE, for_gguf, for_transformers, make_weights
from graph import Fused, Graph, Plain, build, packed  # from tools/demo_model, which gpt2_weights put on the path
from word_tokenizer import END, make_tokenizer, vocabulary

CONFIG = {
    "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": SHAPE.vocabulary, "n_positions": SHAPE.context,
    "n_ctx": SHAPE.context, "n_embd": SHAPE.width, "n_layer": SHAPE.layers, "n_head": SHAPE.heads,
    "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "bos_token_id": END_ID, "eos_token_id": END_ID,
    "tie_word_embeddings": True,
}
TOKENIZER_CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": SHAPE.context, "padding_side": "left",
    "clean_up_tokenization_spaces": False, "bos_token": END, "eos_token": END, "pad_token": END, "unk_token": END,
}
SPECIAL_IDS = {"bos_token_id": END_ID, "eos_token_id": END_ID, "pad_token_id": END_ID}


def main(root: Path) -> None:
    weights = make_weights()
    write_onnx(build(Graph(SHAPE, packed(weights), np.float32), Fused, is_unembedding_apart=True), root / "gqa")
    # Exports of this kind give the logits of every position.
    hub = build(Graph(SHAPE, packed(weights), np.float32), Plain, keeps_last=False, is_unembedding_apart=True)
    write_onnx(hub, root / "hub")
    write_layout(root / "torch")
    save_file(for_transformers(weights), root / "torch" / "model.safetensors", metadata={"format": "pt"})
    for name, kind in (("f32", gguf.GGMLQuantizationType.F32), ("q8_0", gguf.GGMLQuantizationType.Q8_0)):
        write_gguf(for_gguf(weights), root / f"{name}.gguf", kind)


def write_onnx(proto: onnx.ModelProto, folder: Path) -> None:
    """Both precisions; int8 has the matrices' weights in int8 and quantises what they are multiplied with as it comes."""
    write_layout(folder)
    (folder / "onnx").mkdir(exist_ok=True)
    exact, quantised = folder / "onnx" / "model.onnx", folder / "onnx" / "model_int8.onnx"
    onnx.save(proto, exact)
    # The type is told because its shape inference ends at operators that ONNX does not define.
    quantize_dynamic(exact, quantised, op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8,
                     extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
    # transformers.js knows the same file by the name of its "q8".
    link = folder / "onnx" / "model_quantized.onnx"
    link.unlink(missing_ok=True)
    link.hardlink_to(quantised)


def write_layout(folder: Path) -> None:
    """What lies beside the weights in hub layout."""
    folder.mkdir(parents=True, exist_ok=True)
    make_tokenizer(SHAPE.vocabulary).save(str(folder / "tokenizer.json"))
    for name, value in (("config", CONFIG), ("generation_config", SPECIAL_IDS), ("tokenizer_config", TOKENIZER_CONFIG)):
        (folder / f"{name}.json").write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def write_gguf(weights: dict[str, np.ndarray], path: Path, kind: gguf.GGMLQuantizationType) -> None:
    """Without `output.weight` the embedding is the unembedding too. Vectors and positions stay exact, as llama.cpp keeps them."""
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_context_length(SHAPE.context)
    writer.add_embedding_length(SHAPE.width)
    writer.add_block_count(SHAPE.layers)
    writer.add_feed_forward_length(4 * SHAPE.width)
    writer.add_head_count(SHAPE.heads)
    writer.add_layer_norm_eps(1e-5)
    names, merges = vocabulary(SHAPE.vocabulary)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(names)
    writer.add_token_types([gguf.TokenType.NORMAL] * END_ID + [gguf.TokenType.CONTROL])
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_bos_token_id(END_ID)
    writer.add_eos_token_id(END_ID)
    writer.add_add_bos_token(False)
    for name, array in weights.items():
        is_exact = array.ndim == 1 or name == "position_embd.weight" or kind == gguf.GGMLQuantizationType.F32
        data = array if is_exact else gguf.quants.quantize(array, kind)
        writer.add_tensor(name, data, raw_dtype=None if is_exact else kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
