namespace Prism.Grains.Keys;

/// <summary>How long a silo may use its copies of API keys.</summary>
internal static class ApiKeyLease
{
    /// <summary>
    /// How long after a silo's last check for changed keys: with it, a change or revocation holds everywhere within a second, also if a silo could
    /// not be notified.
    /// </summary>
    public static readonly TimeSpan Life = TimeSpan.FromMilliseconds(800);

    /// <summary>How often it checks.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long after a key was read: for a change by a grain whose silo died before it notified the others. Its caller got no answer either.
    /// </summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(1);
}
