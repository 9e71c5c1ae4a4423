using System.Text.Json.Serialization;
using Prism.Formats.Json;

namespace Prism.Formats.Ollama;

/// <summary>An answer, or a line of a streamed one. Times and durations are ignored.</summary>
/// <remarks>Source: https://docs.ollama.com/api/chat and https://docs.ollama.com/api/errors</remarks>
internal sealed record OllamaResponse
{
    public string? Model { get; init; }

    public OllamaMessage? Message { get; init; }

    /// <summary>True on a whole answer, and on the last line of a streamed one.</summary>
    public bool Done { get; init; }

    /// <summary><c>stop</c>, <c>length</c>, <c>load</c> or <c>unload</c>; older servers send none.</summary>
    public string? DoneReason { get; init; }

    /// <summary>Tokens of the prompt, including those from the prompt cache. Ollama omits a count of 0.</summary>
    [JsonConverter(typeof(LenientJsonConverter<int?>))] public int? PromptEvalCount { get; init; }

    /// <summary>The part of <see cref="PromptEvalCount"/> from the prompt cache. Only newer servers report it.</summary>
    [JsonConverter(typeof(LenientJsonConverter<int?>))] public int? PromptEvalCachedCount { get; init; }

    /// <summary>Tokens of the answer. Ollama omits a count of 0.</summary>
    [JsonConverter(typeof(LenientJsonConverter<int?>))] public int? EvalCount { get; init; }

    /// <summary>The error message; then there are no other properties.</summary>
    public string? Error { get; init; }
}
