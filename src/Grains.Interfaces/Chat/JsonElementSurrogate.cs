using System.Text.Json;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>How a <see cref="JsonElement"/> crosses between processes: as its text.</summary>
[GenerateSerializer, Immutable, Alias("prism.json-element")]
internal struct JsonElementSurrogate
{
    [Id(0)] public string? Json;
}

[RegisterConverter]
internal sealed class JsonElementConverter : IConverter<JsonElement, JsonElementSurrogate>
{
    // No depth limit of its own: the reader of a request sets it, and it must not fail between two silos.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = int.MaxValue };

    public JsonElement ConvertFromSurrogate(in JsonElementSurrogate surrogate) =>
        surrogate.Json is { } json ? JsonElement.Parse(json, Options) : default;

    public JsonElementSurrogate ConvertToSurrogate(in JsonElement value) =>
        new() { Json = value.ValueKind == JsonValueKind.Undefined ? null : value.GetRawText() };
}
