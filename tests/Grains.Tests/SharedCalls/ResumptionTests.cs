using System.Threading.Channels;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.SharedCalls;
using Prism.Grains.SharedCalls;
using Prism.Pipeline.Caching;
using Prism.Tests.Cache;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.SharedCalls;

/// <summary>A reader of a shared call leaves, and comes back with the number of the frame that it wants next.</summary>
public sealed class ResumptionTests : IAsyncLifetime
{
    // The first frame says who answers, the last is the end.
    private const string Text = "abcdef";
    private const int Frames = 8;

    private readonly Channel<ChatStreamEvent> _pieces = Channel.CreateUnbounded<ChatStreamEvent>();
    // A shared call is found until its answer is stored.
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CacheCluster _cluster = null!;
    private StreamReading _leader = null!;
    private string _id = null!;

    public async Task InitializeAsync()
    {
        _cluster = await CacheCluster.StartAsync(silos: 2);
        _cluster.Storage.Writes = _stored.Task;
        _cluster.Provider(0).OnStream = (_, left) => _pieces.Reader.ReadAllAsync(left);
        _leader = Lead();
        Send(Text[..1]);
        await _leader.PieceAsync(Text[..1]);
        var key = GrainKeys.Cache(0, PromptHash.Of("global", "vendor", Ask() with { Model = "gpt-4o" }));
        _id = (await _cluster.Grains.GetGrain<ICacheGrain>(key).JoinAsync(new() { SharedCall = "none" })).SharedCall!;
    }

    public async Task DisposeAsync()
    {
        _stored.SetResult();
        await _leader.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task It_gets_what_follows_once_in_either_silo(int silo)
    {
        var calls = _cluster.Get<SharedCallRegistry>(silo);
        var (text, next) = ("", 0L);
        foreach (var piece in Text[1..])
        {
            // It leaves after each frame, while the answer goes on; the leader is the reader that stays.
            (var read, next) = await ReadOneAsync(calls, next);
            text += read;
            Send(piece.ToString());
        }

        _pieces.Writer.Complete();
        using var last = calls.TryRead(_id, next)!;
        while (await last.WaitAsync(CancellationToken.None))
        {
            text += TextOf(last.Read());
        }

        Assert.True(last.HasEnded);
        Assert.Equal((Text, Frames), (text, last.Next));
        Assert.Equal(1, _cluster.UpstreamCalls);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_grain_gives_every_frame_from_any_number_on()
    {
        var grain = _cluster.Grains.GetGrain<ISharedCallGrain>(_id);
        var readings = Enumerable.Range(0, Frames + 1).Select(number => ReadAsync(grain.ReadFromAsync(number))).ToList();
        foreach (var piece in Text[1..])
        {
            Send(piece.ToString());
        }

        _pieces.Writer.Complete();
        var whole = await ReadAsync(grain.ReadAsync());

        Assert.Equal(Frames, whole.Count);
        for (var number = 0; number < readings.Count; number++)
        {
            Assert.Equal(whole[number..].Select(TextOf), (await readings[number]).Select(TextOf));
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_reader_from_the_start_gets_everything_beside_one_that_came_back()
    {
        var calls = _cluster.Get<SharedCallRegistry>(1);
        var (first, next) = await ReadOneAsync(calls, 0);
        using var resumed = calls.TryRead(_id, next)!;
        using var fresh = calls.TryRead(_id)!;
        foreach (var piece in Text[1..])
        {
            Send(piece.ToString());
        }

        _pieces.Writer.Complete();

        Assert.Equal(Text, first + await ReadAsync(resumed));
        Assert.Equal(Text, await ReadAsync(fresh));
    }

    private StreamReading Lead() => new(_cluster.Chat(0).StreamAsync(Ask(), CancellationToken.None));

    private void Send(string piece) => Assert.True(_pieces.Writer.TryWrite(Piece(piece)));

    private async Task<(string Text, long Next)> ReadOneAsync(SharedCallRegistry calls, long from)
    {
        using var reader = calls.TryRead(_id, from)!;
        Assert.True(await reader.WaitAsync(CancellationToken.None));
        return (TextOf(reader.Read()), reader.Next);
    }

    private static async Task<string> ReadAsync(SharedCallReader reader)
    {
        var text = "";
        while (await reader.WaitAsync(CancellationToken.None))
        {
            text += TextOf(reader.Read());
        }

        return text;
    }

    private static async Task<List<AnswerFrame>> ReadAsync(IAsyncEnumerable<FrameBatch> batches)
    {
        var frames = new List<AnswerFrame>();
        await foreach (var batch in batches)
        {
            frames.AddRange(batch.Events);
        }

        return frames;
    }

    private static string TextOf(ReadOnlyMemory<AnswerFrame> frames) => string.Concat(frames.ToArray().Select(TextOf));

    private static string? TextOf(AnswerFrame frame) => frame.Streamed.Chunk?.Choices[0].Delta.Content;
}
