using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Costs;
using Prism.Providers;
using Prism.Tests.Chat;

namespace Prism.Tests.Costs;

/// <summary>Tables of prices.</summary>
internal static class Prices
{
    /// <summary>The table that comes with Prism, with a file of an operator's over it.</summary>
    public static PriceTable Read(string? file = null) => new(
        new(
            "openai",
            [
                ScriptedProvider.Create("openai", "gpt-4o"),
                ScriptedProvider.Create("anthropic", "claude-sonnet-4-5", ProviderType.Anthropic),
                ScriptedProvider.Create("vllm"),
                ScriptedProvider.Create("ollama", type: ProviderType.Ollama),
                ScriptedProvider.Create("echo", type: ProviderType.Echo),
            ]),
        new() { PricesFile = file });

    public static ChatUsage Took(int prompt, int answer, int? cached = null, int? written = null, int? writtenForAnHour = null) =>
        ChatUsage.Of(prompt, answer) with
        {
            PromptTokensDetails = new() { CachedTokens = cached, CacheWriteTokens = written, CacheWrite1hTokens = writtenForAnHour },
        };
}

/// <summary>A file for as long as it is needed.</summary>
internal sealed class PricesFile : IDisposable
{
    public PricesFile(string json) => File.WriteAllText(Path, json);

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(Path);
}
