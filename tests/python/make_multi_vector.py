"""Tiny late-interaction models as sentence-transformers 6 saves and reads them, with what it computes of them.

usage: python make_multi_vector.py ../shared OUTPUT_FOLDER
Random weights of few bits, so that the folders pack small. On a CPU in fp32, without a network. Layouts: MultiVectorEncoder's own; the one
that PyLate 1.4 writes, laid out here without PyLate; ColBERT's.
"""
import json
import os
import shutil
import string
import sys
import tempfile
import traceback

import reference

TOKENIZERS = os.path.join(os.path.abspath(sys.argv[1]), "golden", "models")
MODELS = os.path.abspath(sys.argv[2])

import numpy as np
import sentence_transformers
import torch
import transformers
from safetensors.torch import load_file, save_file
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.base.modules.dense import Dense
from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer

FAILED = []
VERSIONS = reference.versions(np, sentence_transformers)
QUERIES = [
    "What is the dome?",
    "when",
    "How many gates were shut in the wall of the city, and who shut them after the war?",
    "哪家公司?",
    "",
    "the U.S. army: why, how & where?!",
]
DOCUMENTS = [
    "The dome is the roof of the hall.",
    "The gates were shut in 1281. They were opened again after the war; the wall was not.",
    "!?...,",
    "",
    "哪家公司的任务是尝试恢复原始录像带?",
    "Water " * 60,
    'A state-of-the-art (2016) army, "U.S." & others: $5 for 10%.',
]

FOLDERS = {"bert": "bert-bare", "modernbert": "modernbert", "xlm-roberta": "xlm-roberta-bare"}


def failed(name):
    FAILED.append(name)
    print(f"FAILED {name}")
    traceback.print_exc()


