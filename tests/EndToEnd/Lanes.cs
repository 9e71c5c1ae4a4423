namespace Prism.Tests;

/// <summary>
/// What may run side by side. Each test has processes of its own and measures times, so no more than two: one that counts over minutes and
/// mostly waits, and one of all others.
/// </summary>
internal static class Lanes
{
    /// <summary>Tests that count what happens in minutes.</summary>
    public const string Minutes = nameof(Minutes);

    /// <summary>All other tests.</summary>
    public const string Moments = nameof(Moments);
}
