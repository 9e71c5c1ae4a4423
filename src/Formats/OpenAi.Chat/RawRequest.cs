namespace Prism.Formats.OpenAi.Chat;

/// <summary>The bytes of a request that a skim has accepted. They belong to the HTTP request and end with it.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="Skim">The result of the skim.</param>
public sealed record RawRequest(ReadOnlyMemory<byte> Body, RequestSkim Skim)
{
    /// <summary>The output cap that Prism adds to the bytes when it sends them; null if it adds none.</summary>
    public OutputCap? AddedCap { get; init; }

    /// <summary>The output cap in force, in tokens; null for none.</summary>
    public int? OutputTokenLimit => AddedCap?.Tokens ?? Skim.MaxCompletionTokens ?? Skim.MaxTokens;

    /// <summary>A copy in its own memory, for a call that outlives the request.</summary>
    public RawRequest Copy() => this with { Body = Body.ToArray() };
}
