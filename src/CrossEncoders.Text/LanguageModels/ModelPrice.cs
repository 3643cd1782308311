namespace CrossEncoders.LanguageModels;

/// <summary>What a language model's tokens cost.</summary>
/// <param name="InputPerMillion">The price of a million tokens read.</param>
/// <param name="OutputPerMillion">The price of a million tokens written.</param>
/// <param name="Currency">For messages.</param>
public sealed record ModelPrice(decimal InputPerMillion, decimal OutputPerMillion, string Currency = "USD")
{
    /// <summary>The price in batches, which OpenAI and others answer within a day for half of it.</summary>
    public ModelPrice InBatches() => this with { InputPerMillion = InputPerMillion / 2, OutputPerMillion = OutputPerMillion / 2 };

    /// <summary>The price of a number of tokens.</summary>
    public decimal Of(long inputTokens, long outputTokens) => (inputTokens * InputPerMillion + outputTokens * OutputPerMillion) / 1_000_000;

    internal decimal Of(TokenCount tokens) => Of(tokens.Input, tokens.Output);
}
