namespace Prism.Formats.OpenAi.Chat;

/// <summary>The bytes of a request that a skim has accepted. They belong to the HTTP request and end with it.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="Skim">What was read of them.</param>
public sealed record RawRequest(ReadOnlyMemory<byte> Body, RequestSkim Skim)
{
    /// <summary>The same in memory of its own, for a call that outlives the request.</summary>
    public RawRequest Copy() => this with { Body = Body.ToArray() };
}
