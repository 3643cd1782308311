using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>Tiny late-interaction models in the three layouts, and their vectors by plain arithmetic over the encoder's states.</summary>
internal static class MultiVectorFolders
{
    public const int Width = 5;
    private const string Dense = "1_Dense";
    private static readonly string[] Vocabulary = File.ReadAllLines(Path.Combine(Encoder, "vocab.txt"));

    private static string Encoder => Shared.Path("golden/models/bert-bare");

    /// <summary>The projection, (width, hidden).</summary>
    public static float[,] Projection { get; } = Random(Width, 32);

    /// <summary>Ids of whole words of the vocabulary.</summary>
    public static int[] Ids(string words) => [.. words.Split(' ').Select(word => Array.IndexOf(Vocabulary, word))];

    /// <summary>As sentence-transformers 6 saves a MultiVectorEncoder.</summary>
    public static string Native(string folder, string encoder = "bert-bare")
    {
        ModelFolder.Copy(Shared.Path($"golden/models/{encoder}"), folder);
        WriteDense(folder, """{"in_features": 32, "out_features": 5, "bias": false, "module_input_name": "token_embeddings"}""");
        Write(folder, "2_MultiVectorMask/config.json", """{"skiplist_words": [".", "!"], "skiplist_tasks": ["document"]}""");
        Write(folder, "3_Normalize/config.json", """{"module_input_name": "token_embeddings"}""");
        const string Modules = "sentence_transformers.multi_vector_encoder.modules";
        Write(
            folder,
            "modules.json",
            $$"""
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Dense", "type": "sentence_transformers.base.modules.dense.Dense"},
             {"idx": 2, "name": "2", "path": "2_MultiVectorMask", "type": "{{Modules}}.multi_vector_mask.MultiVectorMask"},
             {"idx": 3, "name": "3", "path": "3_Normalize", "type": "sentence_transformers.base.modules.normalize.Normalize"}]
            """
        );
        Write(
            folder,
            "config_sentence_transformers.json",
            """
            {"model_type": "MultiVectorEncoder", "prompts": {"query": "for ", "document": "as "}, "default_prompt_name": null,
             "similarity_fn_name": "maxsim"}
            """
        );
        Write(
            folder,
            "sentence_bert_config.json",
            """
            {"transformer_task": "feature-extraction", "module_output_name": "token_embeddings", "modality_config": {"text": {
             "method": "forward", "method_output_name": "last_hidden_state"}}, "document_length": 9,
             "query_expansion": {"strategy": "fixed", "attend": false, "token": null, "length": 8}}
            """
        );
        return folder;
    }

    /// <summary>As PyLate saves a ColBERT: Dense alone is listed, and the marks are added tokens that no lower-cased text holds.</summary>
    public static string PyLate(string folder)
    {
        ModelFolder.Copy(Encoder, folder);
        WriteDense(folder, """{"in_features": 32, "out_features": 5, "bias": false, "use_residual": false}""");
        Write(
            folder,
            "modules.json",
            """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Dense", "type": "pylate.models.Dense.Dense"}]
            """
        );
        Write(
            folder,
            "config_sentence_transformers.json",
            """
            {"prompts": {}, "default_prompt_name": null, "similarity_fn_name": "MaxSim", "query_prefix": "[Q] ", "document_prefix": "[D] ",
             "query_length": 7, "document_length": 10, "attend_to_expansion_tokens": true, "do_query_expansion": true}
            """
        );
        Write(folder, "sentence_bert_config.json", """{"max_seq_length": 9, "do_lower_case": false}""");
        ModelFolder.Edit(folder, "tokenizer.json", json =>
        {
            foreach (var (content, id) in new[] { ("[Q] ", 2490), ("[D] ", 2491) })
                json["added_tokens"]!
                    .AsArray()
                    .Add(
                        JsonNode.Parse(
                            $$"""
                            {"id": {{id}}, "content": "{{content}}", "single_word": false, "lstrip": false, "rstrip": false,
                             "normalized": true, "special": false}
                            """
                        )
                    );
        });
        return folder;
    }

