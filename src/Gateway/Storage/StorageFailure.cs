namespace Prism.Gateway.Storage;

/// <summary>
/// Tells exceptions of a broken storage or a lost silo from those of bugs. Types that this process may not have loaded (Redis, or another silo's) are
/// recognised by their namespace.
/// </summary>
internal static class StorageFailure
{
    private static readonly string[] Namespaces = ["StackExchange.Redis.", "Orleans.Persistence.", "Orleans.Reminders.", "Orleans.Storage.", "Orleans.Clustering."];

    /// <summary>Whether an exception is such a failure.</summary>
    public static bool Is(Exception exception) =>
        exception is OrleansException or TimeoutException or EnumerationAbortedException
        || Namespaces.Any(name => exception.GetType().FullName!.StartsWith(name, StringComparison.Ordinal))
        || (exception.InnerException is { } inner && Is(inner));

    /// <summary>The exception in one line, for the log.</summary>
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
