using System.Text.Json.Serialization;
using Prism.Chains;
using Prism.Limits;
using Prism.Usage;

namespace Prism.Storage;

/// <summary>The states that are written often, with generated code. Others work without being listed here.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(LedgerState))]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(UsageState))]
internal sealed partial class GrainStateJson : JsonSerializerContext;
