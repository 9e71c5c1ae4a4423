using System.Collections.Immutable;

namespace Prism.Grains.Interfaces.Keys;

/// <summary>The parts of the API that keys can be limited to. Endpoints in none of them (the lists of models and providers) accept any key.</summary>
public static class ApiKeyScopes
{
    /// <summary>Chats, in either format.</summary>
    public const string Chat = "chat";

    /// <summary>Stored chains, and runs.</summary>
    public const string Chains = "chains";

    /// <summary>Prompt templates.</summary>
    public const string Templates = "templates";

    /// <summary>Every scope.</summary>
    public static ImmutableArray<string> All { get; } = [Chat, Chains, Templates];
}
