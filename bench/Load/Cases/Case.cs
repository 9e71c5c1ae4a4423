using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Something that is measured.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Title">What it is about.</param>
/// <param name="RunAsync">Measures it.</param>
internal sealed record Case(string Name, string Title, Func<Field, Budget, CancellationToken, Task<CaseReport>> RunAsync)
{
    /// <summary>All there are, in the order in which they are run.</summary>
    public static readonly IReadOnlyList<Case> All =
    [
        new("echo", "Echo, JSON, 64 connections back to back", RequestCases.EchoAsync),
        new("json", "Proxied JSON with everything on, 64 connections back to back", RequestCases.JsonAsync),
        new("latency", "Proxied JSON with everything on, one connection", RequestCases.LatencyAsync),
        new("open", "Proxied JSON with everything on, 2,000 requests a second whether or not those before have ended", RequestCases.OpenAsync),
        new("features", "Proxied JSON with one thing on at a time, 64 connections back to back", RequestCases.FeaturesAsync),
        new("bodies", "Proxied JSON by the size of the request, 16 connections back to back", RequestCases.BodiesAsync),
        new("streams", "Proxied streams of 64 tokens, 16 connections back to back", StreamCases.BackToBackAsync),
        new("first-token", "Proxied streams of 64 tokens, one connection", StreamCases.FirstTokenAsync),
        new("paced-500", "500 streams at a time, a token each 20 ms", StreamCases.Paced500Async),
        new("paced-2000", "2,000 streams at a time, a token each 20 ms", StreamCases.Paced2000Async),
        new("cache", "Answers from the cache, 64 connections back to back", CacheCase.RunAsync),
        new("silos", "Proxied JSON with everything on, on silos that share a Redis, 64 connections over all of them", ClusterCases.SilosAsync),
        new("chain", "A chain of two steps that echo, 16 connections back to back", ClusterCases.ChainAsync),
        new("idle", "A silo that has nothing to do, as published", IdleCase.RunAsync),
        new("soak", "Proxied JSON and streams with everything on, for long", SoakCase.RunAsync),
    ];

    /// <summary>Those that <c>all</c> means: not what takes half an hour.</summary>
    public static IReadOnlyList<Case> Usual { get; } = [.. All.Where(one => one.Name != "soak")];
}
