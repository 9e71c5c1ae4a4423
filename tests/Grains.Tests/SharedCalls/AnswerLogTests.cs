using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.SharedCalls;
using Prism.Grains.SharedCalls;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.SharedCalls;

public sealed class AnswerLogTests : IDisposable
{
    private static readonly ChatStreamEvent Last = new() { Completed = ChatUsage.Of(1, 1) };

    private readonly MemoryBudget _memory = new(64 << 20);
    private readonly SharedCall _shared;
    private ReadOnlyMemory<AnswerFrame>? _completed;
    private readonly Channel<AnswerFrame> _source = Channel.CreateUnbounded<AnswerFrame>();

    public AnswerLogTests() => _shared = Create(cap: 16 << 20);

    public void Dispose() => _shared.Dispose();

    [Fact]
    public async Task Every_reader_has_a_place_of_its_own()
    {
        using var early = _shared.TryRead()!;
        var run = _shared.RunAsync(_source.Reader.ReadAllAsync());
        Send(Piece("a"));
        Assert.Equal("a", TextOf(await NextAsync(early)));
        Send(Piece("b"), Last);
        await run;
        using var late = _shared.TryRead()!;

        Assert.Equal("b", TextOf(await NextAsync(early)));
        Assert.Equal("ab", TextOf(await NextAsync(late)));
        Assert.True(early.HasEnded && late.HasEnded);
        Assert.False(await early.WaitAsync(CancellationToken.None));
    }

    [Fact]
    public async Task It_goes_on_until_its_last_reader_has_left()
    {
        var (first, second) = (_shared.TryRead()!, _shared.TryRead()!);
        var run = _shared.RunAsync(UntilCancelledAsync());

        first.Dispose();
        first.Dispose();
        Assert.False(_shared.Abandoned.IsCancellationRequested);
        second.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Null(_shared.TryRead());
    }

    [Fact]
    public async Task It_runs_on_without_readers_where_it_outlives_them()
    {
        using var shared = Create(cap: 16 << 20, outlivesReaders: true);
        var reader = shared.TryRead()!;
        var run = shared.RunAsync(_source.Reader.ReadAllAsync());
        Send(Piece("a"));
        Assert.Equal("a", TextOf(await NextAsync(reader)));
        var next = reader.Next;
        reader.Dispose();
        Send(Piece("b"), Last);
        await run;

        using var again = shared.TryRead(next)!;

        Assert.Equal("b", TextOf(await NextAsync(again)));
        Assert.True(again.HasEnded);
    }

    [Theory]
    [InlineData(0, "abc")]
    [InlineData(1, "bc")]
    [InlineData(2, "c")]
    // The last frame is its end, which has no text.
    [InlineData(3, "")]
    [InlineData(4, "")]
    public async Task A_reader_begins_at_any_frame_also_at_one_that_is_still_to_come(int from, string text)
    {
        using var leader = _shared.TryRead()!;
        using var early = _shared.TryRead(from)!;
        var run = _shared.RunAsync(_source.Reader.ReadAllAsync());
        Send(Piece("a"), Piece("b"), Piece("c"), Last);
        await run;
        using var late = _shared.TryRead(from)!;

        Assert.Equal([text, text], [await TextOfAsync(early), await TextOfAsync(late)]);
        Assert.True(early.HasEnded && late.HasEnded);
        Assert.Equal([4, 4], [early.Next, late.Next]);
    }

    [Fact]
    public async Task A_frame_that_is_no_longer_kept_cannot_be_read()
    {
        using var shared = Create(cap: 256 * 1024);
        using var reader = shared.TryRead()!;
        var run = shared.RunAsync(_source.Reader.ReadAllAsync());
        for (var i = 0; i < 1_000; i++)
        {
            Send(Piece(new string('x', 1_000)));
            await NextAsync(reader);
        }

        Assert.Null(shared.TryRead(0));
        using var again = shared.TryRead(reader.Next)!;
        Send(Piece("next"), Last);
        await run;

        Assert.Equal("next", await TextOfAsync(again));
    }

