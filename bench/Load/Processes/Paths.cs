namespace Prism.Bench.Processes;

/// <summary>What the upstream is asked for: the first part of a path there.</summary>
internal static class Paths
{
    public const int StreamTokens = 64;

    public const string Json = "/json";

    /// <summary><see cref="StreamTokens"/> tokens, as fast as can be.</summary>
    public const string Stream = "/stream-64-0";

    /// <summary>A stream of 20 s, a token each 20 ms.</summary>
    public const string Paced = "/stream-1000-20";

    public const string Completions = "/chat/completions";
}
