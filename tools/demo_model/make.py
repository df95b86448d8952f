"""Makes data sets, tokenizer, model and golden values, in that order: `python make.py [--tokens 9500000]`."""
import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer

import checks
import corpus
import train

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".tmp" / "demo_model"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=9_500_000, help="training tokens")
    parser.add_argument("--keep-weights", action="store_true", help="use the weights of the last run")
    arguments = parser.parse_args()
    checks.check_packages()
    checks.check_documents()
    torch.set_num_threads(2)
    WORK.mkdir(parents=True, exist_ok=True)
    corpus.write_data_sets(ROOT / "examples")
    checkpoint, vocabulary = WORK / "weights.pt", WORK / "tokenizer.json"
    if not arguments.keep_weights:
        tokenizer = corpus.train_tokenizer()
        tokenizer.save(str(vocabulary))
        torch.save(train.train(tokenizer, arguments.tokens).state_dict(), checkpoint)

    import evaluate
    import export
    import golden
    import quantize
    checks.read(vocabulary)
    tokenizer = Tokenizer.from_file(str(vocabulary))
    model = train.Gpt2(tokenizer.get_vocab_size())
    model.load_state_dict(torch.load(checkpoint))
    model = export.rounded(model).eval()
    export.write_model(model, tokenizer, ROOT / "models" / "demo")
    golden.write_golden(model, tokenizer, ROOT)
    export.check(model, tokenizer, ROOT / "models" / "demo")
    quantize.main()
    evaluate.write_accuracy_prompts(ROOT / "tests" / "fixtures" / "demo_accuracy.json")
    print(evaluate.report(model, tokenizer))


if __name__ == "__main__":
    try:
        main()
    except checks.RecipeError as error:
        raise SystemExit(str(error))
