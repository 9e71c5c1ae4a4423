using Prism.Grains.Interfaces.Cluster;
using Prism.Silo.Cluster;
using StackExchange.Redis;

namespace Prism.Tests.Cluster;

/// <summary>What a silo makes of what Redis says.</summary>
public sealed class RedisFaultTests
{
    [Theory]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", "full")]
    [InlineData("READONLY You can't write against a read only replica.", "read_only")]
    [InlineData("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", "read_only")]
    [InlineData("NOREPLICAS Not enough good replicas to write.", "read_only")]
    [InlineData("LOADING Redis is loading the dataset in memory", "unreachable")]
    [InlineData("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "unreachable")]
    [InlineData("BUSY Redis is busy running a script.", "unreachable")]
    [InlineData("NOAUTH Authentication required.", "refused")]
    [InlineData("WRONGPASS invalid username-password pair or user is disabled.", "refused")]
    [InlineData("NOPERM this user has no permissions to run the 'set' command", "refused")]
    [InlineData("ERR something that nobody knows yet", "refused")]
    public void An_error_has_a_problem_and_is_told_in_its_own_words(string message, string problem)
    {
        var fault = RedisFault.Of(new RedisServerException(message + "\r\nscript: deadbeef"));

        Assert.Equal((problem, message.TrimEnd('.')), (fault.Problem, fault.Reason));
    }

    [Fact]
    public void Whatever_else_is_thrown_means_that_it_cannot_be_reached()
    {
        Exception[] thrown =
        [
            new RedisConnectionException(ConnectionFailureType.SocketClosed, "It was closed."),
            new RedisTimeoutException("No answer.", CommandStatus.Sent),
            new TimeoutException(),
            new OperationCanceledException(),
            new InvalidOperationException("Writing is not allowed after writer was completed."),
            new ObjectDisposedException("it"),
        ];

        Assert.All(thrown, exception => Assert.Equal(StorageProblems.Unreachable, RedisFault.Of(exception).Problem));
        Assert.Equal(
            StorageProblems.Refused, RedisFault.Of(new RedisConnectionException(ConnectionFailureType.AuthenticationFailure, "No.")).Problem);
    }
}
