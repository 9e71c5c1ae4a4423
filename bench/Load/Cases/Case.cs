using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>A measurement.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Title">A description in one line.</param>
/// <param name="RunAsync">Measures it.</param>
internal sealed record Case(string Name, string Title, Func<Testbed, Budget, CancellationToken, Task<CaseReport>> RunAsync)
{
    /// <summary>All cases, in the order in which they run.</summary>
    public static readonly IReadOnlyList<Case> All =
    [
        new("echo", "Echo, JSON, 64 connections back to back", RequestCases.EchoAsync),
        new("json", "Proxied JSON with everything on, 64 connections back to back", RequestCases.JsonAsync),
        new("latency", "Proxied JSON with everything on, one connection", RequestCases.LatencyAsync),
        new("open", "Proxied JSON with everything on, 2,000 requests a second whether or not earlier ones have ended", RequestCases.OpenAsync),
        new("features", "Proxied JSON with one thing on at a time, 64 connections back to back", RequestCases.FeaturesAsync),
        new("bodies", "Proxied JSON by the size of the request, 16 connections back to back", RequestCases.BodiesAsync),
        new("vendors", "Anthropic-type and Ollama-type upstream, OpenAI format in: 64 connections whole, 16 connections streamed", VendorCase.RunAsync),
        new("streams", "Proxied streams of 64 tokens, 16 connections back to back", StreamCases.BackToBackAsync),
        new("first-token", "Proxied streams of 64 tokens, one connection", StreamCases.FirstTokenAsync),
        new("paced-500", "500 streams at a time, a token every 20 ms", StreamCases.Paced500Async),
        new("paced-2000", "2,000 streams at a time, a token every 20 ms; memory a stream beyond the first 500", StreamCases.Paced2000Async),
        new("cache", "Answers from the cache, 64 connections back to back", CacheCase.RunAsync),
        new("silos", "Proxied JSON with everything on, on silos that share a Redis, 64 connections over all of them", ClusterCases.SilosAsync),
        new("chain", "A chain of two steps that echo, 16 connections back to back", ClusterCases.ChainAsync),
        new("idle", "Start and idle memory of a silo, as published", IdleCase.RunAsync),
        new("soak", "Proxied JSON and streams with everything on, for half an hour", SoakCase.RunAsync),
    ];

    /// <summary>The cases of <c>all</c>: without the soak, which takes half an hour.</summary>
    public static IReadOnlyList<Case> Usual { get; } = [.. All.Where(one => one.Name != "soak")];
}
