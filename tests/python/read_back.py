"""Reads back in Python what `saved-again` or `relatives` of CrossEncoders.Benchmarks wrote: sentence-transformers, transformers, PEFT,
onnxruntime.

usage: python read_back.py FOLDER [SETTINGS_FOLDER]
One line a folder: ok, the largest difference, or the exception; never stops at a failure. On a CPU in fp32, without a network.
SETTINGS_FOLDER takes the settings that sentence-transformers itself saves of each model, to be laid beside the kit's.
"""
import inspect
import json
import os
import sys
import tempfile
import traceback

import reference

MODELS = os.path.abspath(sys.argv[1])
SETTINGS = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
FOLDER = [None]  # that is read
COUNTS = {"ok": 0, "different": 0, "failed": 0}

import numpy as np
import torch
from sentence_transformers import CrossEncoder


def trace():
    print("    " + traceback.format_exc().strip().replace("\n", "\n    "))


def difference(ours, theirs, tolerance=1e-5):
    """(text, within?) with the largest difference over its size, at least 1."""
    a, b = np.asarray(ours, dtype=np.float64).ravel(), np.asarray(theirs, dtype=np.float64).ravel()
    if a.shape != b.shape:
        return f"shapes {a.shape} and {b.shape}", False
    off = np.abs(a - b) / np.maximum(1, np.abs(b))
    worst = int(np.argmax(off))
    ok = bool(off[worst] <= tolerance)
    text = f"{off[worst]:.2e}"
    if not ok:
        text += f" at {worst} (ours {a[worst]:.7g}, Python {b[worst]:.7g}; {int((off > tolerance).sum())} of {len(a)} off)"
    return text, ok


def line(name, kind, parts, problems):
    state = "ok" if not problems else "different"
    COUNTS[state] += 1
    tail = "  !! " + " | ".join(problems) if problems else ""
    print(f"{'DIFFERENT' if problems else 'ok':9} {kind:8} {name}: " + "; ".join(parts) + tail)


def failed(name, kind, error):
    COUNTS["failed"] += 1
    print(f"FAILED    {kind:8} {name}: {type(error).__name__}: {error}")
    trace()


def ids_of(model, pair, prompt):
    features = model.preprocess([pair], prompt=prompt)
    ids = features["input_ids"][0].tolist()
    mask = features["attention_mask"][0].tolist() if "attention_mask" in features else [1] * len(ids)
    return [i for i, m in zip(ids, mask) if m]


def cross(name, folder, cases):
    model = CrossEncoder(folder, device="cpu", model_kwargs={"dtype": torch.float32}).eval()
    parts, problems = [], []
    pairs = [list(pair) for pair in cases["pairs"]]
    length = getattr(model, "max_seq_length", None) or getattr(model, "max_length", None)
    parts.append(f"{type(model.activation_fn).__name__}, prompts {model.prompts} default {model.default_prompt_name}, length {length}")
    if length != cases["results"][0]["max_length"]:
        problems.append(f"length: ours {cases['results'][0]['max_length']}, Python {length}")
    for result in cases["results"]:
        prompt = result["prompt"]
        identity = torch.nn.Identity()
        for size in (1, 32):
            found = model.predict(pairs, prompt=prompt, activation_fn=identity, batch_size=size, show_progress_bar=False)
            text, ok = difference(result["logits"], found)
            parts.append(f"logits/{size} {text}")
            if not ok:
                problems.append(f"logits in batches of {size}, prompt {prompt!r}: {text}")
        text, ok = difference(result["scores"], model.predict(pairs, prompt=prompt, show_progress_bar=False))
        parts.append(f"scores {text}")
        if not ok:
            problems.append(f"scores, prompt {prompt!r}: {text}")
        used = prompt if prompt is not None else model.prompts.get(model.default_prompt_name or "", None)
        found = [ids_of(model, pair, used) for pair in pairs]
        wrong = [i for i in range(len(pairs)) if found[i] != result["ids"][i]]
        parts.append(f"tokens of {len(pairs) - len(wrong)}/{len(pairs)} the same")
        if wrong:
            problems.append(f"tokens of pair {wrong[0]}: ours {result['ids'][wrong[0]]}, Python {found[wrong[0]]}")
    line(name, "st", parts, problems)
    if SETTINGS is not None:
        keep_settings(name, model)


