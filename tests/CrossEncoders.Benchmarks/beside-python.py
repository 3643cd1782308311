"""Scores what `large-scoring --keep FOLDER` kept with sentence-transformers: pairs a second, and the difference of the logits.

usage: python3 beside-python.py FOLDER [DEVICE [BATCHES]]      (needs sentence-transformers, torch, sentencepiece)
"""

import json
import sys
import time
from pathlib import Path

import sentence_transformers
import torch
import transformers
from sentence_transformers import CrossEncoder
from transformers import AutoTokenizer

folder = Path(sys.argv[1])
device = sys.argv[2] if len(sys.argv) > 2 else "cuda"
batches = [int(batch) for batch in (sys.argv[3] if len(sys.argv) > 3 else "32,128,512").split(",")]
pairs = [tuple(json.loads(line)) for line in (folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]
print(f"sentence-transformers {sentence_transformers.__version__}, transformers {transformers.__version__}, torch {torch.__version__}")
AutoTokenizer.from_pretrained(folder / "model", use_fast=True)  # fails early where the tokenizer does not load

for name, dtype in (("Float32", torch.float32), ("BFloat16", torch.bfloat16)):
    ours = torch.tensor(json.loads((folder / f"logits-{name}.json").read_text()))
    for attention in ("sdpa", "flash_attention_2"):
        try:
            model = CrossEncoder(
                str(folder / "model"),
                device=device,
                max_length=512,
                activation_fn=torch.nn.Identity(),
                model_kwargs={"torch_dtype": dtype, "attn_implementation": attention},
            )
        except Exception as error:  # flash attention is a package of its own
            print(f"{name} {attention}: not here ({type(error).__name__}: {str(error)[:100]})")
            continue
        for batch in batches:
            model.predict(pairs, batch_size=batch, show_progress_bar=False)
            best = float("inf")
            for _ in range(3):
                start = time.perf_counter()
                theirs = model.predict(pairs, batch_size=batch, show_progress_bar=False, convert_to_tensor=True)
                if device == "cuda":
                    torch.cuda.synchronize()
                best = min(best, time.perf_counter() - start)
            difference = (theirs.float().cpu().reshape(-1) - ours).abs()
            print(
                f"{name} {attention}, batches of {batch}: {len(pairs) / best:.0f} pairs/s; "
                f"logits differ by {difference.max():.2e} at most, {difference.mean():.2e} on average"
            )
