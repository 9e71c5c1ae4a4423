using System.Diagnostics;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Cluster;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Chat;

/// <summary>Calls that take longer than a grain call may.</summary>
[Collection(ChatCluster.Collection)]
public sealed class LongCallTests : IAsyncLifetime
{
    // Long enough for any one message on a busy machine. Both calls wait for it together.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChatCluster _cluster = null!;
    private int _entered;
    private long _begun;

    public async Task InitializeAsync()
    {
        _cluster = await ChatCluster.StartAsync(responseTimeout: ResponseTimeout);
        // Orleans answers a call of the enumerator after half of the response timeout even if there is nothing to say, and the client calls again.
        _cluster.OnClientCall = method =>
        {
            if (method == "MoveNext<T>" && Volatile.Read(ref _begun) is > 0 and var begun && Stopwatch.GetElapsedTime(begun) > ResponseTimeout)
            {
                _gate.TrySetResult();
            }
        };
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_answer_may_take_longer_than_a_grain_call_and_a_stream_be_silent_for_longer()
    {
        _cluster.Vendor.OnComplete = async (_, _) =>
        {
            await GateAsync();
            return Answer("late");
        };
        _cluster.Vendor.OnStream = (_, _) => Late();

        var streaming = CountPiecesAsync();
        var outcome = await _cluster.Chat.CompleteAsync(Ask(), CancellationToken.None);

        Assert.Equal("late", outcome.Response!.Choices.Single().Message!.Content);
        Assert.Equal(1, await streaming);
        await _cluster.Activations.NoneLeftAsync();
        Assert.Equal(2, _cluster.Activations.Begun);

        async IAsyncEnumerable<ChatStreamEvent> Late()
        {
            await GateAsync();
            yield return Piece("late");
        }
    }

    // The time of both begins when both are here.
    private Task GateAsync()
    {
        if (Interlocked.Increment(ref _entered) == 2)
        {
            Volatile.Write(ref _begun, Stopwatch.GetTimestamp());
        }

        return _gate.Task;
    }

    private async Task<int> CountPiecesAsync()
    {
        var pieces = 0;
        await foreach (var one in _cluster.Chat.StreamAsync(Ask(), CancellationToken.None))
        {
            pieces += one.Chunk is null ? 0 : 1;
        }

        return pieces;
    }
}
