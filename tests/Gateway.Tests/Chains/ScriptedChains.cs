using System.Text.Json;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Tests.Chains;

/// <summary>Stored chains.</summary>
internal static class ScriptedChains
{
    public static StoredChain Digest { get; } = new()
    {
        Summary = new() { Name = "digest", Version = 3, Description = "Sums up.", Variables = ["article"] },
        Definition = new()
        {
            Steps = [new() { Template = "Sum up in {{ language }}: {{ article }}", OutputKey = "summary", Retry = new() { Attempts = 2 } }],
            Inputs = new() { ["language"] = JsonElement.Parse("\"en\""), ["tone"] = JsonElement.Parse("\"warm\"") },
            MaxParallel = 2,
        },
    };
}