    [Fact]
    public async Task Frames_are_numbered_from_zero()
    {
        using var log = new MemoryAnswerLog(_memory.Open(), 1 << 20);

        Assert.Equal(0, await log.AppendAsync((ChatStreamEvent)Piece("a"), CancellationToken.None));
        Assert.Equal(1, await log.AppendAsync((ChatStreamEvent)Piece("b"), CancellationToken.None));
    }

    [Fact]
    public async Task Who_leaves_with_the_last_event_does_not_end_it_for_those_who_come()
    {
        var reader = _shared.TryRead()!;
        var (handedOut, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var run = _shared.RunAsync(WithAnEndAsync());
        await NextAsync(reader);
        reader.Dispose();
        await handedOut.Task;

        using var late = _shared.TryRead();
        goOn.SetResult();

        await run;
        Assert.Equal(2, _completed!.Value.Length);
        Assert.Equal("a", TextOf(await NextAsync(late!)));
        Assert.False(_shared.Abandoned.IsCancellationRequested);

        // The source has given its last event, and takes its time to close.
        async IAsyncEnumerable<AnswerFrame> WithAnEndAsync()
        {
            try
            {
                yield return (ChatStreamEvent)Piece("a");
                yield return Last;
            }
            finally
            {
                handedOut.SetResult();
                await goOn.Task;
            }
        }
    }

    [Fact]
    public async Task A_source_that_stops_short_is_a_shared_call_that_is_lost()
    {
        using var reader = _shared.TryRead()!;
        Send(Piece("a"));
        _source.Writer.Complete();

        await _shared.RunAsync(_source.Reader.ReadAllAsync());
        Assert.True(_completed!.Value.IsEmpty);

        Assert.Equal("a", TextOf(await NextAsync(reader)));
        Assert.False(await reader.WaitAsync(CancellationToken.None));
        Assert.False(reader.HasEnded);
        Assert.Null(_shared.TryRead());
    }

    [Fact]
    public async Task A_source_that_throws_is_what_its_leader_makes_of_it()
    {
        using var reader = _shared.TryRead()!;
        _source.Writer.Complete(new InvalidOperationException("bug"));

        await _shared.RunAsync(_source.Reader.ReadAllAsync(), _ => (ChatStreamEvent)Failure(ChatErrorKind.Internal));

        var events = await NextAsync(reader);
        Assert.Equal(ChatErrorKind.Internal, events.Span[0].Streamed.Failed!.Kind);
        Assert.True(reader.HasEnded);
    }

    [Fact]
    public async Task A_reader_that_gives_up_waiting_is_told_so()
    {
        using var reader = _shared.TryRead()!;
        using var stop = new CancellationTokenSource();
        var wait = reader.WaitAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
    }

    [Fact]
    public async Task Many_readers_get_everything_in_order_however_fast_it_comes()
    {
        using var leader = _shared.TryRead()!;
        var readers = Enumerable.Range(0, 50).Select(_ => Task.Run(ReadAllAsync)).ToList();
        var run = _shared.RunAsync(_source.Reader.ReadAllAsync());
        var text = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i},"));
        foreach (var word in text.Split(',')[..^1])
        {
            Send(Piece(word + ","));
        }

        Send(Last);
        await run;

        Assert.All(await Task.WhenAll(readers), read => Assert.Equal(text, read));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_stops_the_source_of_an_answer_that_is_too_long_to_keep()
    {
        using var shared = Create(cap: 256 * 1024);
        using var reader = shared.TryRead()!;
        var made = 0;
        var run = shared.RunAsync(EndlessAsync(() => made++));

        var seen = 0;
        // Some pieces at a time, or one by one: that is for the threads. Together they are more than what is kept.
        while (seen < 2_000)
        {
            await reader.WaitAsync(CancellationToken.None);
            Assert.InRange(made - seen, 1, 300);
            seen += reader.Read().Length;
        }

        Assert.InRange(_memory.Held, 1, 600 * 1024);
        Assert.Null(shared.TryRead());
        reader.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_reader_far_behind_the_fastest_is_overtaken_and_told_so()
    {
        using var shared = Create(cap: 256 * 1024);
        using var fast = shared.TryRead()!;
        using var slow = shared.TryRead()!;
        var run = shared.RunAsync(_source.Reader.ReadAllAsync());

        var text = new System.Text.StringBuilder();
        for (var i = 0; i < 1_000; i++)
        {
            Send(Piece($"{i},".PadLeft(1_000)));
            text.Append(TextOf(await NextAsync(fast)));
        }

        Send(Last);
        await NextAsync(fast);

        await run;
        Assert.True(_completed!.Value.IsEmpty);
        Assert.Equal(1_000_000, text.Length);
        Assert.True(fast.HasEnded);
        Assert.False(await slow.WaitAsync(CancellationToken.None));
        Assert.True(slow is { WasOvertaken: true, HasEnded: false });
    }

    [Fact]
    public async Task Where_memory_is_full_an_answer_is_relayed_and_not_kept()
    {
        using var others = _memory.Open();
        others.Hold(_memory.Bytes);
        using var reader = _shared.TryRead()!;
        var run = _shared.RunAsync(_source.Reader.ReadAllAsync());

        var length = 0;
        for (var i = 0; i < 200; i++)
        {
            Send(Piece(new string('x', 1_000)));
            length += TextOf(await NextAsync(reader)).Length;
        }

        Send(Last);
        await NextAsync(reader);

        await run;
        Assert.True(_completed!.Value.IsEmpty);
        Assert.Equal(200_000, length);
        Assert.Null(_shared.TryRead());
    }

    [Fact]
    public async Task What_it_held_is_given_back_once_it_is_over_and_nobody_reads_it()
    {
        var reader = _shared.TryRead()!;
        Send(Piece(new string('x', 100_000)), Last);
        await _shared.RunAsync(_source.Reader.ReadAllAsync());
        Assert.InRange(_memory.Held, 200_000, 400_000);
        _shared.Settle();
        Assert.NotEqual(0, _memory.Held);

        reader.Dispose();

        Assert.Equal(0, _memory.Held);
    }

    private SharedCall Create(long cap, bool outlivesReaders = false)
    {
        var shared = new SharedCall("10.0.0.1:11111@1/1", new MemoryAnswerLog(_memory.Open(isKept: true), cap), outlivesReaders);
        shared.OnCompleted(frames =>
        {
            _completed = frames;
            return Task.CompletedTask;
        });
        return shared;
    }

    private static async IAsyncEnumerable<AnswerFrame> EndlessAsync(
        Action onPiece, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            onPiece();
            yield return (ChatStreamEvent)Piece(new string('x', 1_000));
            await Task.Yield();
        }
    }

    private async Task<string> ReadAllAsync()
    {
        using var reader = _shared.TryRead()!;
        return await TextOfAsync(reader);
    }

    private static async Task<string> TextOfAsync(SharedCallReader reader)
    {
        var text = new System.Text.StringBuilder();
        while (await reader.WaitAsync(CancellationToken.None).AsTask().WaitAsync(Patience.Limit))
        {
            text.Append(TextOf(reader.Read()));
        }

        return text.ToString();
    }

    private void Send(params ChatStreamEvent[] events)
    {
        foreach (var one in events)
        {
            Assert.True(_source.Writer.TryWrite(one));
        }
    }

    private static async Task<ReadOnlyMemory<AnswerFrame>> NextAsync(SharedCallReader reader)
    {
        Assert.True(await reader.WaitAsync(CancellationToken.None).AsTask().WaitAsync(Patience.Limit));
        return reader.Read();
    }

    private static string TextOf(ReadOnlyMemory<AnswerFrame> events) =>
        string.Concat(events.ToArray().Select(one => one.Streamed.Chunk?.Choices[0].Delta.Content));

    private static async IAsyncEnumerable<AnswerFrame> UntilCancelledAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        yield break;
    }
}
