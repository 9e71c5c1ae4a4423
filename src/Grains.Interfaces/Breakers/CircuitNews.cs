using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Breakers;

/// <summary>A silo's report on a provider, or its question for the circuit.</summary>
[GenerateSerializer, Immutable, Alias("prism.circuit-news")]
public sealed record CircuitNews
{
    /// <summary>The kind of the report.</summary>
    [Id(0)] public required CircuitNewsKind Kind { get; init; }

    /// <summary>The last <see cref="CircuitStatus.Version"/> that the silo has heard of; 0 for none.</summary>
    [Id(1)] public long Version { get; init; }

    /// <summary>Which probe, by a number of the asker's choice.</summary>
    [Id(2)] public Guid Probe { get; init; }

    /// <summary>How the last of the failed calls failed.</summary>
    [Id(3)] public ChatErrorKind? Failure { get; init; }
}

/// <summary>The kind of a <see cref="CircuitNews"/>.</summary>
[GenerateSerializer, Alias("prism.circuit-news-kind")]
public enum CircuitNewsKind
{
    /// <summary>Nothing: the silo calls the provider, and wants to hear of changes.</summary>
    Watching = 0,

    /// <summary>Too many calls have failed: the silo makes no more.</summary>
    Tripped = 1,

    /// <summary>The silo would make a probe.</summary>
    ProbeWanted = 2,

    /// <summary>The provider has answered a probe.</summary>
    ProbeSucceeded = 3,

    /// <summary>The provider has failed a probe.</summary>
    ProbeFailed = 4,

    /// <summary>A probe ended without saying anything about the provider.</summary>
    ProbeAbandoned = 5,
}
