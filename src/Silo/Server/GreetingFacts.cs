namespace Prism.Silo.Server;

/// <summary>The facts in the <see cref="Greeting"/>: the values, and phrases for people.</summary>
internal sealed record GreetingFacts
{
    public const string Open = "open";
    public const string Memory = "memory";
    public const string Off = "off";

    public required string Version { get; init; }

    public required string Url { get; init; }

    public required string Docs { get; init; }

    /// <summary>Its address, or <see cref="Off"/>.</summary>
    public required string Dashboard { get; init; }

    /// <summary>Their address, or <see cref="Off"/>.</summary>
    public required string Metrics { get; init; }

    public required string DefaultProvider { get; init; }

    /// <summary>The model of a request that does not name one.</summary>
    public required string DefaultModel { get; init; }

    public required IReadOnlyList<string> Usable { get; init; }

    /// <summary>Why the other providers are not usable.</summary>
    public required Dictionary<string, string> Unusable { get; init; }

    /// <summary><see cref="Open"/> or <c>keys</c>.</summary>
    public required string Access { get; init; }

    /// <summary><see cref="Memory"/>, or <c>redis</c> with its address.</summary>
    public required string State { get; init; }

    public string ProvidersInText => string.Join(", ", Usable.Select(name => name == DefaultProvider ? $"{name} (default)" : name));

    public string UnusableInText => Unusable.Count == 0 ? "none" : string.Join(", ", Unusable.Select(one => $"{one.Key} ({one.Value})"));

    public string ModelsInText => $"a bare name goes to {DefaultProvider}, no name means {DefaultModel}, provider/model goes to that provider";

    public string AccessInText => Access == Open
        ? "open: every client that reaches it may use it; LLM_ADMIN_API_KEY or LLM_API_KEYS require a key"
        : "with an API key only";

    public string StateInText => State == Memory ? "in memory, lost when it stops; LLM_REDIS_URL keeps it" : $"on {State}";
}