def encoder(name, folder, cases):
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32}).eval()
    parts, problems = [f"prompts {model.prompts}, length {model.max_seq_length}"], []
    texts = cases["texts"]

    def compare(what, expected, encode):
        found = np.stack([encode([text], show_progress_bar=False)[0] for text in texts])
        text, ok = difference(expected, found)
        parts.append(f"vectors, {what}: {text}")
        if not ok:
            problems.append(f"vectors, {what}: {text}")

    if "mean_normalized" in cases:  # of an encoder without modules or prompts, which the kit gives those that it read it with
        model.max_seq_length = cases["max_length"]
        compare("no prompt", cases["mean_normalized"], lambda text, **more: model.encode(text, prompt="", **more))
    elif model.max_seq_length != cases["max_seq_length"]:
        problems.append(f"length: of the original {cases['max_seq_length']}, now {model.max_seq_length}")
    for result in cases.get("results", []):
        name_of = result["prompt_name"]
        compare(f"prompt {name_of}", result["embeddings"], lambda text, **more: model.encode(text, prompt_name=name_of, **more))
    for result in cases.get("vectors", []):
        compare(result["method"], result["embeddings"], model.encode_query if result["method"] == "query" else model.encode_document)
    line(name, "st", parts, problems)
    if SETTINGS is not None:
        keep_settings(name, model)


def keep_settings(name, model):
    """What Python itself saves of a model, without the weights."""
    with tempfile.TemporaryDirectory() as again:
        model.save_pretrained(again, create_model_card=False)
        settings = {}
        for root, _, files in os.walk(again):
            for file in sorted(files):
                path = os.path.join(root, file)
                read = file.endswith(".json") and not file.startswith(("tokenizer.json", "vocab"))
                shown = json.load(open(path, encoding="utf-8")) if read else f"{os.path.getsize(path)} bytes"
                settings[os.path.relpath(path, again)] = shown
        os.makedirs(SETTINGS, exist_ok=True)
        json.dump(settings, open(os.path.join(SETTINGS, name.replace("/", "+") + ".json"), "w"), indent=1, default=str)


def plain(name, folder, cases):
    """transformers alone, on our token ids, for a folder with one module or none."""
    from transformers import AutoModelForSequenceClassification
    if os.path.exists(os.path.join(folder, "1_Pooling")) or os.path.exists(os.path.join(folder, "1_LogitScore")):
        return
    model, notes = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    found = forward(model.eval(), cases["results"][0])
    text, ok = difference(cases["results"][0]["logits"], found)
    bad = {key: sorted(value) for key, value in notes.items() if value}
    line(name, "hf", [f"logits {text}"] + ([f"loading: {bad}"] if bad else []), [] if ok and not bad else [text, str(bad)])


def forward(model, result):
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    takes_types = "token_type_ids" in inspect.signature(base.forward).parameters and getattr(base.config, "type_vocab_size", 0) > 1
    rows = []
    with torch.no_grad():
        for ids, types in zip(result["ids"], result["types"]):
            inputs = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones(1, len(ids), dtype=torch.long)}
            if takes_types and types and len(types) == len(ids):
                inputs["token_type_ids"] = torch.tensor([types])
            logits = model(**inputs).logits[0]
            if logits.dim() == 2:  # a causal model, asked for its two words
                score = json.load(open(os.path.join(os.path.dirname(FOLDER[0]), "1_LogitScore", "config.json")))
                logits = logits[-1, [score["true_token_id"]]] - logits[-1, [score["false_token_id"]]]
            rows.append(logits.tolist())
    return rows


def adapter(name, folder, cases):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification
    owner = AutoModelForCausalLM if os.path.exists(os.path.join(os.path.dirname(folder), "1_LogitScore")) else AutoModelForSequenceClassification
    below = owner.from_pretrained(os.path.dirname(folder), dtype=torch.float32)
    model = PeftModel.from_pretrained(below, folder).eval()
    found = forward(model, cases["results"][0])
    text, ok = difference(cases["results"][0]["logits"], found)
    parts, problems = [f"logits {text}"], [] if ok else [text]
    merged = model.merge_and_unload().eval()
    text, ok = difference(cases["results"][0]["logits"], forward(merged, cases["results"][0]))
    parts.append(f"merged {text}")
    if not ok:
        problems.append(f"merged {text}")
    line(name, "peft", parts, problems)
    here = os.getcwd()
    try:  # by its own base_model_name_or_path, which is relative
        os.chdir(folder)
        import peft
        kind = {"SEQ_CLS": "ForSequenceClassification", "CAUSAL_LM": "ForCausalLM"}.get(model.peft_config["default"].task_type, "")
        auto = getattr(peft, f"AutoPeftModel{kind}").from_pretrained(".").eval()
        text, ok = difference(cases["results"][0]["logits"], forward(auto, cases["results"][0]))
        line(name, "autopeft", [f"AutoPeftModel{kind}: {text}"], [] if ok else [text])
    except Exception as error:
        failed(name, "autopeft", error)
    finally:
        os.chdir(here)


