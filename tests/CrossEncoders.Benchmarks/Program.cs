using CrossEncoders;
using CrossEncoders.Benchmarks;
using CrossEncoders.Benchmarks.Distillation;
using CrossEncoders.Benchmarks.Engines;
using CrossEncoders.Benchmarks.Serving;

// Runs one of the project's measurements, or makes what the project ships. None of it is needed to use the kit.
try
{
    return args switch
    {
        ["bm25", .. var rest] => KeywordSpeed.Run(rest),
        ["chunking", .. var rest] => Chunking.Run(rest),
        ["distilled-model", .. var rest] => DistilledModel.Run(rest),
        ["embedded-model", .. var rest] => EmbeddedModel.Run(rest),
        ["elasticsearch-stand-in"] => await ElasticStandIn.Serve(),
        ["engine-index", .. var rest] => EngineIndexing.Run(rest),
        ["engines", .. var rest] => EngineSpeed.Run(rest),
        ["golden", .. var rest] => GoldenArchive.Run(rest),
        ["late-interaction", .. var rest] => LateInteractionTable.Run(rest),
        ["inference", .. var rest] => Inference.Run(rest),
        ["large-model", .. var rest] => LargeModel.Run(rest),
        ["large-scoring", .. var rest] => LargeScoring.Run(rest),
        ["modes", .. var rest] => ModeTable.Run(rest),
        ["onnx", .. var rest] => OnnxSpeed.Run(rest),
        ["padding", .. var rest] => PaddingSpeed.Run(rest),
        ["training", .. var rest] => TrainingSpeed.Run(rest),
        ["xquad", .. var rest] => XQuad.Run(rest),
        ["quality", .. var rest] => Quality.Run(rest),
        ["relatives", .. var rest] => Relatives.Run(rest),
        ["saved-again", .. var rest] => SavedAgain.Run(rest),
        ["serve-load", .. var rest] => await ServeLoad.RunAsync(rest),
        ["questions", .. var rest] => await QuestionsOfFolder.RunAsync(rest),
#if LOCAL_LLM
        ["local-model", .. var rest] => await LocalModelQuestions.RunAsync(rest),
#endif
        _ => Usage(),
    };
}
catch (CrossEncoderException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: dotnet run -c Release --project tests/CrossEncoders.Benchmarks -- VERB
          bm25 --shared ../shared [--passages N] [--times N]
                         time and memory of a keyword index over passages of real sentences, and queries a second
          chunking --shared ../shared --encoder FOLDER [--seconds N]
                         megabytes chunked a second, English and Chinese, by each strategy
          distilled-model --shared ../shared --encoder FOLDER --model FOLDER --questions FILE --output FOLDER
                  [--queries few|all] [--answer-bonus X] [--steps N] [--tokens N] [--learning-rate X] [--minutes N]
                         the second stage of the cross-encoder of data/models: learns from late interaction, cosine and BM25 over texts of
                         many kinds, and from human questions; runs again where it was stopped
          embedded-model --shared ../shared --encoder FOLDER --output FOLDER [--layers N] [--questions N] [--steps N] [--learning-rate X]
                         the first stage: trains on English and Chinese question sets; runs again where it was stopped
          elasticsearch-stand-in
                         prints an address and answers there as the published API of Elasticsearch does, which it is not: see
                         tests/servers/elasticsearch-stand-in.sh
          engine-index --engine postgres|lucene|elasticsearch --place CONNECTION|FOLDER|ADDRESS [--name NAME] [--passages N] [--batch N]
                         indexes made-up passages; killed and started again, it goes on
          engines --shared ../shared [--engines memory,lucene,postgres,pglite] [--passages N,N] [--sentences N]
                         [--ask questions|passages] [--queries N] [--encoder FOLDER] [--dimensions N] [--graphs 16x128,32x256x50000|none]
                         [--expansion N,N] [--folder FOLDER] [--keep yes]
                         time and size of each index over passages of real sentences, queries a second, recall of approximate search by
                         number of candidates, and how each grows; graphs by links, candidates at building and vectors of a part; vectors
                         made up, or of a model; servers as tests/README.md starts them; an index that is kept goes on where it was
          engines --shared ../shared --table en,zh [--questions N] [--depth N] [--model FOLDER] [--encoder FOLDER]
                         XQuAD by each engine, alone and re-ranked; Elasticsearch where CROSS_ENCODERS_ELASTICSEARCH says where it is
          golden --shared ../shared --made FOLDER --output tests/CrossEncoders.Tests/golden.tar.br
                         packs the outputs of the Python reference that the tests compare with, and those that tests/python made
          inference --shared ../shared [--pairs N] [--times N]
                         pairs a second of a MiniLM-L6 with random weights, as a share of the matrix-product rate;
                         tokens a second; load times
          late-interaction --shared ../shared [--encoder FOLDER] [--model FOLDER] [--sets a,b] [--states FOLDER]
                  [--type float32|bfloat16|int8] [--bits 16|8] [--depth N] [--questions N]
                         pairs a second of late interaction; MRR@10 of BM25, cosine, their fusion, and of re-ranking its first candidates
          large-model --shared ../shared [--batch N] [--tokens N] [--steps N] [--device NAME]
                         trains bge-reranker-base's layout at full size with random weights: pairs a second, peak memory
          large-scoring --shared ../shared --keep FOLDER [--pairs N] [--times N] [--batches N,N] [--device NAME]
                         scores with the same layout: pairs a second by type and size of batch; beside-python.py FOLDER then does the
                         same with sentence-transformers
          modes --model FOLDER --shared ../shared [--pairs N] [--times N] [--questions N] [--depth N]
                         one table of all ways to score: pairs a second, share of matrix products, load time, memory, quality beside
                         fp32, and the fastest that passes the export's gate
          onnx --model FOLDER --shared ../shared [--pairs N] [--times N] [--threads N]
                         pairs a second of a model on libtorch and exported to ONNX Runtime, and how well their orders agree
          onnx --model FOLDER --output FOLDER [--precision fp32|fp16|quantized]
                         exports a model
          padding --model FOLDER --shared ../shared [--pairs N] [--times N] [--batch N] [--tokens N]
                         pairs a second of several architectures with random weights, in padded batches and without the padding,
                         as the pairs come and sorted by length
          training --shared ../shared [--steps N] [--memory-steps N]
                         training pairs a second of a MiniLM-L6 with random weights beside the matrix-product rate; memory over many steps
          xquad --shared ../shared --model FOLDER [--questions N] [--depth N]
                         ranks the passages of XQuAD by BM25 and by a model, English and Chinese
          quality --shared ../shared --encoder FOLDER [--questions N] [--layers N] [--learning-rate X] [--bar MRR]
                  [--minutes N] [--output FOLDER]
                         trains a fresh head for one epoch on a few human questions; exits with 1 where XQuAD is ranked below the bar
          relatives --models FOLDER --output FOLDER
                         models that tests/python made: tokens, logits and vectors beside Python's, and each saved again for read_back.py
          saved-again --shared ../shared --output FOLDER
                         the tiny models of the Python reference, saved again, each with what it scores, to be read back in Python
          serve-load --model FOLDER --shared ../shared [--modes libtorch,fp32,fp16,quantized] [--requests N] [--clients N]
                  [--least N] [--most N] [--tokens N] [--waiting N] [--batches N,N]
                         the re-ranking server under requests of least to most documents, some given up, malformed or huge, with and
                         without batches across requests: p50, p99, memory; exits with 1 at any answer but rankings and typed refusals
          questions --documents FOLDER --journal FILE --output FILE [--encoder FOLDER] [--concurrency N]
                         asks the language model of the environment about a folder; killed and started again, it goes on from the journal
          local-model --shared ../shared [--model FILE.gguf] [--chunks N] [--questions N] [--examples 0|1|2]
                  [--template short|default] [--journal FILE] [--top-k N]
                         (after dotnet run -p:Llm=local) a language model in process writes questions about passages of XQuAD;
                         what became of its answers
        """
    );
    return 2;
}