def simple(owner, seed, scale=0.25, grid=8):
    """Weights of few bits, so that the files compress: multiples of 1/8."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(owner.named_parameters(), key=lambda entry: entry[0]):
            values = torch.randn(p.shape, generator=generator) * scale
            if "norm" in name.lower() and name.endswith("weight"):
                values = 1 + values
            p.copy_(torch.round(values * grid) / grid)


def trunk(kind, target, seed, width=16, added=()):
    """A random encoder with a tokenizer in a folder."""
    os.makedirs(target)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(os.path.join(TOKENIZERS, FOLDERS[kind], file), os.path.join(target, file))
    path = os.path.join(target, "tokenizer_config.json")
    kept = json.load(open(path, encoding="utf-8"))
    kept["model_max_length"] = 64
    json.dump(kept, open(path, "w", encoding="utf-8"), indent=2)
    common = dict(hidden_size=width, num_hidden_layers=2, num_attention_heads=2, intermediate_size=2 * width)
    if kind == "bert":
        config = AutoConfig.for_model("bert", vocab_size=2500, max_position_embeddings=96, **common)
    elif kind == "xlm-roberta":
        config = AutoConfig.for_model("xlm-roberta", vocab_size=4002, max_position_embeddings=98, type_vocab_size=1, pad_token_id=1,
                                      bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5, **common)
    else:
        config = AutoConfig.for_model("modernbert", vocab_size=2500, max_position_embeddings=96, local_attention=16,
                                      global_attn_every_n_layers=2, pad_token_id=0, bos_token_id=2, cls_token_id=2, eos_token_id=3,
                                      sep_token_id=3, **common)
    torch.manual_seed(seed)
    model = AutoModel.from_config(config, attn_implementation="eager")
    tokenizer = AutoTokenizer.from_pretrained(target)
    if added:
        tokenizer.add_tokens(list(added))  # as PyLate does
        model.resize_token_embeddings(len(tokenizer))
        tokenizer.save_pretrained(target)
    simple(model, seed)
    model.save_pretrained(target)
    return model


def rounded(values, digits=7):
    return [[float(f"{x:.{digits}g}") for x in row] for row in values]


def settings(folder):
    found = {}
    for root, _, files in os.walk(folder):
        for file in sorted(files):
            path = os.path.join(root, file)
            key = os.path.relpath(path, folder)
            read = file.endswith(".json") and file != "tokenizer.json"
            found[key] = json.load(open(path, encoding="utf-8")) if read else os.path.getsize(path)
    return found


def cases(name, folder, note):
    """Loads the folder as a user would and writes down what it computes."""
    model = MultiVectorEncoder(folder, device="cpu", model_kwargs={"dtype": torch.float32, "attn_implementation": "eager"})
    model.eval()
    result = {"note": note, "made_with": VERSIONS, "prompts": model.prompts, "default_prompt_name": model.default_prompt_name,
              "similarity": str(model.similarity_fn_name), "modules": [type(m).__name__ for m in model],
              "query_length": getattr(model[0], "query_length", "?"), "document_length": getattr(model[0], "document_length", "?"),
              "query_expansion": getattr(model[0], "query_expansion", "?"), "max_seq_length": getattr(model, "max_seq_length", None)}
    vectors = {}
    for task, texts, encode in (("query", QUERIES, model.encode_query), ("document", DOCUMENTS, model.encode_document)):
        together = encode(texts, show_progress_bar=False)
        alone = [encode([text], show_progress_bar=False)[0] for text in texts]
        vectors[task] = alone
        rows = []
        for text, vector, single in zip(texts, together, alone):
            item = {"text": text, "vectors": rounded(single.tolist())}
            if vector.shape != single.shape:
                item["together"] = rounded(vector.tolist())
            else:
                item["off_together"] = float((vector - single).abs().max()) if vector.numel() else 0.0
            try:
                raw = encode([text], output_value=None, show_progress_bar=False)[0]
                item["ids"] = raw["input_ids"].tolist()
                item["counted"] = raw["attention_mask"].int().tolist()
                if "query_expansion_positions" in raw:
                    item["expanded"] = raw["query_expansion_positions"].int().tolist()
            except Exception as error:
                item["ids_error"] = f"{type(error).__name__}: {error}"
            rows.append(item)
        result[task] = rows
    try:
        kept = [i for i, vector in enumerate(vectors["document"]) if len(vector)]
        scores = model.similarity(vectors["query"], [vectors["document"][i] for i in kept])
        result["scored_documents"] = kept
        result["scores"] = rounded(scores.tolist())
    except Exception as error:
        result["scores_error"] = f"{type(error).__name__}: {error}"
    try:
        result["scores_of_all"] = rounded(model.similarity(vectors["query"], vectors["document"]).tolist())
    except Exception as error:
        result["scores_of_all_error"] = f"{type(error).__name__}: {error}"
    again = tempfile.mkdtemp()
    try:
        save(model, again)
        result["saved_again"] = settings(again)
    except Exception as error:
        result["saved_again_error"] = f"{type(error).__name__}: {error}"
    json.dump(result, open(os.path.join(folder, "cases.json"), "w", encoding="utf-8"), ensure_ascii=False, indent=None, default=str)
    print(f"ok {name}: {result['modules']}, {[len(v) for v in vectors['query']]} and {[len(v) for v in vectors['document']]} vectors, "
        f"scores {result.get('scores', result.get('scores_error'))}"[:300])


def save(model, folder):
    model.save_pretrained(folder, create_model_card=False)


def transformer(folder, **knobs):
    return Transformer(folder, model_kwargs={"attn_implementation": "eager"}, **knobs)


def dense(seed, width=16, out=8, **more):
    settings = {"bias": False, "activation_function": nn.Identity(), **more}
    module = Dense(in_features=width, out_features=out, module_input_name="token_embeddings", **settings)
    simple(module, seed)
    return module


def native(name, kind, note, knobs=None, mask=None, head=None, prompts=None, similarity=None, added=()):
    try:
        base = os.path.join(tempfile.mkdtemp(), "trunk")
        trunk(kind, base, seed=5, added=added)
        first = transformer(base, **(knobs or {}))
        modules = [first] + (head or [dense(7)]) + [MultiVectorMask(**(mask or {})), Normalize(module_input_name="token_embeddings")]
        model = MultiVectorEncoder(modules=modules, device="cpu", prompts=prompts, similarity_fn_name=similarity)
        target = os.path.join(MODELS, name)
        save(model, target)
        cases(name, target, note)
    except Exception:
        failed(name)


native("st-fixed", "bert", "Query expansion to 12 tokens that are not attended to, passages cut at 20 tokens, in which punctuation does "
       "not count; prompts.",
       knobs={"query_expansion": {"strategy": "fixed", "attend": False, "length": 12}, "document_length": 20},
       mask={"skiplist_words": list(string.punctuation)}, prompts={"query": "query: ", "document": "the "})
native("st-min-attend", "bert", "A least length of 8 whose [MASK]s are attended to, queries cut at 16; punctuation counts on neither side; "
       "mean of MaxSim; no prompts.",
       knobs={"query_expansion": {"strategy": "min", "attend": True, "length": 8}, "query_length": 16, "document_length": 30},
       mask={"skiplist_words": list(string.punctuation), "skiplist_tasks": ["query", "document"]},
       similarity="meanmaxsim")
native("st-two-dense", "bert", "Two Dense: bias, Tanh and a residual, then the projection. No expansion, no skip list.",
       knobs={"query_length": 10, "document_length": 14},
       head=[dense(3, out=16, bias=True, activation_function=nn.Tanh(), use_residual=True), dense(7)])
native("st-xlm-roberta", "xlm-roberta", "Query expansion over positions that count from the padding id; another expansion token.",
       knobs={"query_expansion": {"strategy": "fixed", "attend": False, "length": 14, "token": "<mask>"}, "document_length": 24},
       mask={"skiplist_words": ["▁.", ".", ",", "?"]}, prompts={"query": "query: ", "document": "passage: "})
native("st-modernbert", "modernbert", "As GTE-ModernColBERT and LateOn: ModernBERT, marks that are added tokens in the prompts, expansion "
       "attended to.",
       knobs={"query_expansion": {"strategy": "fixed", "attend": True, "length": 12}, "document_length": 20},
       mask={"skiplist_words": list(string.punctuation)}, prompts={"query": "[Q] ", "document": "[D] "},
       added=[transformers.AddedToken(mark, normalized=False, special=True) for mark in ("[Q] ", "[D] ")])


def write(folder, file, value):
    path = os.path.join(folder, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    json.dump(value, open(path, "w", encoding="utf-8"), indent=2)


def pylate(name, note, config, residual=False, kind="bert"):
    """The folder that PyLate 1.4 writes (its save and Dense.save), without PyLate."""
    try:
        target = os.path.join(MODELS, name)
        shutil.rmtree(target, ignore_errors=True)
        trunk(kind, target, seed=5, added=("[Q] ", "[D] "))
        write(target, "modules.json", [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Dense", "type": "pylate.models.Dense.Dense"}])
        write(target, "sentence_bert_config.json", {"max_seq_length": config["document_length"] - 1, "do_lower_case": False})
        write(target, "1_Dense/config.json", {"in_features": 16, "out_features": 8, "bias": False,
                                              "activation_function": "torch.nn.modules.linear.Identity", "use_residual": residual})
        torch.manual_seed(11)
        tensors = {"linear.weight": torch.round(torch.randn(8, 16) * 16) / 64}
        if residual:
            tensors["residual.weight"] = torch.round(torch.randn(8, 16) * 16) / 64
        save_file({key: value.contiguous() for key, value in tensors.items()}, os.path.join(target, "1_Dense/model.safetensors"))
        write(target, "config_sentence_transformers.json", config)
        cases(name, target, note)
    except Exception:
        failed(name)


PYLATE = {"__version__": {"sentence_transformers": "5.1.1", "transformers": "4.56.2", "pytorch": "2.8.0"}, "prompts": {},
          "default_prompt_name": None, "similarity_fn_name": "MaxSim", "query_prefix": "[Q] ", "document_prefix": "[D] ",
          "query_length": 12, "document_length": 20,
          "attend_to_expansion_tokens": False, "skiplist_words": list(string.punctuation), "do_query_expansion": True}
pylate("pylate-colbert", "PyLate's layout, which says its model_type.", {"model_type": "ColBERT", **PYLATE})
pylate("pylate-older", "PyLate's layout without a model_type.", dict(PYLATE))
pylate("pylate-plain", "No query expansion, a residual in the projection, no mark for passages.",
       {"model_type": "ColBERT", **PYLATE, "do_query_expansion": False, "document_prefix": "", "skiplist_words": ["."]}, residual=True)
pylate("pylate-attend", "Expansion attended to, ModernBERT.",
       {"model_type": "ColBERT", **PYLATE, "attend_to_expansion_tokens": True}, kind="modernbert")


try:  # what a user gets who loads PyLate's and saves it
    target = os.path.join(MODELS, "pylate-saved-again")
    save(MultiVectorEncoder(os.path.join(MODELS, "pylate-colbert"), device="cpu"), target)
    if os.path.exists(os.path.join(target, "cases.json")):
        os.remove(os.path.join(target, "cases.json"))
    cases("pylate-saved-again", target, "pylate-colbert, loaded and saved by sentence-transformers.")
except Exception:
    failed("pylate-saved-again")


def stanford():
    name = "stanford"
    try:
        target = os.path.join(MODELS, name)
        shutil.rmtree(target, ignore_errors=True)
        trunk("bert", target, seed=5)
        path = os.path.join(target, "tokenizer.json")
        tokenizer = json.load(open(path, encoding="utf-8"))
        words = tokenizer["model"]["vocab"]
        for word, index in (("[unused0]", 2490), ("[unused1]", 2491)):
            old = next(key for key, value in words.items() if value == index)
            del words[old]
            words[word] = index
        json.dump(tokenizer, open(path, "w", encoding="utf-8"), ensure_ascii=False)
        weights = {f"bert.{key}": value.contiguous() for key, value in load_file(os.path.join(target, "model.safetensors")).items()}
        torch.manual_seed(13)
        weights["linear.weight"] = torch.round(torch.randn(8, 16) * 16) / 64
        save_file(weights, os.path.join(target, "model.safetensors"), metadata={"format": "pt"})
        config = json.load(open(os.path.join(target, "config.json"), encoding="utf-8"))
        config["architectures"] = ["HF_ColBERT"]
        write(target, "config.json", config)
        write(target, "artifact.metadata", {"query_token_id": "[unused0]", "doc_token_id": "[unused1]", "query_token": "[Q]",
                                            "doc_token": "[D]", "query_maxlen": 12, "doc_maxlen": 20, "mask_punctuation": True,
                                            "attend_to_mask_tokens": False, "similarity": "cosine", "interaction": "colbert", "dim": 8})
        cases(name, target, "ColBERT's own layout (HF_ColBERT): the projection among the weights, unused words as marks.")
    except Exception:
        failed(name)


stanford()
json.dump(VERSIONS, open(os.path.join(MODELS, "versions.json"), "w"), indent=1)
sys.exit(1 if FAILED else 0)
