using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Chat;

/// <summary>The ways in which a call ends without an outcome: the caller leaves, or something throws.</summary>
public sealed class ChatEndingsTests : IDisposable
{
    private readonly TestPipeline _pipeline = new();
    private readonly CancellationTokenSource _caller = new();

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task A_caller_that_leaves_cancels_the_call()
    {
        _pipeline.Vendor.OnComplete = async (_, token) =>
        {
            await _caller.CancelAsync();
            token.ThrowIfCancellationRequested();
            return Answer("never");
        };

        await Assert.ThrowsAsync<OperationCanceledException>(() => _pipeline.Service.CompleteAsync(Ask(), _caller.Token));

        await AssertEndedAsync("cancelled");
    }

    [Fact]
    public async Task A_caller_that_leaves_in_the_middle_cancels_the_stream()
    {
        _pipeline.Vendor.OnStream = (_, token) => Endless(token);

        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var one in _pipeline.Service.StreamAsync(Ask(), _caller.Token))
            {
                if (one.Chunk is not null)
                {
                    await _caller.CancelAsync();
                }
            }
        });

        await AssertEndedAsync("cancelled");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_caller_that_stops_reading_ends_the_stream_upstream(int eventsRead)
    {
        var ended = false;
        _pipeline.Vendor.OnStream = (_, token) => Endless(token, () => ended = true);

        await foreach (var one in _pipeline.Service.StreamAsync(Ask(), CancellationToken.None))
        {
            if (--eventsRead == 0)
            {
                break;
            }
        }

        Assert.True(ended);
        await AssertEndedAsync("cancelled");
    }

    [Fact]
    public async Task A_provider_that_throws_is_an_internal_error()
    {
        _pipeline.Vendor.OnComplete = (_, _) => throw new InvalidOperationException("bug");

        await Assert.ThrowsAsync<InvalidOperationException>(() => _pipeline.CompleteAsync());

        await AssertEndedAsync("internal_error");
    }

    [Fact]
    public async Task A_provider_that_throws_before_its_stream_is_an_internal_error()
    {
        _pipeline.Vendor.OnStream = (_, _) => throw new InvalidOperationException("bug");

        await Assert.ThrowsAsync<InvalidOperationException>(() => _pipeline.StreamAsync());

        await AssertEndedAsync("internal_error");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_provider_that_throws_in_its_stream_is_an_internal_error(int pieces)
    {
        _pipeline.Vendor.OnStream = (_, _) => ThrowAfter(pieces, new InvalidOperationException("bug"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _pipeline.StreamAsync());

        await AssertEndedAsync("internal_error");
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_callers_is_an_internal_error()
    {
        _pipeline.Vendor.OnStream = (_, _) => ThrowAfter(1, new OperationCanceledException());

        await Assert.ThrowsAsync<OperationCanceledException>(() => _pipeline.StreamAsync());

        await AssertEndedAsync("internal_error");
    }

    [Fact]
    public async Task A_stream_whose_caller_never_asks_for_it_counts_nothing()
    {
        _ = _pipeline.Service.StreamAsync(Ask(), CancellationToken.None);

        Assert.Empty(await _pipeline.ScrapeAsync("llm_requests_total"));
    }

    [Fact]
    public async Task Neither_prompts_nor_answers_nor_keys_are_logged()
    {
        var secrets = new[] { "PROMPT-TEXT", "ANSWER-TEXT", _pipeline.Vendor.Options.ApiKey! };
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece(secrets[1]), Failure(ChatErrorKind.UpstreamBrokenOff));
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(ChatErrorKind.UpstreamServerError));

        await _pipeline.StreamAsync(Ask(secrets[0]));
        await _pipeline.CompleteAsync(Ask(secrets[0]));

        Assert.Equal(2, _pipeline.Log.Lines.Count);
        Assert.All(_pipeline.Log.Lines, line => Assert.All(secrets, secret => Assert.DoesNotContain(secret, line, StringComparison.Ordinal)));
    }

    private async Task AssertEndedAsync(string status)
    {
        Assert.Equal([$$"""{provider="vendor",model="gpt-4o",status="{{status}}"} 1"""], await _pipeline.ScrapeAsync("llm_requests_total"));
        Assert.Equal(["""{provider="vendor",model="gpt-4o"} 1"""], await _pipeline.ScrapeAsync("llm_request_duration_seconds_count"));
        await _pipeline.AssertNothingInFlightAsync();
    }

    private static async IAsyncEnumerable<ChatStreamEvent> ThrowAfter(int pieces, Exception exception)
    {
        await Task.Yield();
        for (var i = 0; i < pieces; i++)
        {
            yield return Piece("a");
        }

        throw exception;
    }

    private static async IAsyncEnumerable<ChatStreamEvent> Endless(
        [EnumeratorCancellation] CancellationToken token, Action? ended = null)
    {
        try
        {
            while (true)
            {
                await Task.Yield();
                token.ThrowIfCancellationRequested();
                yield return Piece("a");
            }
        }
        finally
        {
            ended?.Invoke();
        }
    }
}
