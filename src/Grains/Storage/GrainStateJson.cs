using System.Text.Json.Serialization;
using Prism.Grains.Chains.Running;
using Prism.Grains.Quotas;
using Prism.Grains.Usage;

namespace Prism.Grains.Storage;

/// <summary>The states that are written often, with generated code. Others work without being listed here.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(LedgerState))]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(UsageState))]
internal sealed partial class GrainStateJson : JsonSerializerContext;
