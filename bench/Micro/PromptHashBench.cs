using BenchmarkDotNet.Attributes;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Caching;

namespace Prism.Bench;

/// <summary>What it costs to tell whether two calls are the same: once for each request, where there is a cache.</summary>
public class PromptHashBench
{
    private ChatRequest _request = null!;

    [Params(50, 1_000, 100_000)]
    public int Characters { get; set; }

    [GlobalSetup]
    public void Start() => _request = new()
    {
        Model = "gpt-4o",
        Temperature = 0.7,
        Messages = [ChatMessage.Create(ChatRoles.System, "Be brief."), ChatMessage.Create(ChatRoles.User, new string('a', Characters))],
    };

    [Benchmark(Description = "hash a prompt")]
    public string Hash() => PromptHash.Of("global", "openai", _request);
}
