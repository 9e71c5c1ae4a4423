using System.Text.Json.Serialization;

namespace Prism.Bench.Generator;

/// <summary>What the load generator is to do.</summary>
internal sealed record LoadPlan
{
    /// <summary>Where on the loopback address; connections are spread over them.</summary>
    public required int[] Ports { get; init; }

    /// <summary>The path, with the query.</summary>
    public required string Path { get; init; }

    /// <summary>The body that is posted, in JSON.</summary>
    public required string Body { get; init; }

    /// <summary>What a right answer has in its body; a stream's in its end.</summary>
    public required string Expect { get; init; }

    /// <summary>Whether the answer is a stream of events.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>How many connections there are, each with one request at a time.</summary>
    public required int Connections { get; init; }

    /// <summary>Requests begin so often, whether or not those before have ended. Null: each connection begins the next when the last has ended.</summary>
    public double? PerSecond { get; init; }

    /// <summary>How long there is load before it counts; over the first half of it, the connections begin one after the other.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>How long it counts.</summary>
    public required double Seconds { get; init; }
}

/// <summary>What came of a <see cref="LoadPlan"/>. Latencies count from when a request was to begin.</summary>
internal sealed record LoadResult
{
    public required double Seconds { get; init; }

    public required long Completed { get; init; }

    public required long Failed { get; init; }

    /// <summary>What the first failure was; null where there was none.</summary>
    public string? Failure { get; init; }

    /// <summary>The events of streams.</summary>
    public required long Events { get; init; }

    public required Quantiles Latency { get; init; }

    /// <summary>To the first event of a stream.</summary>
    public required Quantiles FirstEvent { get; init; }

    /// <summary>Between two events of one stream.</summary>
    public required Quantiles Gap { get; init; }
}

[JsonSerializable(typeof(LoadPlan))]
[JsonSerializable(typeof(LoadResult))]
internal sealed partial class LoadJson : JsonSerializerContext;
