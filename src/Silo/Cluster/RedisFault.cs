using Prism.Grains.Interfaces.Cluster;
using StackExchange.Redis;

namespace Prism.Silo.Cluster;

/// <summary>Why Redis cannot be used.</summary>
/// <param name="Problem">One of <see cref="StorageProblems"/>.</param>
/// <param name="Reason">The problem for people.</param>
internal readonly record struct RedisFault(string Problem, string Reason)
{
    private const int LongestReason = 200;

    /// <summary>The problem in an exception of the client.</summary>
    /// <remarks>Source: the error codes of <c>src/server.c</c> of Redis, the first word of an error.</remarks>
    public static RedisFault Of(Exception exception) => exception switch
    {
        RedisServerException => new(ProblemOf(exception.Message), FirstLineOf(exception.Message)),
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } =>
            new(StorageProblems.Refused, "user or password is wrong"),
        RedisConnectionException connection => new(StorageProblems.Unreachable, connection.FailureType.ToString()),
        TimeoutException => new(StorageProblems.Unreachable, "no answer"),
        _ => new(StorageProblems.Unreachable, exception.GetType().Name),
    };

    private static string ProblemOf(string message) => message.Split(' ', 2)[0] switch
    {
        "OOM" => StorageProblems.Full,
        "READONLY" or "MISCONF" or "NOREPLICAS" => StorageProblems.ReadOnly,
        "LOADING" or "MASTERDOWN" or "CLUSTERDOWN" or "BUSY" or "TRYAGAIN" => StorageProblems.Unreachable,
        _ => StorageProblems.Refused,
    };

    private static string FirstLineOf(string message)
    {
        var line = message.AsSpan().Trim().ToString().Split('\n')[0].TrimEnd('.', '\r', ' ');
        return line.Length > LongestReason ? line[..LongestReason] + "…" : line;
    }
}
