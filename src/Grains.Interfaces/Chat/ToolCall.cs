using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>A call that a model makes; in a stream, a fragment of one.</summary>
[GenerateSerializer, Immutable, Alias("prism.tool-call")]
public sealed record ToolCall
{
    /// <summary>Only in a stream: which call of the answer this is a fragment of, from 0.</summary>
    [Id(0)] public int? Index { get; init; }

    /// <summary>The id its result refers to. In a stream only on the first fragment of a call.</summary>
    [Id(1)] public string? Id { get; init; }

    /// <summary><c>function</c>. In a stream only on the first fragment of a call.</summary>
    [Id(2)] public string? Type { get; init; }

    /// <summary>The function and its arguments.</summary>
    [Id(3)] public FunctionCall? Function { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(4), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>The function of a <see cref="ToolCall"/>.</summary>
[GenerateSerializer, Immutable, Alias("prism.function-call")]
public sealed record FunctionCall
{
    /// <summary>Its name. In a stream only on the first fragment of a call.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>JSON as text, as the model wrote it: not checked, and in a stream a fragment that is joined to those before.</summary>
    [Id(1)] public string? Arguments { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(2), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}
