using System.Text;
using LLama;
using LLama.Common;
using LLama.Native;
using LLama.Sampling;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// A language model in a GGUF file, run in this process on the CPU by llama.cpp (package LLamaSharp). Only in a build with
/// <c>-p:Llm=local</c>. It answers one call after another, so <c>QaDatasetOptions.MaxConcurrency</c> 1 is right for it; it ignores a form
/// of answer that is asked for (a JSON schema). The same seed and messages give the same answer. Thread-safe.
/// </summary>
public sealed class LocalModel : IChatClient
{
    private const int DefaultAnswerTokens = 512;
    private const float DefaultTemperature = 0.3f;

    private readonly LLamaWeights _weights;
    private readonly ModelParams _parameters;
    private readonly ChatClientMetadata _metadata;
    private readonly SemaphoreSlim _one = new(1);

    private LocalModel(LLamaWeights weights, ModelParams parameters)
    {
        _weights = weights;
        _parameters = parameters;
        _metadata = new ChatClientMetadata("llama.cpp", null, Path.GetFileNameWithoutExtension(parameters.ModelPath));
    }

    /// <summary>Opens a model.</summary>
    /// <param name="path">The GGUF file; its own chat template is used.</param>
    /// <param name="contextTokens">The most tokens of a call, question and answer together (default 4096).</param>
    /// <exception cref="CrossEncoderException">The file is missing or is not a model, or llama.cpp cannot be loaded here.</exception>
    public static LocalModel Open(string path, int contextTokens = 4096)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new CrossEncoderException($"There is no model '{full}'. Expected a GGUF file.");
        var parameters = new ModelParams(full)
        {
            ContextSize = (uint)contextTokens,
            GpuLayerCount = 0,
            Threads = Environment.ProcessorCount,
        };
        try
        {
            if (!NativeLibraryConfig.LLama.LibraryHasLoaded)
                // A notebook's host has another base folder than this library.
                NativeLibraryConfig.All.WithSearchDirectory(Path.GetDirectoryName(typeof(LocalModel).Assembly.Location)!);
            NativeLogConfig.llama_log_set(
                (level, text) =>
                {
                    if (level == LLamaLogLevel.Error)
                        Console.Error.Write(text);
                }
            );
            return new LocalModel(LLamaWeights.LoadFromFile(parameters), parameters);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new CrossEncoderException(
                $"The model '{full}' cannot be loaded: {error.GetBaseException().Message} Expected a GGUF file that llama.cpp can read.",
                error
            );
        }
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var template = new LLamaTemplate(_weights) { AddAssistant = true };
        foreach (var message in messages)
            template.Add(message.Role.Value, message.Text);
        var prompt = Encoding.UTF8.GetString(template.Apply());
        var most = options?.MaxOutputTokens ?? DefaultAnswerTokens;
        var read = _weights.Tokenize(prompt, add_bos: false, special: true, Encoding.UTF8).Length;
        if (read + most > _parameters.ContextSize)
            throw new CrossEncoderException(
                $"The messages have {read} tokens and the answer may have {most}: more than the context of "
                    + $"{_parameters.ContextSize}. Open the model with a larger one, or shorten the chunks."
            );
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var sampling = new DefaultSamplingPipeline
            {
                Temperature = options?.Temperature ?? DefaultTemperature,
                Seed = (uint)(options?.Seed ?? Random.Shared.Next()),
            };
            var answer = new StringBuilder();
            var written = 0;
            await foreach (
                var piece in new StatelessExecutor(_weights, _parameters)
                    .InferAsync(prompt, new InferenceParams { MaxTokens = most, SamplingPipeline = sampling }, cancellationToken)
                    .ConfigureAwait(false)
            )
            {
                answer.Append(piece);
                written++;
            }
            cancellationToken.ThrowIfCancellationRequested();
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, answer.ToString()))
            {
                ModelId = _metadata.DefaultModelId,
                FinishReason = written < most ? ChatFinishReason.Stop : ChatFinishReason.Length,
                Usage = new UsageDetails
                {
                    InputTokenCount = read,
                    OutputTokenCount = written,
                    TotalTokenCount = read + written,
                },
            };
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => WholeAnswerClient.Stream(this, messages, options, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
