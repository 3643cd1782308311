"""Tiny random models of every architecture and layout that the kit says it reads, as Python saves them, with what Python computes.

usage: python make_relatives.py ../shared OUTPUT_FOLDER [SEED]
Sizes, activations and options are others than those of ../shared/golden, from which only the tokenizers come. On a CPU in fp32.
"""
import json
import os
import shutil
import sys
import tempfile
import traceback

import reference
import sentence_transformers
import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.cross_encoder.modules import LogitScore
from sentence_transformers.sentence_transformer.modules import LayerNorm, Pooling
from torch import nn
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification

GOLDEN = os.path.join(os.path.abspath(sys.argv[1]), "golden")
OUT = os.path.abspath(sys.argv[2])
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
FAILED = []
PAIRS = [
    ["What is the dome?", "The dome is the roof of the hall."],
    ["  a blank in front", "\tand a tab here  "],
    ["how many gates?", "Four gates were shut in 1281. " * 40],
    ["a query that goes on and on, " * 30, "short"],
    ["", "no query"],
    ["no passage", ""],
    ["哪家公司的任务是尝试恢复原始录像带?", "这家公司位于北京,成立于1998年。"],
    ["emoji 🎉 and [SEP] </s> <|im_end|>", "[MASK] <mask> {{ x }} café ÅNGSTRÖM"],
    ["U.S. army?", 'A state-of-the-art (2016) army, "U.S." & others: $5 for 10%.'],
    ["line\nbreaks\r\n", "one\n\ntwo   three"],
]
TEXTS = [text for pair in PAIRS for text in pair if text]  # of an empty one a decoder's tokenizer makes no token, and Python no vector
TOKENIZERS = {"bert": "models/bert", "bert-cased": "tokenizers/wordpiece-cased", "distilbert": "models/distilbert",
              "electra": "models/electra", "roberta": "models/roberta", "xlm-roberta": "models/xlm-roberta",
              "deberta-v2": "models/deberta-v2", "modernbert": "models/modernbert", "qwen2": "modules/qwen2-logits",
              "qwen3": "modules/qwen3-logits"}
FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "merges.txt", "chat_template.jinja")


