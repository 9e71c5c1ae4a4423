namespace Prism.Tests;

/// <summary>The one limit in real time of all tests. It decides no result: only something that hangs reaches it.</summary>
internal static class Patience
{
    /// <summary>For a constant, as <c>[Fact(Timeout = …)]</c> takes one.</summary>
    public const int Milliseconds = 180_000;

    /// <summary>How long a test waits for what has to come.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(Milliseconds);
}
