using System.Text.Json.Serialization;
using Prism.Formats.Json;

namespace Prism.Formats.Ollama;

/// <summary>An answer, or a line of a streamed one. Times and durations are left where they are.</summary>
/// <remarks>Source: https://docs.ollama.com/api/chat and https://docs.ollama.com/api/errors</remarks>
internal sealed record OllamaResponse
{
    public string? Model { get; init; }

    public OllamaMessage? Message { get; init; }

    /// <summary>True on an answer that is whole, and on the last line of a streamed one.</summary>
    public bool Done { get; init; }

    /// <summary><c>stop</c>, <c>length</c>, <c>load</c> or <c>unload</c>; older servers give none.</summary>
    public string? DoneReason { get; init; }

    /// <summary>Tokens of the prompt, those from the prompt cache included. A count of 0 is left out.</summary>
    [JsonConverter(typeof(LenientJsonConverter<int?>))] public int? PromptEvalCount { get; init; }

    /// <summary>Of <see cref="PromptEvalCount"/>. Only newer servers tell.</summary>
    [JsonConverter(typeof(LenientJsonConverter<int?>))] public int? PromptEvalCachedCount { get; init; }

    /// <summary>Tokens of the answer. A count of 0 is left out.</summary>
    [JsonConverter(typeof(LenientJsonConverter<int?>))] public int? EvalCount { get; init; }

    /// <summary>What went wrong, and then there is nothing else.</summary>
    public string? Error { get; init; }
}
