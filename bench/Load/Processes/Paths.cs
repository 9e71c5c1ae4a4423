namespace Prism.Bench.Processes;

/// <summary>
/// The first segment of a path at the upstream: it selects the answer. Each is also the name of Prism's provider with that path. The answers are
/// OpenAI's; <see cref="Vendor.PathOf"/> gives the paths of other vendors.
/// </summary>
internal static class Paths
{
    public const string Json = "json";

    /// <summary>A stream of 64 frames, one per token, without pauses.</summary>
    public const string Stream = "frames-64-0";

    /// <summary>A stream of 20 s, with a token every 20 ms.</summary>
    public const string Paced = "frames-1000-20";

    /// <summary>The rest of a path in OpenAI's API.</summary>
    public const string Completions = "/chat/completions";
}
