namespace Prism.Bench.Processes;

/// <summary>A vendor whose format the upstream writes.</summary>
/// <param name="Type">The type of a provider of Prism that reads this format.</param>
/// <param name="Model">A model of this vendor.</param>
internal sealed record Vendor(string Type, string Model)
{
    public static readonly Vendor OpenAi = new("openai", "gpt-4o-mini");
    public static readonly Vendor Anthropic = new("anthropic", "claude-sonnet-4-5");
    public static readonly Vendor Ollama = new("ollama", "llama3.1");

    /// <summary>The path at the upstream that gives an answer in this vendor's format.</summary>
    /// <param name="path">One of <see cref="Paths"/>.</param>
    public string PathOf(string path) => this == OpenAi ? path : $"{Type}-{path}";
}
