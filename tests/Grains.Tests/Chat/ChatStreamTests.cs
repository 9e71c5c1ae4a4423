using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Chat;

public class ChatStreamTests
{
    private readonly TestPipeline _pipeline = new();

    [Fact]
    public async Task A_stream_is_the_route_then_the_pieces_then_the_usage()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece("hel"), Piece("lo", ChatUsage.Of(8, 2)));

        var events = await _pipeline.StreamAsync();

        Assert.Equal(
            [
                new() { Started = new() { Provider = "vendor", Model = "gpt-4o" } },
                Text("hel"),
                Text("lo"),
                new() { Completed = ChatUsage.Of(8, 2) },
            ],
            events.Select(Plain));
    }

    [Fact]
    public async Task A_chunk_that_only_brings_the_usage_is_not_handed_out()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece("hello"), new ChatChunk { Id = "answer-1", Model = "m", Usage = ChatUsage.Of(8, 2) });

        var events = await _pipeline.StreamAsync();

        Assert.Equal(3, events.Count);
        Assert.Equal("hello", events[1].Chunk!.Choices.Single().Delta.Content);
        Assert.Equal(ChatUsage.Of(8, 2), events[2].Completed);
    }

    [Fact]
    public async Task The_last_usage_counts_where_a_provider_tells_it_again_and_again()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece("a", ChatUsage.Of(8, 1)), Piece("b", ChatUsage.Of(8, 2)));

        var events = await _pipeline.StreamAsync();

        Assert.Equal(ChatUsage.Of(8, 2), events[^1].Completed);
        Assert.All(events, one => Assert.Null(one.Chunk?.Usage));
    }

    [Fact]
    public async Task Usage_is_counted_where_the_provider_told_none()
    {
        // The tokens are those of the joined text: "hello" is one although it comes in two pieces.
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece("hel"), Piece("lo"), Piece(" world"));

        Assert.Equal(ChatUsage.Of(8, 2), (await _pipeline.StreamAsync())[^1].Completed);
    }

    [Fact]
    public async Task Fragments_of_tool_calls_reasoning_and_refusals_are_counted()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(
            Delta(new() { ReasoningContent = "hello" }),
            Delta(new() { ToolCalls = [new() { Index = 0, Id = "1", Function = new() { Name = " hello", Arguments = " wor" } }] }),
            Delta(new() { ToolCalls = [new() { Index = 0, Function = new() { Arguments = "ld" } }] }),
            Delta(new() { Refusal = " hello" }));

        Assert.Equal(ChatUsage.Of(8, 4), (await _pipeline.StreamAsync())[^1].Completed);

        static ChatStreamEvent Delta(ChatDelta delta) => new ChatChunk { Id = "answer-1", Model = "m", Choices = [new() { Delta = delta }] };
    }

    [Fact]
    public async Task A_chunk_without_choices_that_is_no_usage_is_handed_out()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(new ChatChunk { Id = "answer-1", Model = "m" }, Piece("hello"));

        Assert.Equal(4, (await _pipeline.StreamAsync()).Count);
    }

    [Fact]
    public async Task A_failure_before_the_first_piece_is_the_only_event()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(Failure(ChatErrorKind.RateLimited));

        Assert.Equal(ChatErrorKind.RateLimited, Assert.Single(await _pipeline.StreamAsync()).Failed!.Kind);
    }

    [Fact]
    public async Task A_failure_in_the_middle_is_the_last_event()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece("hel"), Failure(ChatErrorKind.UpstreamBrokenOff), Piece("never"));

        var events = await _pipeline.StreamAsync();

        Assert.Equal(3, events.Count);
        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, events[2].Failed!.Kind);
    }

    [Fact]
    public async Task A_stream_of_nothing_is_an_invalid_answer()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play();
        var nothing = Assert.Single(await _pipeline.StreamAsync());
        _pipeline.Vendor.OnStream = (_, _) => Play(new ChatChunk { Usage = ChatUsage.Of(8, 0) });
        var onlyUsage = Assert.Single(await _pipeline.StreamAsync());

        Assert.Equal((ChatErrorKind.UpstreamInvalidResponse, "vendor"), (nothing.Failed!.Kind, nothing.Failed.Provider));
        Assert.Equal(nothing, onlyUsage);
    }

    [Fact]
    public async Task Pieces_without_id_or_model_all_get_the_same()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(
            Piece("a") with { Id = null, Model = null }, Piece("b") with { Id = null, Model = null });

        var chunks = (await _pipeline.StreamAsync()).Select(one => one.Chunk).OfType<ChatChunk>().ToList();

        Assert.All(chunks, chunk => Assert.Equal("gpt-4o", chunk.Model));
        Assert.StartsWith("chatcmpl-", Assert.Single(chunks.Select(chunk => chunk.Id).Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_the_provider_gave_once_is_on_all_pieces()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece("a"), Piece("b") with { Id = null });

        Assert.All((await _pipeline.StreamAsync()).Where(one => one.Chunk is not null), one => Assert.Equal("answer-1", one.Chunk!.Id));
    }

    [Fact]
    public async Task Nothing_is_handed_out_before_the_first_piece_is_here()
    {
        var gate = new TaskCompletionSource();
        _pipeline.Vendor.OnStream = (_, _) => PlayAfter(gate.Task);
        await using var events = _pipeline.Service.StreamAsync(Ask(), CancellationToken.None).GetAsyncEnumerator();

        var first = events.MoveNextAsync();
        Assert.False(first.IsCompleted);
        gate.SetResult();

        Assert.True(await first);
        Assert.NotNull(events.Current.Started);
    }

    private static async IAsyncEnumerable<ChatStreamEvent> PlayAfter(Task gate)
    {
        await gate;
        yield return Piece("hello");
    }

    private static ChatStreamEvent Text(string text) => new() { Chunk = new() { Id = text } };

    // Chunks are compared by their text: arrays have no equality of their own.
    private static ChatStreamEvent Plain(ChatStreamEvent one) =>
        one.Chunk is { } chunk ? Text(string.Concat(chunk.Choices.Select(choice => choice.Delta.Content))) : one;
}
