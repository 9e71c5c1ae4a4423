using System.Text;
using System.Text.Json;
using Prism.Formats;
using Prism.Formats.Framing;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Providers.Upstream;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>How bytes become events: the same, wherever the network cuts them.</summary>
public sealed class StreamFramesTests
{
    /// <summary>Everything that the syntax of server-sent events allows: a BOM, all line ends, comments, fields, data over lines.</summary>
    private const string Sse =
        "\uFEFF: hello\r\n\r\n"
        + "event: message\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Grüße 👋\"}}]}\n\n"
        + "id: 7\r\nretry: 10\r\ndata:{\"choices\":[{\"index\":0,\r\ndata: \"delta\":{\"content\":\"\\n\"}}]}\r\n\r\n"
        + ":\n: ping\n\n\n\n"
        + "data\n\ndata:\n\n"
        + "unknown: field\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"!\"},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: [DONE] \n\n";

    private const string Lines = "{\"n\":1}\n\r\n  \n{\"n\":\"Grüße 👋\"}\r\n\t\n{\"n\":3}";

    [Fact]
    public async Task Server_sent_events_are_the_same_wherever_they_are_cut()
    {
        var bytes = Encoding.UTF8.GetBytes(Sse);
        for (var at = 0; at <= bytes.Length; at++)
        {
            Assert.Equal(["Grüße 👋", "\n", "!"], await ReadTokensAsync([bytes[..at], bytes[at..]]));
        }
    }

    [Fact]
    public async Task Server_sent_events_may_come_byte_by_byte() =>
        Assert.Equal(["Grüße 👋", "\n", "!"], await ReadTokensAsync([.. Encoding.UTF8.GetBytes(Sse).Select(one => new[] { one })]));

    [Fact]
    public async Task An_event_is_read_before_the_next_has_come()
    {
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var first = "data: " + Token("a") + end + end;
            var decoder = NewDecoder();
            await using var body = new PiecewiseStream([Encoding.UTF8.GetBytes(first)], endless: true);
            await using var frames = StreamFrames.ReadAsync(StreamFraming.ServerSentEvents, body, decoder, default).GetAsyncEnumerator();

            Assert.True(await frames.MoveNextAsync().AsTask().WaitAsync(Patience.Limit));
            Assert.Equal("a", Assert.Single(frames.Current).Chunk?.Choices[0].Delta.Content);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\n\n  \n")]
    public async Task Lines_are_the_same_wherever_they_are_cut(string end)
    {
        var bytes = Encoding.UTF8.GetBytes(Lines + end);
        for (var at = 0; at <= bytes.Length; at++)
        {
            Assert.Equal(["1", "Grüße 👋", "3"], await ReadLinesAsync([bytes[..at], bytes[at..]]));
        }

        Assert.Equal(["1", "Grüße 👋", "3"], await ReadLinesAsync([.. bytes.Select(one => new[] { one })]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \n\r\n")]
    public async Task Nothing_but_white_space_is_no_line(string body) => Assert.Empty(await ReadLinesAsync([Encoding.UTF8.GetBytes(body)]));

    [Fact]
    public async Task Half_a_last_line_is_left_out() =>
        Assert.Equal(["1"], await ReadLinesAsync([.. "{\"n\":1}\n{\"n\""u8.ToArray().Chunk(3)]));

    [Fact]
    public async Task A_whole_line_that_is_no_json_is_an_error() =>
        await Assert.ThrowsAnyAsync<JsonException>(() => ReadLinesAsync(["{\"n\":1}\n{\"n\"\n"u8.ToArray()]));

    [Fact]
    public async Task A_line_is_read_before_the_next_has_come()
    {
        await using var body = new PiecewiseStream(["{\"n\":1}\n{"u8.ToArray()], endless: true);
        await using var frames = StreamFrames.ReadAsync(StreamFraming.JsonLines, body, new LineDecoder(), default).GetAsyncEnumerator();

        Assert.True(await frames.MoveNextAsync().AsTask().WaitAsync(Patience.Limit));
        Assert.Equal("1", Assert.Single(frames.Current).Chunk?.Id);
    }

    [Fact]
    public async Task A_line_may_be_longer_than_any_buffer()
    {
        var text = new string('x', 200_000);

        Assert.Equal([text, "2"], await ReadLinesAsync([.. Encoding.UTF8.GetBytes($"{{\"n\":\"{text}\"}}\n{{\"n\":2}}\n").Chunk(999)]));
    }

    [Theory]
    [InlineData(StreamFraming.ServerSentEvents, "text/event-stream", true)]
    [InlineData(StreamFraming.ServerSentEvents, null, true)]
    [InlineData(StreamFraming.ServerSentEvents, "application/json", false)]
    [InlineData(StreamFraming.ServerSentEvents, "text/html", false)]
    [InlineData(StreamFraming.JsonLines, "application/x-ndjson", true)]
    [InlineData(StreamFraming.JsonLines, "application/json", true)]
    [InlineData(StreamFraming.JsonLines, null, true)]
    [InlineData(StreamFraming.JsonLines, "text/event-stream", false)]
    [InlineData(StreamFraming.JsonLines, "text/html", false)]
    internal void A_framing_has_its_media_types(StreamFraming framing, string? mediaType, bool matches) =>
        Assert.Equal(matches, framing.Matches(mediaType));

    private static async Task<List<string?>> ReadTokensAsync(byte[][] pieces)
    {
        var decoder = NewDecoder();
        var chunks = await ReadAsync(StreamFraming.ServerSentEvents, pieces, decoder);
        Assert.True(decoder.IsComplete);
        return chunks.ConvertAll(chunk => chunk.Choices[0].Delta.Content);
    }

    private static async Task<List<string?>> ReadLinesAsync(byte[][] pieces) =>
        (await ReadAsync(StreamFraming.JsonLines, pieces, new LineDecoder())).ConvertAll(chunk => chunk.Id);

    private static async Task<List<ChatChunk>> ReadAsync(StreamFraming framing, byte[][] pieces, IStreamDecoder decoder)
    {
        var chunks = new List<ChatChunk>();
        await using var body = new PiecewiseStream(pieces);
        await foreach (var events in StreamFrames.ReadAsync(framing, body, decoder, default))
        {
            chunks.AddRange(events.Select(streamEvent => streamEvent.Chunk!));
        }

        return chunks;
    }

    private static IStreamDecoder NewDecoder() => new OpenAiAnswerReader(new UpstreamErrors(new ProviderOptions())).CreateDecoder(created: 1);

    /// <summary>Takes each line for an object with an <c>n</c>.</summary>
    private sealed class LineDecoder : IStreamDecoder
    {
        public bool IsComplete => false;

        public bool MayEnd => true;

        public void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output)
        {
            var reader = new Utf8JsonReader(data);
            output.Add(new ChatChunk { Id = JsonElement.ParseValue(ref reader).GetProperty("n").ToString() });
        }
    }
}
