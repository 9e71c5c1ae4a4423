using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>Something a model may call.</summary>
[GenerateSerializer, Immutable, Alias("prism.tool-definition")]
public sealed record ToolDefinition
{
    /// <summary><c>function</c>; other types only OpenAI-type providers may know.</summary>
    [Id(0)] public string? Type { get; init; }

    /// <summary>Set where <see cref="Type"/> is <c>function</c>.</summary>
    [Id(1)] public FunctionDefinition? Function { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(2), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>A function a model may call.</summary>
[GenerateSerializer, Immutable, Alias("prism.function-definition")]
public sealed record FunctionDefinition
{
    /// <summary>The name the model calls it by.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>Its purpose, for the model.</summary>
    [Id(1)] public string? Description { get; init; }

    /// <summary>A JSON Schema of its arguments. Null: it takes none.</summary>
    [Id(2)] public JsonElement? Parameters { get; init; }

    /// <summary>True: the arguments must follow the schema exactly.</summary>
    [Id(3)] public bool? Strict { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(4), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}
