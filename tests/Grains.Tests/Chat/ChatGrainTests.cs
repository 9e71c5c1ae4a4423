using System.Runtime.CompilerServices;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Cluster;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Chat;

/// <summary>Calls of a process that is only an Orleans client, over a real gateway port.</summary>
[Collection(ChatCluster.Collection)]
public sealed class ChatGrainTests : IAsyncLifetime
{
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChatCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_client_gets_an_answer()
    {
        _cluster.Vendor.OnComplete = async (_, _) =>
        {
            await Task.Yield();
            return Answer("hi", ChatUsage.Of(8, 1));
        };

        var outcome = await _cluster.Chat.CompleteAsync(Ask(), CancellationToken.None);

        Assert.Equal("hi", outcome.Response!.Choices.Single().Message!.Content);
        Assert.Equal(ChatUsage.Of(8, 1), outcome.Response.Usage);
        Assert.Equal(new AnswerInfo { Provider = "vendor", Model = "gpt-4o" }, outcome.Route);
        await AssertOneActivationThatEndedAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_client_gets_an_answer_that_was_ready_at_once()
    {
        Assert.NotNull((await _cluster.Chat.CompleteAsync(Ask(), CancellationToken.None)).Response);
        await AssertOneActivationThatEndedAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_client_gets_a_stream()
    {
        _cluster.Vendor.OnStream = (_, _) => Play(Piece("hel"), Piece("lo", ChatUsage.Of(8, 1)));

        var events = await ReadAsync(Ask());

        Assert.Equal(new AnswerInfo { Provider = "vendor", Model = "gpt-4o" }, events[0].Started);
        Assert.Equal("hello", TextOf(events));
        Assert.Equal(ChatUsage.Of(8, 1), events[^1].Completed);
        await AssertOneActivationThatEndedAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Pieces_reach_the_client_while_the_answer_is_being_made()
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.Vendor.OnStream = (_, _) => PlayUpTo(read.Task);
        var text = "";

        await foreach (var one in _cluster.Chat.StreamAsync(Ask(), CancellationToken.None))
        {
            text += TextOf([one]);
            if (text == "first ")
            {
                // Without this piece in the client's hands the provider would wait for ever.
                read.SetResult();
            }
        }

        Assert.Equal("first second", text);

        static async IAsyncEnumerable<ChatStreamEvent> PlayUpTo(Task gate)
        {
            yield return Piece("first ");
            await gate.WaitAsync(Patience.Limit);
            yield return Piece("second");
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_error_crosses_the_border_whole()
    {
        var error = new ChatError
        {
            // Not one that would have the provider left alone: the cluster is there for other tests too.
            Kind = ChatErrorKind.UpstreamServerError,
            Message = "Slower.",
            Param = "messages[0]",
            Code = "overloaded",
            Provider = "vendor",
            RetryAfter = TimeSpan.FromSeconds(7),
            UpstreamStatus = 503,
            Route = new() { Provider = "vendor", Model = "gpt-4o" },
        };
        _cluster.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(error);
        _cluster.Vendor.OnStream = (_, _) => Play(Piece("hel"), error);

        Assert.Equal(error, (await _cluster.Chat.CompleteAsync(Ask(), CancellationToken.None)).Error);
        Assert.Equal(error, (await ReadAsync(Ask()))[^1].Failed);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_refusal_crosses_the_border_too()
    {
        var request = Ask() with { Temperature = 3 };

        Assert.Equal("temperature", (await _cluster.Chat.CompleteAsync(request, CancellationToken.None)).Error!.Param);
        Assert.Equal("temperature", Assert.Single(await ReadAsync(request)).Failed!.Param);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_bug_on_the_silo_is_an_exception_at_the_client()
    {
        _cluster.Vendor.OnComplete = (_, _) => throw new InvalidOperationException("bug");

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.Chat.CompleteAsync(Ask(), CancellationToken.None));

        Assert.Equal("bug", exception.Message);
        await AssertOneActivationThatEndedAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_Prism_does_not_know_by_name_survives_both_ways()
    {
        const string RequestJson =
            """
            {"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"text","text":"hé \u2028"},{"type":"image_url","image_url":{"url":"data:,","x":[1]}}],"x":null},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{"}}]}],"stop":["a"],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}},"strict":true}}],"tool_choice":"auto","response_format":{"type":"json_schema","json_schema":{"name":"n"}},"logit_bias":{"50256":-100},"x":1.50}
            """;
        const string ChunkJson =
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"a","x":[{}]},"logprobs":{"content":[]},"finish_reason":null}],"usage":null,"system_fingerprint":"fp"}""";
        var request = JsonSerializer.Deserialize(RequestJson, ChatJson.Strict.ChatRequest)!;
        var chunk = JsonSerializer.Deserialize(ChunkJson, ChatJson.Lenient.ChatChunk)!;
        _cluster.Vendor.OnStream = (_, _) => Play(chunk);

        var events = await ReadAsync(request);

        Assert.Equal(
            JsonSerializer.Serialize(request, ChatJson.Lenient.ChatRequest),
            JsonSerializer.Serialize(_cluster.Vendor.Received.Single(), ChatJson.Lenient.ChatRequest));
        Assert.Equal(ChunkJson, JsonSerializer.Serialize(events[1].Chunk!, ChatJson.Lenient.ChatChunk));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_client_that_cancels_cancels_the_call_upstream()
    {
        var upstream = new UpstreamWait();
        _cluster.Vendor.OnComplete = async (_, token) =>
        {
            await upstream.UntilCancelledAsync(token);
            return Answer("never");
        };
        using var caller = new CancellationTokenSource();

        var call = _cluster.Chat.CompleteAsync(Ask(), caller.Token);
        await upstream.Entered;
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await upstream.Cancelled;
        await _cluster.Activations.NoneLeftAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_client_that_cancels_in_the_middle_cancels_the_stream_upstream()
    {
        var upstream = new UpstreamWait();
        _cluster.Vendor.OnStream = (_, token) => OnePieceThen(upstream, token);
        using var caller = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var one in _cluster.Chat.StreamAsync(Ask(), caller.Token))
            {
                if (one.Chunk is not null)
                {
                    await upstream.Entered;
                    await caller.CancelAsync();
                }
            }
        });

        await upstream.Cancelled;
        await _cluster.Activations.NoneLeftAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_client_that_stops_reading_cancels_the_stream_upstream()
    {
        var upstream = new UpstreamWait();
        _cluster.Vendor.OnStream = (_, token) => OnePieceThen(upstream, token);

        await foreach (var one in _cluster.Chat.StreamAsync(Ask(), CancellationToken.None))
        {
            if (one.Chunk is not null)
            {
                break;
            }
        }

        await upstream.Cancelled;
        await AssertOneActivationThatEndedAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Many_streams_at_once_do_not_mix_and_leave_nothing_behind()
    {
        const int Streams = 100;
        _cluster.Vendor.OnStream = (request, _) =>
            Play([.. Enumerable.Range(0, 20).Select(i => (ChatStreamEvent)Piece($"{request.Messages[0].Content!.Text}-{i} "))]);

        var texts = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async i => TextOf(await ReadAsync(Ask($"stream{i}")))));

        Assert.Equal(Enumerable.Range(0, Streams).Select(i => string.Concat(Enumerable.Range(0, 20).Select(j => $"stream{i}-{j} "))), texts);
        await _cluster.Activations.NoneLeftAsync();
        Assert.Equal(Streams, _cluster.Activations.Begun);
    }

    private async Task<List<ChatStreamEvent>> ReadAsync(ChatRequest request)
    {
        var events = new List<ChatStreamEvent>();
        await foreach (var one in _cluster.Chat.StreamAsync(request, CancellationToken.None))
        {
            events.Add(one);
        }

        return events;
    }

    private async Task AssertOneActivationThatEndedAsync()
    {
        await _cluster.Activations.NoneLeftAsync();
        Assert.Equal(1, _cluster.Activations.Begun);
    }

    private static string TextOf(IEnumerable<ChatStreamEvent> events) =>
        string.Concat(events.SelectMany(one => one.Chunk?.Choices ?? []).Select(choice => choice.Delta.Content));

    private static async IAsyncEnumerable<ChatStreamEvent> OnePieceThen(
        UpstreamWait upstream, [EnumeratorCancellation] CancellationToken token)
    {
        yield return Piece("a");
        await upstream.UntilCancelledAsync(token);
    }
}
