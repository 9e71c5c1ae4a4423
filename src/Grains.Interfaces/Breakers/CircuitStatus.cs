namespace Prism.Grains.Interfaces.Breakers;

/// <summary>Whether a provider is called.</summary>
[GenerateSerializer, Alias("prism.circuit-state")]
public enum CircuitState
{
    /// <summary>It is.</summary>
    Closed = 0,

    /// <summary>It has been failing, and is not.</summary>
    Open = 1,

    /// <summary>A few calls find out whether it is well again; the others wait for them.</summary>
    HalfOpen = 2,
}

/// <summary>The state of a provider's circuit in the cluster.</summary>
[GenerateSerializer, Immutable, Alias("prism.circuit-status")]
public sealed record CircuitStatus
{
    /// <summary>Grows with each change. A status with a lower version is out of date.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>Whether the provider is called.</summary>
    [Id(1)] public CircuitState State { get; init; }

    /// <summary>How long it stays open; zero where it is not, or not any more.</summary>
    [Id(2)] public TimeSpan OpenFor { get; init; }

    /// <summary>Whether the asker may make its probe.</summary>
    [Id(3)] public bool MayProbe { get; init; }

    /// <summary>If a probe was requested and denied: when to request it again.</summary>
    [Id(4)] public TimeSpan? RetryAfter { get; init; }
}
