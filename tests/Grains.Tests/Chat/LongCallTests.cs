using System.Diagnostics;
using Prism.Chat;
using Prism.Tests.Cluster;
using static Prism.Tests.Chat.Pipeline;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.Chat;

/// <summary>Calls that take longer than a grain call may.</summary>
[Collection(ChatCluster.Collection)]
public sealed class LongCallTests : IAsyncLifetime
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChatCluster _cluster = null!;
    private long _begun;

    public async Task InitializeAsync()
    {
        _cluster = await ChatCluster.StartAsync(responseTimeout: ResponseTimeout);
        _begun = Stopwatch.GetTimestamp();
        // Orleans answers a call of the enumerator after half of the response timeout even if there is nothing to say, and the client
        // calls again. Its third such call is sent when more than the whole timeout has passed.
        var polls = 0;
        _cluster.OnClientCall = method =>
        {
            if (method == "MoveNext<T>" && Interlocked.Increment(ref polls) == 3)
            {
                _gate.SetResult();
            }
        };
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task An_answer_may_take_longer_than_a_grain_call()
    {
        _cluster.Vendor.OnComplete = async (_, _) =>
        {
            await _gate.Task;
            return Answer("late");
        };

        var outcome = await _cluster.Chat.CompleteAsync(Ask(), CancellationToken.None);

        Assert.Equal("late", outcome.Response!.Choices.Single().Message!.Content);
        Assert.True(Stopwatch.GetElapsedTime(_begun) > ResponseTimeout);
        await _cluster.Activations.NoneLeftAsync();
        Assert.Equal(1, _cluster.Activations.Begun);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_may_be_silent_for_longer_than_a_grain_call()
    {
        _cluster.Vendor.OnStream = (_, _) => Late();
        var pieces = 0;

        await foreach (var one in _cluster.Chat.StreamAsync(Ask(), CancellationToken.None))
        {
            pieces += one.Chunk is null ? 0 : 1;
        }

        Assert.Equal(1, pieces);
        Assert.True(Stopwatch.GetElapsedTime(_begun) > ResponseTimeout);

        async IAsyncEnumerable<ChatStreamEvent> Late()
        {
            await _gate.Task;
            yield return Piece("late");
        }
    }
}
