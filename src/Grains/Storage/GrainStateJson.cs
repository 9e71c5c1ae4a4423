using System.Text.Json.Serialization;
using Prism.Limits;

namespace Prism.Storage;

/// <summary>The states that are written often, with generated code. Others work without being listed here.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(LedgerState))]
internal sealed partial class GrainStateJson : JsonSerializerContext;