def randomize(owner, seed, scale=0.2):
    """Multiples of 1/16, so that the folders pack small."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, values in sorted(owner.named_parameters(), key=lambda entry: entry[0]):
            fresh = torch.round(torch.randn(values.shape, generator=generator) * scale * 16) / 16
            values.copy_(1 + fresh if "norm" in name.lower() and name.endswith("weight") else fresh)


def config_of(kind, **more):
    size = dict(hidden_size=24, num_hidden_layers=3, num_attention_heads=3, intermediate_size=40, max_position_embeddings=150)
    special = {
        "bert": dict(vocab_size=2500),
        "electra": dict(vocab_size=2504, embedding_size=20),
        "roberta": dict(vocab_size=2500, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5),
        "xlm-roberta": dict(vocab_size=4010, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5),
        "deberta-v2": dict(vocab_size=4002, pad_token_id=1, type_vocab_size=0, relative_attention=True, position_buckets=12,
                           norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type=["p2c", "c2p"], position_biased_input=False,
                           pooler_hidden_size=24),
        "modernbert": dict(vocab_size=2500, pad_token_id=0, bos_token_id=2, cls_token_id=2, eos_token_id=3, sep_token_id=3,
                           local_attention=12, global_attn_every_n_layers=3, num_hidden_layers=4),
        "qwen2": dict(vocab_size=1405, num_key_value_heads=1, eos_token_id=1402, pad_token_id=1400, max_position_embeddings=700),
        "qwen3": dict(vocab_size=1405, num_key_value_heads=3, num_attention_heads=6, head_dim=10, eos_token_id=1402, pad_token_id=1400,
                      max_position_embeddings=700),
    }
    if kind == "distilbert":
        renamed = {"hidden_size": "dim", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads", "intermediate_size": "hidden_dim"}
        return AutoConfig.for_model(kind, vocab_size=2500, **{renamed.get(key, key): value for key, value in {**size, **more}.items()})
    return AutoConfig.for_model(kind, **{**size, **special[kind], **more})


def base(kind, owner, seed=0, tokenizer=None, length=None, **more):
    """A folder as transformers saves it, with a tokenizer."""
    folder = os.path.join(tempfile.mkdtemp(), kind)
    os.makedirs(folder)
    source = os.path.join(GOLDEN, TOKENIZERS[tokenizer or kind])
    for file in FILES:
        if os.path.exists(os.path.join(source, file)):
            shutil.copyfile(os.path.join(source, file), os.path.join(folder, file))
    path = os.path.join(folder, "tokenizer_config.json")
    if length is None and "roberta" in kind:
        length = 140  # their positions begin after the padding's
    if length is not None:
        kept = json.load(open(path, encoding="utf-8"))
        kept["model_max_length"] = length
        json.dump(kept, open(path, "w", encoding="utf-8"), indent=2)
    torch.manual_seed(SEED)
    model = owner.from_config(config_of(kind, **more))
    randomize(model, SEED * 100 + seed)
    model.save_pretrained(folder)
    return folder


def ids_of(model, pair, prompt):
    features = model.preprocess([pair], prompt=prompt)
    ids, mask = features["input_ids"][0].tolist(), features["attention_mask"][0].tolist()
    return [i for i, m in zip(ids, mask) if m]


def cross_cases(folder, note="", prompts=(None,), **more):
    model = CrossEncoder(folder, device="cpu", model_kwargs={"dtype": torch.float32}, **more).eval()
    results = []
    for prompt in prompts:
        used = prompt if prompt is not None else model.prompts.get(model.default_prompt_name or "", None)
        raw = dict(prompt=prompt, activation_fn=nn.Identity(), show_progress_bar=False)
        results.append({"prompt": prompt, "used_prompt": used, "ids": [ids_of(model, pair, used) for pair in PAIRS],
                        "logits": [model.predict([pair], **raw)[0].tolist() for pair in PAIRS],
                        "logits_in_one_batch": model.predict(PAIRS, **raw).tolist(),
                        "predict": model.predict(PAIRS, prompt=prompt, show_progress_bar=False).tolist()})
    length = min(model.max_seq_length, model[0].processing_kwargs.get("text", {}).get("max_length", model.max_seq_length))
    write_cases(folder, {"note": note, "max_seq_length": length, "pairs": PAIRS, "results": results})


def write_cases(folder, cases):
    cases["made_with"] = reference.versions(sentence_transformers)
    json.dump(cases, open(os.path.join(folder, "cases.json"), "w", encoding="utf-8"), ensure_ascii=False)


def made(name, make):
    """Runs one recipe; a failure is told, and the others go on."""
    folder = os.path.join(OUT, name)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        make(folder)
        print(f"ok     {name}")
    except Exception:
        FAILED.append(name)
        print(f"FAILED {name}")
        traceback.print_exc()


def plain(name, kind, seed, **more):
    """A checkpoint as transformers saves it, with nothing of sentence-transformers."""
    def make(folder):
        shutil.copytree(base(kind, AutoModelForSequenceClassification, seed, **{"num_labels": 1, **more}), folder)
        cross_cases(folder)
    made(f"plain/{name}", make)


def saved(name, kind, seed, prompts=None, default=None, activation=None, tried=(None,), owner=None, labels=1, **more):
    """The same, loaded and saved by CrossEncoder."""
    def make(folder):
        source = base(kind, owner or AutoModelForSequenceClassification, seed, **({} if owner else {"num_labels": labels}), **more)
        model = CrossEncoder(source, device="cpu", prompts=prompts, default_prompt_name=default, activation_fn=activation)
        model.save_pretrained(folder)
        cross_cases(folder, prompts=tried)
    made(f"cross/{name}", make)


def modular(name, kind, seed, pooling, head, prompts=None, default=None, activation=None, tried=(None,), include_prompt=True, **more):
    def make(folder):
        trunk = Transformer(base(kind, AutoModel, seed, **more))
        pool = Pooling(trunk.get_embedding_dimension(), pooling_mode=pooling, include_prompt=include_prompt)
        modules = head(pool.get_embedding_dimension())
        for index, module in enumerate(modules):
            randomize(module, SEED * 10 + seed + index)
        model = CrossEncoder(modules=[trunk, pool, *modules], device="cpu", prompts=prompts, default_prompt_name=default,
                             activation_fn=activation)
        model.save_pretrained(folder)
        cross_cases(folder, prompts=tried)
    made(f"modular/{name}", make)


def scores(width, labels=1, **more):
    return Dense(width, labels, activation_function=nn.Identity(), module_output_name="scores", **more)


def causal(name, kind, seed, tokenizer=None, padding=None, template=None, tried=(None,), false_id=269, **more):
    def make(folder):
        source = base(kind, AutoModelForCausalLM, seed, **more)
        path = os.path.join(source, "tokenizer_config.json")
        kept = json.load(open(path, encoding="utf-8"))
        if padding is not None:
            kept["padding_side"] = padding
        json.dump(kept, open(path, "w", encoding="utf-8"))
        if template is not None:
            open(os.path.join(source, "chat_template.jinja"), "w", encoding="utf-8").write(template)
        trunk = Transformer(source, transformer_task="text-generation")
        model = CrossEncoder(modules=[trunk, LogitScore(272, false_id)], device="cpu")
        model.save_pretrained(folder)
        cross_cases(folder, prompts=tried)
    made(f"causal/{name}", make)


def embedder(name, kind, seed, pooling, after=(), prompts=None, default=None, include_prompt=True, template=None, **more):
    """A SentenceTransformer; after gives the modules that follow the pooling from the width."""
    def make(folder):
        source = base(kind, AutoModel, seed, **more)
        path = os.path.join(source, "chat_template.jinja")
        if template is not None:
            open(path, "w", encoding="utf-8").write(template)
        elif os.path.exists(path):
            os.remove(path)  # a re-ranker's
        trunk = Transformer(source)
        pool = Pooling(trunk.get_embedding_dimension(), pooling_mode=pooling, include_prompt=include_prompt)
        modules = list(after(pool.get_embedding_dimension())) if after else []
        for index, module in enumerate(modules):
            randomize(module, SEED * 10 + seed + index)
        model = SentenceTransformer(modules=[trunk, pool, *modules], device="cpu", prompts=prompts, default_prompt_name=default)
        model.save_pretrained(folder)
        vector_cases(folder)
    made(f"embedder/{name}", make)


def vector_cases(folder):
    model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32}).eval()
    results = []
    for method, encode in (("query", model.encode_query), ("document", model.encode_document)):
        alone = [encode([text], show_progress_bar=False)[0] for text in TEXTS]
        results.append({"method": method, "embeddings": [vector.tolist() for vector in alone]})
    write_cases(folder, {"max_seq_length": model.max_seq_length, "texts": TEXTS, "prompts": model.prompts, "vectors": results,
                         "unit": bool(any(type(module).__name__ == "Normalize" for module in model))})


def lora(name, kind, seed, owner=AutoModelForSequenceClassification, task="SEQ_CLS", peft_type="LoraConfig", **more):
    """An adapter as PEFT saves it, over a base folder."""
    def make(folder):
        import peft
        below = os.path.join(folder, "base")
        shutil.copytree(base(kind, owner, seed, **({"num_labels": 1} if task == "SEQ_CLS" else {})), below)
        model = owner.from_pretrained(below, **({"num_labels": 1} if task == "SEQ_CLS" else {}))
        changed = peft.get_peft_model(model, getattr(peft, peft_type)(task_type=task, **more))
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for _, values in sorted(((n, p) for n, p in changed.named_parameters() if p.requires_grad), key=lambda entry: entry[0]):
                values.add_(torch.randn(values.shape, generator=generator) * 0.1)
        changed.peft_config["default"].base_model_name_or_path = "../base"
        changed.save_pretrained(os.path.join(folder, "adapter"))
        merged = os.path.join(tempfile.mkdtemp(), "merged")
        shutil.copytree(below, merged)
        changed.merge_and_unload().save_pretrained(merged)
        cross_cases(merged)
        shutil.copyfile(os.path.join(merged, "cases.json"), os.path.join(folder, "cases.json"))
    made(f"lora/{name}", make)


def classifiers():
    for number, act in enumerate(("gelu", "relu", "gelu_new", "silu")):
        plain(f"bert-{act}", "bert", number, hidden_act=act)
    plain("bert-2-labels", "bert", 4, num_labels=2, num_attention_heads=2, hidden_size=36)
    plain("bert-cased", "bert", 5, tokenizer="bert-cased", vocab_size=4000, layer_norm_eps=1e-6)
    plain("bert-one-type", "bert", 6, type_vocab_size=3)
    plain("roberta", "roberta", 10, hidden_size=30, num_attention_heads=5)
    plain("roberta-4-labels", "roberta", 11, num_labels=4, hidden_act="relu")
    plain("xlm-roberta", "xlm-roberta", 12, hidden_size=40, num_attention_heads=4, num_hidden_layers=1)
    plain("distilbert", "distilbert", 13)
    plain("distilbert-relu", "distilbert", 14, activation="relu", sinusoidal_pos_embds=True)
    plain("electra", "electra", 15)
    plain("electra-same-width", "electra", 16, embedding_size=24, summary_activation="gelu")
    plain("deberta-v2", "deberta-v2", 17)
    plain("deberta-v2-own-keys", "deberta-v2", 18, share_att_key=False)
    plain("deberta-v2-c2p", "deberta-v2", 19, pos_att_type=["c2p"], share_att_key=False)
    plain("deberta-v2-p2c-no-norm", "deberta-v2", 20, pos_att_type=["p2c"], norm_rel_ebd="none")
    plain("deberta-v2-positions", "deberta-v2", 21, position_biased_input=True, type_vocab_size=2, position_buckets=-1)
    plain("deberta-v2-absolute", "deberta-v2", 22, relative_attention=False, position_biased_input=True, pos_att_type=[])
    plain("deberta-v2-embedding-size", "deberta-v2", 23, embedding_size=16)
    plain("deberta-v2-convolution", "deberta-v2", 24, conv_kernel_size=3, conv_act="gelu")
    plain("modernbert-cls", "modernbert", 25, classifier_pooling="cls")
    plain("modernbert-mean", "modernbert", 26, classifier_pooling="mean", classifier_bias=True, classifier_activation="relu")
    plain("modernbert-biases", "modernbert", 27, attention_bias=True, mlp_bias=True, norm_bias=True)
    plain("modernbert-3-labels", "modernbert", 28, hidden_activation="silu", num_labels=3, num_hidden_layers=7, local_attention=8)
    plain("qwen2", "qwen2", 29)
    plain("qwen3", "qwen3", 30)
    plain("qwen3-3-labels", "qwen3", 31, num_labels=3, attention_bias=True)


def cross_encoders():
    ask = {"query": "Find what answers: ", "other": "另一个 prompt\n"}
    for number, kind in enumerate(("bert", "roberta", "xlm-roberta", "distilbert", "electra", "deberta-v2", "modernbert", "qwen2", "qwen3")):
        saved(kind, kind, 40 + number)
        saved(f"{kind}-prompts", kind, 50 + number, prompts=ask, default="query", length=48, tried=(None, "", "Is it so? "),
              activation=nn.Identity())
    saved("bert-tanh", "bert", 60, activation=nn.Tanh(), length=33)
    saved("bert-3-labels", "bert", 61, labels=3)
    saved("bert-long", "bert", 62, length=149)
    saved("causal-qwen3", "qwen3", 63, owner=AutoModelForCausalLM)
    saved("causal-qwen2", "qwen2", 64, owner=AutoModelForCausalLM, tie_word_embeddings=True, tried=(None, "Judge the passage."))


def modular_cross_encoders():
    modes = ("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")
    kinds = ("bert", "roberta", "xlm-roberta", "distilbert", "electra", "deberta-v2", "modernbert", "qwen2", "qwen3")
    for number, mode in enumerate(modes):
        modular(f"bert-{mode}", "bert", 70 + number, mode, lambda width: [scores(width)])
        modular(f"modernbert-{mode}", "modernbert", 80 + number, mode, lambda width: [scores(width)])
    for number, kind in enumerate(kinds):
        modular(f"{kind}-ettin", kind, 90 + number, "cls", lambda width: [Dense(width, width, bias=False, activation_function=nn.GELU()),
                                                                      LayerNorm(width), scores(width)])
    modular("bert-two-modes", "bert", 100, ("mean", "max"), lambda width: [scores(width)])
    modular("bert-three-modes", "bert", 101, ("weightedmean", "cls", "lasttoken"), lambda width: [Dense(width, 10), scores(10)])
    for number, act in enumerate((nn.Tanh(), nn.ReLU(), nn.GELU(), nn.SiLU(), nn.Sigmoid(), nn.Identity())):
        modular(f"bert-dense-{type(act).__name__.lower()}", "bert", 102 + number, "mean",
                lambda width: [Dense(width, 14, activation_function=act), scores(14)])
    modular("bert-residual", "bert", 110, "mean", lambda width: [Dense(width, width, use_residual=True), Dense(width, 9, use_residual=True),
                                                                scores(9, labels=2)])
    modular("bert-normalized", "bert", 111, "mean", lambda width: [Normalize(), scores(width)])
    modular("bert-scores-alone", "bert", 112, "cls", lambda width: [scores(width, labels=5, bias=False)])
    modular("bert-prompt-in", "bert", 113, "mean", lambda width: [scores(width)], prompts={"a": "first: "}, default="a", tried=(None, "b: "))
    modular("bert-prompt-out", "bert", 114, "mean", lambda width: [scores(width)], prompts={"a": "first: "}, default="a",
            include_prompt=False)
    modular("bert-cased", "bert", 116, "cls", lambda width: [scores(width)], tokenizer="bert-cased", vocab_size=4000)
    modular("qwen3-last", "qwen3", 115, "lasttoken", lambda width: [scores(width)])


def causal_rerankers():
    for kind, seed in (("qwen2", 120), ("qwen3", 130)):
        causal(f"{kind}", kind, seed, tried=(None, "Given a claim, find what refutes it."))
        causal(f"{kind}-right", kind, seed + 1, padding="right")
        causal(f"{kind}-yes-alone", kind, seed + 2, false_id=None)
        causal(f"{kind}-untied", kind, seed + 3, tie_word_embeddings=False, num_key_value_heads=3 if kind == "qwen2" else 2)
        causal(f"{kind}-short", kind, seed + 4, length=128)
        causal(f"{kind}-tied", kind, seed + 5, tie_word_embeddings=True)
    causal("qwen3-bias", "qwen3", 140, attention_bias=True, rope_parameters={"rope_type": "default", "rope_theta": 1000000.0})
    causal("qwen2-window", "qwen2", 141, use_sliding_window=True, sliding_window=16, max_window_layers=1)
    causal("qwen3-window", "qwen3", 142, use_sliding_window=True, sliding_window=16, max_window_layers=1)
    causal("qwen3-yarn", "qwen3", 143, rope_parameters={"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0,
                                                       "original_max_position_embeddings": 175})


def embedders():
    kinds = ("bert", "roberta", "xlm-roberta", "distilbert", "electra", "deberta-v2", "modernbert", "qwen2", "qwen3")
    both = {"query": "query: ", "document": "passage: "}
    for number, kind in enumerate(kinds):
        embedder(kind, kind, 150 + number, "mean", lambda width: [Normalize()], prompts=both)
    for number, mode in enumerate(("cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")):
        embedder(f"bert-{mode}", "bert", 160 + number, mode, lambda width: [Normalize()], prompts={"query": "Represent: "})
        embedder(f"qwen3-{mode}", "qwen3", 165 + number, mode, lambda width: [Normalize()])
    embedder("bert-prompt-out", "bert", 170, "mean", lambda width: [Normalize()], prompts=both, include_prompt=False)
    embedder("qwen3-prompt-out", "qwen3", 171, "mean", lambda width: [Normalize()], prompts=both, include_prompt=False)
    embedder("bert-default", "bert", 172, "cls", lambda width: [Normalize()], prompts={"a": "always: "}, default="a")
    embedder("bert-dense", "bert", 173, "mean", lambda width: [Dense(width, 12), Normalize()], prompts=both)
    embedder("bert-two-dense", "bert", 174, "mean", lambda width: [Dense(width, 40, activation_function=nn.ReLU()),
                                                               Dense(40, 8, bias=False, activation_function=nn.Identity()), Normalize()])
    embedder("bert-layer-norm", "bert", 175, "mean", lambda width: [LayerNorm(width), Normalize()])
    embedder("bert-modes", "bert", 176, ("cls", "mean"), lambda width: [Dense(width, 16, use_residual=True), Normalize()])
    embedder("bert-not-normalized", "bert", 177, "mean")
    chat = ("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
            "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
    embedder("qwen3-chat", "qwen3", 179, "lasttoken", lambda width: [Normalize()], prompts=both, template=chat, length=100,
             hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=6)
    embedder("qwen2-chat-mean", "qwen2", 149, "mean", lambda width: [Normalize()], prompts={"query": "Ask: "}, template=chat,
             include_prompt=False)
    embedder("bert-short", "bert", 178, "mean", lambda width: [Normalize()], length=20, prompts=both)


def adapters():
    for number, kind in enumerate(("bert", "roberta", "xlm-roberta", "electra", "deberta-v2", "modernbert", "qwen2", "qwen3")):
        lora(f"{kind}-all-linear", kind, 180 + number, r=3, lora_alpha=5, target_modules="all-linear")
    lora("distilbert", "distilbert", 189, r=3, lora_alpha=5, target_modules=["q_lin", "v_lin", "lin1"], modules_to_save=["pre_classifier"])
    lora("bert-query-value", "bert", 190, r=2, lora_alpha=8, target_modules=["query", "value"], use_rslora=True)
    lora("bert-bias-all", "bert", 191, r=2, lora_alpha=8, target_modules=["query", "dense"], bias="all")
    lora("bert-bias-lora", "bert", 192, r=2, lora_alpha=8, target_modules=["key", "value"], bias="lora_only")
    lora("bert-pooler", "bert", 193, r=4, lora_alpha=4, target_modules=["query"], modules_to_save=["pooler"])
    lora("bert-embeddings-saved", "bert", 194, r=4, lora_alpha=4, target_modules=["query"], modules_to_save=["word_embeddings"])
    lora("bert-pattern", "bert", 195, r=4, lora_alpha=4, target_modules=r".*\.0\.attention\.self\.(query|key)")
    lora("bert-ranks", "bert", 196, r=4, lora_alpha=4, target_modules=["query", "value"], rank_pattern={"query": 2})
    lora("bert-layers", "bert", 197, r=4, lora_alpha=4, target_modules=["query", "value"], layers_to_transform=[1])
    lora("bert-dora", "bert", 198, r=4, lora_alpha=4, target_modules=["query", "value"], use_dora=True)
    lora("bert-no-task", "bert", 199, task=None, r=4, lora_alpha=4, target_modules=["query", "value", "classifier"])
    lora("bert-pissa", "bert", 200, r=4, lora_alpha=4, target_modules=["query", "value"], init_lora_weights="pissa")
    lora("bert-ia3", "bert", 201, peft_type="IA3Config", target_modules=["query", "value"], feedforward_modules=[])
    lora("qwen3-causal", "qwen3", 202, owner=AutoModelForCausalLM, task="CAUSAL_LM", r=4, lora_alpha=8,
         target_modules=["q_proj", "v_proj", "o_proj", "up_proj"])
    lora("qwen2-causal-head", "qwen2", 203, owner=AutoModelForCausalLM, task="CAUSAL_LM", r=4, lora_alpha=8,
         target_modules=["q_proj", "k_proj"], modules_to_save=["lm_head"])
    lora("qwen3-embeddings", "qwen3", 204, r=4, lora_alpha=8, target_modules=["q_proj", "embed_tokens"])


def edited(name, source, file, edit, tried=(None,)):
    """A folder that was made above with a file as other versions, or people, leave it."""
    def make(folder):
        shutil.copytree(os.path.join(OUT, source), folder)
        path = os.path.join(folder, file)
        json_of = json.load(open(path, encoding="utf-8")) if os.path.exists(path) else {}
        json_of = edit(json_of) or json_of
        json.dump(json_of, open(path, "w", encoding="utf-8"), indent=2)
        if source.startswith("embedder"):
            vector_cases(folder)
        else:
            cross_cases(folder, prompts=tried)
    made(f"edited/{name}", make)


def older_and_edited():
    settings, model, tokens, config = ("sentence_bert_config.json", "config_sentence_transformers.json", "tokenizer_config.json", "config.json")
    edited("qwen3-before-messages", "cross/qwen3", settings, lambda json_of: json_of.pop("modality_config") and None)
    edited("qwen3-embedder-before-messages", "embedder/qwen3-chat", settings, lambda _: {"max_seq_length": 60, "do_lower_case": False})
    edited("max-length", "cross/bert-prompts", settings, lambda json_of: json_of.update(max_seq_length=25))
    edited("text-max-length", "cross/bert", settings, lambda json_of: json_of.update(processing_kwargs={"text": {"max_length": 30}}))
    edited("lower-case", "modular/bert-cased", settings, lambda json_of: json_of.update(do_lower_case=True))
    edited("activation-of-4", "plain/bert-gelu", config, lambda json_of: json_of.update(
        sentence_transformers={"version": "4.1.0", "activation_fn": "torch.nn.modules.linear.Identity"}))
    edited("activation-of-2", "plain/bert-2-labels", config, lambda json_of: json_of.update(
        sbert_ce_default_activation_function="torch.nn.modules.activation.Sigmoid"))
    edited("activation-of-both", "cross/bert-tanh", config, lambda json_of: json_of.update(
        sbert_ce_default_activation_function="torch.nn.modules.linear.Identity"))
    edited("cut-left", "cross/bert-prompts", tokens, lambda json_of: json_of.update(truncation_side="left"))
    edited("cut-left-text", "embedder/bert-short", tokens, lambda json_of: json_of.update(truncation_side="left"))
    edited("no-default-prompt", "cross/bert-prompts", model, lambda json_of: json_of.update(default_prompt_name=None), tried=(None, "x: "))
    edited("pooling-flags", "embedder/bert-modes", "1_Pooling/config.json", lambda _: {
        "word_embedding_dimension": 24, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": False})
    edited("no-scores-name", "embedder/bert-two-dense", "3_Dense/config.json", lambda json_of: json_of.pop("module_output_name") and None)
    edited("chat-variables", "causal/qwen3", settings, lambda json_of: json_of.update(
        processing_kwargs={"chat_template": {"enable_thinking": False, "restore_suffix": False}}))


if __name__ == "__main__":
    for part in (classifiers, cross_encoders, modular_cross_encoders, causal_rerankers, embedders, adapters, older_and_edited):
        part()
    print(f"{len(FAILED)} failed: {', '.join(FAILED)}" if FAILED else "all made")
    sys.exit(1 if FAILED else 0)
