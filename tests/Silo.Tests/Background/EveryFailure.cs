using System.Net.Sockets;
using StackExchange.Redis;

// Also those that only the runtime throws.
#pragma warning disable CA2201

namespace Prism.Tests.Background;

/// <summary>What background work may meet: every kind of exception, cancellations that are not its own among them.</summary>
internal static class EveryFailure
{
    private static readonly Dictionary<string, Func<Exception>> Failures = new()
    {
        [nameof(OperationCanceledException)] = () => new OperationCanceledException(),
        ["Cancelled by another token"] = () => new OperationCanceledException(new CancellationToken(canceled: true)),
        [nameof(TaskCanceledException)] = () => new TaskCanceledException(),
        ["The client's closed writer"] = () => new InvalidOperationException("Writing is not allowed after writer was completed."),
        [nameof(TimeoutException)] = () => new TimeoutException(),
        [nameof(ObjectDisposedException)] = () => new ObjectDisposedException("multiplexer"),
        [nameof(AggregateException)] = () => new AggregateException(new OperationCanceledException(), new IOException()),
        [nameof(OutOfMemoryException)] = () => new OutOfMemoryException(),
        [nameof(NullReferenceException)] = () => new NullReferenceException(),
        [nameof(IOException)] = () => new IOException(),
        [nameof(SocketException)] = () => new SocketException((int)SocketError.ConnectionReset),
        [nameof(RedisConnectionException)] = () => new RedisConnectionException(ConnectionFailureType.SocketClosed, "closed"),
        [nameof(RedisTimeoutException)] = () => new RedisTimeoutException("late", CommandStatus.Unknown),
        [nameof(RedisServerException)] = () => new RedisServerException("OOM command not allowed"),
        [nameof(OrleansException)] = () => new OrleansException("rejected"),
    };

    public static IEnumerable<string> Names => Failures.Keys;

    public static Exception Make(string name) => Failures[name]();
}
