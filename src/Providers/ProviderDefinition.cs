using System.Collections.Immutable;
using Prism.Providers.Definitions;

namespace Prism.Providers;

/// <summary>
/// A type of provider: the facts that Prism knows before one is configured. Code that depends on differences of vendors uses the definition and names
/// no vendor.
/// </summary>
public sealed class ProviderDefinition
{
    internal ProviderDefinition()
    {
    }

    /// <summary>Its name in <c>LLM_&lt;P&gt;_TYPE</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its <see cref="Providers.Dialect"/>; null if it is called in the process.</summary>
    public string? Dialect { get; init; }

    /// <summary>The name of its authentication.</summary>
    public string? Authentication { get; init; }

    /// <summary>The header in which its authentication sends the key.</summary>
    public string? KeyHeader { get; init; }

    /// <summary>The name of its addressing.</summary>
    public string? Addressing { get; init; }

    /// <summary>Makes a provider that is called in the process; null for one that is called over HTTP.</summary>
    internal Func<ProviderOptions, TimeProvider, IChatProvider>? CreateInProcess { get; init; }

    /// <summary>Whether it is called in the process. Such a provider has no address and one model, whatever name a request uses.</summary>
    public bool IsInProcess => CreateInProcess is not null;

    /// <summary>The vendor's own service, which needs a key. Null: there is none.</summary>
    public string? VendorUrl { get; init; }

    /// <summary>The host at which an output cap is named <c>max_completion_tokens</c>. Null: it is <c>max_tokens</c> everywhere.</summary>
    public string? HostOfNewerCap { get; init; }

    /// <summary>Whether unknown parameters are sent upstream. Otherwise they are rejected.</summary>
    public bool PassesUnknownParameters { get; init; }

    /// <summary>Whether models with OpenAI's names have OpenAI's tokenizers, and its instructions for tools and formats.</summary>
    public bool HasKnownTokenizers { get; init; }

    /// <summary>The most tokens that the server puts before every prompt.</summary>
    public int TemplateTokens { get; init; }

    /// <summary>Whether its answers cost nothing, because it runs on the operator's own machines.</summary>
    public bool IsFree { get; init; }

    internal Func<string, MediaRule> MediaRuleOf { get; init; } = _ => MediaRule.Unknown;

    /// <summary>The media rule of a model.</summary>
    public MediaRule FindMediaRule(string? model) => model is null ? MediaRule.Unknown : MediaRuleOf(model);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The types of providers. To add one, add its definition here, and register its new parts.</summary>
public static class ProviderType
{
    /// <summary>OpenAI's chat completions, which many other servers implement.</summary>
    public static ProviderDefinition OpenAi { get; } = OpenAiDefinition.Create();

    /// <summary>Anthropic's messages.</summary>
    public static ProviderDefinition Anthropic { get; } = AnthropicDefinition.Create();

    /// <summary>Ollama's chat.</summary>
    public static ProviderDefinition Ollama { get; } = OllamaDefinition.Create();

    /// <summary>No real provider: it repeats the prompt.</summary>
    public static ProviderDefinition Echo { get; } = EchoDefinition.Create();

    /// <summary>All types.</summary>
    public static ImmutableArray<ProviderDefinition> All { get; } = [OpenAi, Anthropic, Ollama, Echo];

    /// <summary>The type of this name (case-insensitive), or null.</summary>
    public static ProviderDefinition? Find(string name) => All.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