    /// <summary>As ColBERT's own code saves it: the projection among the weights, the marks unused words of the vocabulary.</summary>
    public static string ColBert(string folder)
    {
        ModelFolder.Copy(Encoder, folder);
        ModelFolder.Reweigh(folder, (name, tensor) => ($"bert.{name}", tensor));
        using (var weights = CheckpointWeights.Open(folder))
        using (NewDisposeScope())
            SafetensorsWriter.Write(
                Path.Combine(folder, "new.safetensors"),
                weights.Tensors.Keys.Select(name => (name, weights.Read(name))).Append(("linear.weight", tensor(Projection)))
            );
        File.Move(Path.Combine(folder, "new.safetensors"), Path.Combine(folder, "model.safetensors"), overwrite: true);
        ModelFolder.Edit(folder, "config.json", json => json["architectures"] = new JsonArray("HF_ColBERT"));
        ModelFolder.Edit(folder, "tokenizer.json", json =>
        {
            var words = json["model"]!["vocab"]!.AsObject();
            foreach (var (name, id) in new[] { ("[unused0]", 2490), ("[unused1]", 2491) })
            {
                words.Remove(words.Single(word => word.Value!.GetValue<int>() == id).Key);
                words[name] = id;
            }
        });
        Write(
            folder,
            "artifact.metadata",
            """
            {"query_token_id": "[unused0]", "doc_token_id": "[unused1]", "query_maxlen": 7, "doc_maxlen": 10, "mask_punctuation": true,
             "attend_to_mask_tokens": false, "similarity": "cosine", "interaction": "colbert", "dim": 5}
            """
        );
        return folder;
    }

    public static MultiVectorEncoder Load(string folder, MultiVectorEncoderOptions? options = null) =>
        MultiVectorEncoder.FromPretrained(
            folder,
            (options ?? new() { Report = _ => { } }) with
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
            }
        );

    /// <summary>The unit vectors of tokens, of which the last ones are not attended to: W·h, divided by its length.</summary>
    public static float[][] Expected(int[] ids, int unattended = 0, string encoder = "bert-bare")
    {
        var folder = Shared.Path($"golden/models/{encoder}");
        using var model = TextEncoder.Load(folder, CPU, ModelConfig.Load(folder), ModuleList.Plain(Pooling.Mean));
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        bool[] attended = [.. ids.Select((_, i) => i < ids.Length - unattended)];
        var mask = unattended == 0 ? null : tensor(attended, [1, ids.Length]);
        var states = model.States(tensor(ids, [1, ids.Length]).to_type(ScalarType.Int64), zeros(1, ids.Length, ScalarType.Int64), mask);
        var hidden = states.data<float>().ToArray();
        var vectors = new float[ids.Length][];
        for (var token = 0; token < ids.Length; token++)
        {
            var vector = new double[Width];
            for (var row = 0; row < Width; row++)
            for (var column = 0; column < 32; column++)
                vector[row] += (double)Projection[row, column] * hidden[token * 32 + column];
            var length = Math.Sqrt(vector.Sum(number => number * number));
            vectors[token] = [.. vector.Select(number => (float)(number / length))];
        }

        return vectors;
    }

    public static void Write(string folder, string file, string text)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static void WriteDense(string folder, string settings)
    {
        var json = JsonNode.Parse(settings)!.AsObject();
        json["activation_function"] = "torch.nn.modules.linear.Identity";
        Write(folder, $"{Dense}/config.json", json.ToJsonString());
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(folder, Dense, "model.safetensors"), [("linear.weight", tensor(Projection))]);
    }

    private static float[,] Random(int rows, int columns)
    {
        var (random, numbers) = (new Random(7), new float[rows, columns]);
        for (var row = 0; row < rows; row++)
        for (var column = 0; column < columns; column++)
            numbers[row, column] = (float)(random.NextDouble() - 0.5);
        return numbers;
    }
}
