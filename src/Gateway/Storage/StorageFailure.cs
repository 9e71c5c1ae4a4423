namespace Prism.Gateway.Storage;

/// <summary>
/// Tells what a broken storage, or a silo that is gone, throws from what a bug does. Types that this process need not have (Redis, or another
/// silo's) go by the namespace that they come from.
/// </summary>
internal static class StorageFailure
{
    private static readonly string[] Namespaces = ["StackExchange.Redis.", "Orleans.Persistence.", "Orleans.Reminders.", "Orleans.Storage.", "Orleans.Clustering."];

    /// <summary>Whether it is such a failure.</summary>
    public static bool Is(Exception exception) =>
        exception is OrleansException or TimeoutException or EnumerationAbortedException
        || Namespaces.Any(name => exception.GetType().FullName!.StartsWith(name, StringComparison.Ordinal))
        || (exception.InnerException is { } inner && Is(inner));

    /// <summary>The same for the log: one line.</summary>
    public static string Describe(Exception exception)
    {
        var inmost = exception;
        while (inmost.InnerException is { } inner)
        {
            inmost = inner;
        }

        var line = inmost.Message.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        return $"{inmost.GetType().Name}: {(end < 0 ? line : line[..end])}";
    }
}
