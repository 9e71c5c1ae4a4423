namespace Prism.Grains.Interfaces;

/// <summary>Owners of templates, chains and runs. A name has a meaning within its owner only.</summary>
public static class Owners
{
    /// <summary>The owner of everything if callers are not told apart, and of the operator's things if they are.</summary>
    /// <remarks>Other owners are the ids of API keys, and whatever in-cluster clients call theirs.</remarks>
    public const string Global = "global";

    /// <summary>The owner that a request names; where it names none, <see cref="Global"/>.</summary>
    public static string Of(string? named) => string.IsNullOrEmpty(named) ? Global : named;

    /// <summary>The owner of a configured API key: the same on every silo while the key is the same.</summary>
    /// <param name="sha256">The key's hash.</param>
    public static string StaticKey(ReadOnlySpan<byte> sha256) => "static_" + Convert.ToHexStringLower(sha256[..GrainKeys.KeyHashBytes]);
}
