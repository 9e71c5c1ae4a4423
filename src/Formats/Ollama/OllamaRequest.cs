using System.Collections.Immutable;
using System.Text.Json;

namespace Prism.Formats.Ollama;

/// <summary>The body of <c>POST /api/chat</c>.</summary>
/// <remarks>Source: https://docs.ollama.com/api/chat</remarks>
internal sealed record OllamaRequest
{
    public string? Model { get; init; }

    public required ImmutableArray<OllamaMessage> Messages { get; init; }

    public ImmutableArray<OllamaTool>? Tools { get; init; }

    /// <summary>Always written: Ollama streams by default.</summary>
    public required bool Stream { get; init; }

    /// <summary><c>"json"</c> or a JSON Schema.</summary>
    public JsonElement? Format { get; init; }

    public Dictionary<string, JsonElement>? Options { get; init; }

    /// <summary>True, false or a level.</summary>
    public JsonElement? Think { get; init; }

    public JsonElement? KeepAlive { get; init; }
}

/// <summary>A tool that the model may call.</summary>
internal sealed record OllamaTool(string Type, OllamaFunction Function)
{
    public const string FunctionType = "function";
}

/// <summary>The function of an <see cref="OllamaTool"/>.</summary>
internal sealed record OllamaFunction(string Name, string? Description, JsonElement Parameters);

/// <summary>The part of OpenAI's <c>response_format</c> that Ollama supports.</summary>
internal sealed record RequestedFormat
{
    public string? Type { get; init; }

    public RequestedSchema? JsonSchema { get; init; }
}

/// <summary>
/// The <c>json_schema</c> of a <see cref="RequestedFormat"/>. Its name and description are labels: Ollama shows the model neither.
/// </summary>
internal sealed record RequestedSchema
{
    public JsonElement? Schema { get; init; }
}
