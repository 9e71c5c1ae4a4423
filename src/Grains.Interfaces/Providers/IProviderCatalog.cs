using System.Collections.Immutable;

namespace Prism.Grains.Interfaces.Providers;

/// <summary>The providers that this Prism is configured with.</summary>
public interface IProviderCatalog
{
    /// <summary>The provider of a request that names none.</summary>
    string Default { get; }

    /// <summary>All of them, built in and added, in the order of their configuration.</summary>
    ImmutableArray<ProviderStatus> GetStatus();
}

/// <summary>A provider's configuration and how it last did.</summary>
[GenerateSerializer, Immutable, Alias("prism.provider-status")]
public sealed record ProviderStatus
{
    /// <summary>Its name in requests and settings.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Its type: <c>openai</c>, <c>anthropic</c>, <c>ollama</c> or <c>echo</c>.</summary>
    [Id(1)] public required string Type { get; init; }

    /// <summary>Its address, without user info, query or fragment; several are separated by commas; null for echo.</summary>
    [Id(2)] public string? BaseUrl { get; init; }

    /// <summary>The model of a request that names none.</summary>
    [Id(3)] public required string DefaultModel { get; init; }

    /// <summary>The models it is configured with, the default first.</summary>
    [Id(4)] public ImmutableArray<string> Models { get => field.IsDefault ? [] : field; init; }

    /// <summary>The setting that is missing; null if the provider is usable.</summary>
    [Id(5)] public string? Missing { get; init; }

    /// <summary>How its last call on this silo ended; null before the first.</summary>
    [Id(6)] public ProviderLastOutcome? LastOutcome { get; init; }

    /// <summary>Whether requests can be sent to it.</summary>
    public bool Usable => Missing is null;
}

/// <summary>How a provider's last call ended.</summary>
[GenerateSerializer, Immutable, Alias("prism.provider-last-outcome")]
public sealed record ProviderLastOutcome
{
    /// <summary>When it ended.</summary>
    [Id(0)] public required DateTimeOffset At { get; init; }

    /// <summary>The kind of failure; null for a success.</summary>
    [Id(1)] public Grains.Interfaces.Chat.ChatErrorKind? Error { get; init; }
}