def graph(name, folder, cases, file):
    import onnx
    import onnxruntime
    path = os.path.join(folder, "onnx", file)
    parts, problems = [], []
    loaded = onnx.load(path)
    onnx.checker.check_model(loaded, full_check=True)
    opsets = [(each.domain or "ai.onnx", each.version) for each in loaded.opset_import]
    parts.append(f"checked, ir {loaded.ir_version}, opsets {opsets}, producer {loaded.producer_name!r}")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    parts.append(f"inputs {names}, outputs {[value.name for value in session.get_outputs()]}")
    rows = []
    for ids, types in zip(cases["results"][0]["ids"], cases["results"][0]["types"]):
        every = {"input_ids": ids, "attention_mask": [1] * len(ids), "token_type_ids": types if len(types) == len(ids) else [0] * len(ids)}
        rows.append(session.run(None, {key: np.array([every[key]], dtype=np.int64) for key in names})[0][0].tolist())
    quantized, half = "quantized" in file, "fp16" in file
    tolerance = 1e-1 if quantized else 5e-3 if half else 1e-5
    ours = json.load(open(path + ".scores.json", encoding="utf-8"))
    for what, expected in (("our runtime", ours), ("our fp32", cases["results"][0]["logits"])):
        text, ok = difference(expected, rows, tolerance)
        parts.append(f"to {what} {text}")
        if not ok:
            problems.append(f"to {what} {text}")
    line(f"{name}/onnx/{file}", "onnx", parts, problems)


def multi_vector(name, folder, cases):
    from sentence_transformers import MultiVectorEncoder
    model = MultiVectorEncoder(folder, device="cpu", model_kwargs={"dtype": torch.float32, "attn_implementation": "eager"}).eval()
    parts, problems = [f"{[type(module).__name__ for module in model]}, prompts {model.prompts}, {model.similarity_fn_name}"], []
    vectors = {}
    for method, encode in (("query", model.encode_query), ("document", model.encode_document)):
        vectors[method] = [encode([row["text"]], show_progress_bar=False)[0] for row in cases[method]]
        for row, found in zip(cases[method], vectors[method]):
            text, ok = difference(row["vectors"], found.tolist())
            if not ok:
                problems.append(f"{method} {row['text'][:20]!r}: {text}")
        parts.append(f"{len(cases[method])} {method}")
    if "scores" in cases:
        found = model.similarity(vectors["query"], [vectors["document"][i] for i in cases["scored_documents"]])
        text, ok = difference(cases["scores"], found.tolist())
        parts.append(f"scores {text}")
        if not ok:
            problems.append(f"scores {text}")
    line(name, "st", parts, problems)


def tasks(name, folder, cases):
    FOLDER[0] = folder
    if "query" in cases:
        return [("st", lambda: multi_vector(name, folder, cases))]
    if "texts" in cases:
        return [("st", lambda: encoder(name, folder, cases))]
    if os.path.exists(os.path.join(folder, "adapter_config.json")):
        return [("peft", lambda: adapter(name, folder, cases))]
    graphs = os.path.join(folder, "onnx")
    files = sorted(file for file in os.listdir(graphs) if file.endswith(".onnx")) if os.path.isdir(graphs) else []
    return [
        ("st", lambda: cross(name, folder, cases)),
        ("hf", lambda: plain(name, folder, cases)),
        *(("onnx", lambda file=file: graph(name, folder, cases, file)) for file in files),
    ]


def main():
    for folder in sorted(root for root, _, files in os.walk(MODELS) if "cases.json" in files):
        name = os.path.relpath(folder, MODELS)
        for kind, task in tasks(name, folder, json.load(open(os.path.join(folder, "cases.json"), encoding="utf-8"))):
            try:
                task()
            except Exception as error:
                failed(name, kind, error)
    print(f"{COUNTS['ok']} ok, {COUNTS['different']} different, {COUNTS['failed']} failed")
    return 1 if COUNTS["different"] + COUNTS["failed"] else 0


sys.exit(main())
