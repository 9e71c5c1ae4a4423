using System.Text.Json.Serialization;

namespace Prism.Bench.Generator;

/// <summary>A load, as the generator reads it.</summary>
internal sealed record LoadPlan
{
    /// <summary>The ports on the loopback address. Connections are spread over them.</summary>
    public required int[] Ports { get; init; }

    /// <summary>The path and the query.</summary>
    public required string Path { get; init; }

    /// <summary>The JSON body of each POST.</summary>
    public required string Body { get; init; }

    /// <summary>A text that a correct answer contains; a stream at its end.</summary>
    public required string Expect { get; init; }

    /// <summary>Whether the answer is a stream of events.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>The number of connections. Each has one request at a time.</summary>
    public required int Connections { get; init; }

    /// <summary>Requests begun a second, whether or not earlier ones have ended. Null: a connection begins its next request when the last has ended.</summary>
    public double? PerSecond { get; init; }

    /// <summary>The time under load before the measured interval. The connections begin one after the other in its first half.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>The length of the measured interval.</summary>
    public required double Seconds { get; init; }
}

/// <summary>The result of a <see cref="LoadPlan"/>. Latencies count from when a request was scheduled to begin.</summary>
internal sealed record LoadResult
{
    public required double Seconds { get; init; }

    public required long Completed { get; init; }

    public required long Failed { get; init; }

    /// <summary>The first failure; null if no request failed.</summary>
    public string? Failure { get; init; }

    /// <summary>The number of events of all streams.</summary>
    public required long Events { get; init; }

    public required Quantiles Latency { get; init; }

    /// <summary>The time to the first event of a stream.</summary>
    public required Quantiles FirstEvent { get; init; }

    /// <summary>The time between two events of one stream.</summary>
    public required Quantiles Gap { get; init; }
}

[JsonSerializable(typeof(LoadPlan))]
[JsonSerializable(typeof(LoadResult))]
internal sealed partial class LoadJson : JsonSerializerContext;
