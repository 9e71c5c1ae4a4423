namespace Prism.Grains.Keys;

/// <summary>For how long a silo may go by what it has read of API keys.</summary>
internal static class ApiKeyLease
{
    /// <summary>
    /// How long after a silo last asked whether any key has changed: with it, a key that is changed or revoked is so everywhere within a second,
    /// also where a silo could not be told.
    /// </summary>
    public static readonly TimeSpan Life = TimeSpan.FromMilliseconds(800);

    /// <summary>How often it asks.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long after a key was read: for a change that was written by a grain whose silo died before anybody was told, so that nobody had an
    /// answer either.
    /// </summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(1);
}
