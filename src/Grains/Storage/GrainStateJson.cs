using System.Text.Json.Serialization;
using Prism.Chains;
using Prism.Limits;

namespace Prism.Storage;

/// <summary>The states that are written often, with generated code. Others work without being listed here.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(LedgerState))]
[JsonSerializable(typeof(RunState))]
internal sealed partial class GrainStateJson : JsonSerializerContext;
