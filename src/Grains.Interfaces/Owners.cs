namespace Prism.Grains.Interfaces;

/// <summary>Whom templates, chains and runs belong to. A name means a thing within its owner only.</summary>
public static class Owners
{
    /// <summary>The owner of everything where callers are not told apart, and of what the operator makes where they are.</summary>
    /// <remarks>Other owners are the ids of API keys, and whatever in-cluster clients call theirs.</remarks>
    public const string Global = "global";

    /// <summary>The owner that a request names; where it names none, <see cref="Global"/>.</summary>
    public static string Of(string? named) => string.IsNullOrEmpty(named) ? Global : named;

    /// <summary>The owner that a configured API key stands for, on every silo and for as long as it is the same key.</summary>
    /// <param name="sha256">The key's hash.</param>
    public static string StaticKey(ReadOnlySpan<byte> sha256) => "static_" + Convert.ToHexStringLower(sha256[..GrainKeys.KeyHashBytes]);
}
