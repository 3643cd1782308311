"""What the scripts of this folder share: no network, no GPU, and a way round a break between two packages of Debian. Import it first."""
import os

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", CUDA_VISIBLE_DEVICES="", TOKENIZERS_PARALLELISM="false")

from tokenizers import processors


def _roberta_processing():
    """tokenizers 0.23 of Debian calls the second argument cls_token, where transformers 5.12 says cls: no RoBERTa tokenizer loads there."""
    try:
        processors.RobertaProcessing(sep=("</s>", 2), cls=("<s>", 0))
    except TypeError:
        original = processors.RobertaProcessing
        processors.RobertaProcessing = lambda sep, cls, **more: original(sep, cls, **more)


_roberta_processing()


def versions(*modules):
    import torch
    import transformers
    return {each.__name__: each.__version__ for each in (torch, transformers, *modules)}
