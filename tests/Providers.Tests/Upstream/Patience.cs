namespace Prism.Tests.Upstream;

/// <summary>How long a test waits for what has to happen. Only a failing test gets there.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
}
