"""Figures of sentence-transformers' evaluators on made-up scores, many of them tied.

usage: python make_evaluations.py OUTPUT_FOLDER
Writes reranking.json (CrossEncoderRerankingEvaluator) and nanobeir.json (CrossEncoderNanoBEIREvaluator on a data set of three tiny parts).
"""
import copy
import json
import os
import random
import sys

if os.environ.get("PYTHONHASHSEED") != "0":  # the order of a set of strings, which an evaluator walks through
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, *sys.argv])

import numpy as np
import reference
import sentence_transformers
from sentence_transformers.cross_encoder.evaluation import CrossEncoderNanoBEIREvaluator, CrossEncoderRerankingEvaluator

OUT = os.path.abspath(sys.argv[1])
VERSIONS = reference.versions(np, sentence_transformers)


class Scores:
    """Stands for a CrossEncoder: scores from a table, ties included."""

    def __init__(self, table):
        self.table = table

        class Card:
            def __getattr__(self, name):
                return lambda *a, **k: None

        self.model_card_data = Card()

    def predict(self, inputs, **_):
        return np.asarray([self.table[tuple(pair)] for pair in inputs], dtype=np.float32)


def reranking():
    draw = random.Random(3)
    found = []
    for number in range(24):
        count = [3, 5, 12, 30][number % 4]
        levels = [1, 2, 4, 1000][(number // 4) % 4]
        relevant = [int(draw.random() < 0.25) for _ in range(count)]
        relevant[draw.randrange(count)] = 1
        values = [draw.randrange(levels) / 4 - 1 for _ in range(count)]
        item = {"relevant": relevant, "scores": values}
        for k in (10, 3):
            evaluator = CrossEncoderRerankingEvaluator(samples=[], at_k=k)
            mrr, ndcg, ap = evaluator.compute_metrics(relevant, np.asarray(values, dtype=np.float32))
            item[f"mrr@{k}"], item[f"ndcg@{k}"], item["map"] = float(mrr), float(ndcg), float(ap)
        found.append(item)
    whole = []
    for positives_always in (True, False):
        samples, table = [], {}
        for q in range(4):
            documents = [f"d{q}-{i}" for i in range(6)]
            positive = [documents[q], f"out{q}"] if q < 3 else [f"out{q}"]
            samples.append({"query": f"q{q}", "positive": positive, "documents": documents})
            for d in documents + positive:
                table[(f"q{q}", d)] = draw.randrange(3) / 2
        evaluator = CrossEncoderRerankingEvaluator(
            samples=samples, at_k=3, always_rerank_positives=positives_always, name="tiny", write_csv=False
        )
        whole.append({"always_rerank_positives": positives_always, "samples": samples,
                      "scores": [[*key, value] for key, value in table.items()],
                      "metrics": {key: float(value) for key, value in evaluator(Scores(table)).items()}})
    json.dump({"made_with": VERSIONS, "queries": found, "evaluations": whole}, open(os.path.join(OUT, "reranking.json"), "w"), indent=None)
    print(f"ok reranking: {len(found)} queries, {whole[0]['metrics']}")


class Rows(list):
    """What the evaluator asks of a dataset."""

    def __getitem__(self, key):
        return [row[key] for row in self] if isinstance(key, str) else list.__getitem__(self, key)

    @property
    def column_names(self):
        return list(list.__getitem__(self, 0))

    def map(self, function, fn_kwargs=None, **_):
        return Rows({**row, **function(row, **(fn_kwargs or {}))} for row in self)


def nanobeir():
    draw = random.Random(9)
    data, table = {}, {}
    for split in ("NanoMSMARCO", "NanoNQ", "NanoNFCorpus"):
        corpus = [{"_id": f"{split}-d{i}", "text": f"{split} passage {i}"} for i in range(20)]
        queries = [{"_id": f"{split}-q{i}", "text": f"{split} question {i}"} for i in range(5)]
        qrels, bm25 = [], []
        for query in queries:
            for document in draw.sample(corpus, draw.randrange(1, 4)):
                qrels.append({"query-id": query["_id"], "corpus-id": document["_id"]})
            bm25.append({"query-id": query["_id"], "corpus-ids": [d["_id"] for d in draw.sample(corpus, 12)]})
            for document in corpus:
                table[(query["text"], document["text"])] = draw.randrange(6 if split == "NanoNQ" else 100_000) / 64
        data[split] = {"corpus": corpus, "queries": queries, "qrels": qrels, "bm25": bm25}

    class Local(CrossEncoderNanoBEIREvaluator):
        def _load_dataset_subset_split(self, subset, split, required_columns):
            return Rows(copy.deepcopy(data[split][subset]))

    results = []
    for k, always in ((8, True), (8, False), (100, True)):
        evaluator = Local(["msmarco", "nq", "nfcorpus"], rerank_k=k, at_k=10, always_rerank_positives=always, write_csv=False)
        metrics = evaluator(Scores(table))
        results.append({"rerank_k": k, "at_k": 10, "always_rerank_positives": always, "primary": evaluator.primary_metric,
                        "metrics": {key: float(value) for key, value in metrics.items()}})
    json.dump({"made_with": VERSIONS, "data": data, "scores": [[*key, value] for key, value in table.items()], "results": results},
              open(os.path.join(OUT, "nanobeir.json"), "w"), indent=None)
    print(f"ok nanobeir: {list(results[0]['metrics'].items())[:9]}")


os.makedirs(OUT, exist_ok=True)
reranking()
nanobeir()
