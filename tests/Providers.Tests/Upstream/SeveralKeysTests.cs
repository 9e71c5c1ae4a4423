using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>Several keys and addresses of one provider, over the wire.</summary>
public sealed class SeveralKeysTests
{
    private const string Ok = """{"choices":[{"message":{"content":"Hi"}}]}""";

    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    public async Task A_key_that_is_refused_is_not_used_again_soon(int status)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.Request.Headers["Authorization"] == "Bearer key-of-ours-2"
            ? call.JsonAsync(Error("key-of-ours-1 and key-of-ours-2 are refused"), status, ("Retry-After", "60"))
            : call.JsonAsync(Ok));
        var log = new KeptLog();
        await using var services = Services(log, upstream.Url, "key-of-ours-1,key-of-ours-2");
        var provider = services.GetRequiredService<ProviderRegistry>().Default;

        var results = new List<ProviderResult>();
        for (var i = 0; i < 5; i++)
        {
            results.Add(await provider.CompleteAsync(ProviderUnderTest.Hello, default));
        }

        var error = Assert.Single(results, result => result.Error is not null).Error!;
        Assert.Equal(TimeSpan.Zero, error.RetryAfter);
        Assert.Single(upstream.Received, request => request.Headers["Authorization"] == "Bearer key-of-ours-2");
        Assert.Contains("Endpoint 2 of 2 of provider openai is parked", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines.Append(error.ToString()), line => line.Contains("key-of-ours", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_key_is_parked_wherever_the_answer_says_so(string where, string type, ChatErrorKind kind)
    {
        var stream = where is not ("status" or "whole body");
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.Request.Headers["Authorization"] == "Bearer key-2"
            ? RefuseAsync(call, where, Error(type: type))
            : stream ? call.ServerSentEventsAsync(Token("Hi"), Finish, Done) : call.JsonAsync(Ok));
        await using var services = Services(new(), upstream.Url, "key-1,key-2");
        var provider = services.GetRequiredService<ProviderRegistry>().Default;

        var errors = new List<ChatError>();
        for (var i = 0; i < 5; i++)
        {
            if (await FindErrorAsync(provider, stream) is { } error)
            {
                errors.Add(error);
            }
        }

        var failed = Assert.Single(errors);
        // The other key can be tried at once.
        Assert.Equal((kind, TimeSpan.Zero), (failed.Kind, failed.RetryAfter));
        Assert.Single(upstream.Received, request => request.Headers["Authorization"] == "Bearer key-2");
        Assert.Equal(5, upstream.Received.Count);
    }

    public static TheoryData<string, string, ChatErrorKind> Refusals()
    {
        var data = new TheoryData<string, string, ChatErrorKind>();
        foreach (var where in new[] { "status", "whole body", "body of a streamed request", "first event", "event after the role", "event after a token" })
        {
            data.Add(where, "rate_limit_error", ChatErrorKind.RateLimited);
            data.Add(where, "insufficient_quota", ChatErrorKind.QuotaExceeded);
            data.Add(where, "authentication_error", ChatErrorKind.UpstreamCredentialsRefused);
        }

        return data;
    }

    [Fact]
    public async Task Streams_are_spread_over_the_addresses_while_they_last()
    {
        var open = new TaskCompletionSource();
        async Task Script(UpstreamCall call)
        {
            await call.StartStreamAsync();
            await call.WriteAsync($"data: {Token("Hi")}\n\n");
            await open.Task;
            await call.WriteAsync($"data: {Finish}\n\ndata: [DONE]\n\n");
        }

        await using var first = await ScriptedUpstream.StartAsync(Script);
        await using var second = await ScriptedUpstream.StartAsync(Script);
        await using var services = Services(new(), $"{first.Url},{second.Url}", "key-1,key-2");
        var provider = services.GetRequiredService<ProviderRegistry>().Default;

        var streams = Enumerable.Range(0, 6).Select(_ => provider.StreamAsync(ProviderUnderTest.Hello, default).GetAsyncEnumerator()).ToList();
        foreach (var stream in streams)
        {
            Assert.True(await stream.MoveNextAsync());
        }

        Assert.Equal((3, 3), (first.Received.Count, second.Received.Count));
        Assert.All(first.Received, request => Assert.Equal("Bearer key-1", request.Headers["Authorization"]));
        Assert.All(second.Received, request => Assert.Equal("Bearer key-2", request.Headers["Authorization"]));
        open.SetResult();
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_address_that_is_not_there_is_left_to_the_others()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(Ok));
        await using var services = Services(new(), $"{upstream.Url},http://127.0.0.1:1", "key-1");
        var provider = services.GetRequiredService<ProviderRegistry>().Default;

        var results = new List<ProviderResult>();
        for (var i = 0; i < 4; i++)
        {
            results.Add(await provider.CompleteAsync(ProviderUnderTest.Hello, default));
        }

        var error = Assert.Single(results, result => result.Error is not null).Error!;
        Assert.Equal((ChatErrorKind.UpstreamUnreachable, TimeSpan.Zero), (error.Kind, error.RetryAfter!.Value));
    }

    private static Task RefuseAsync(UpstreamCall call, string where, string error) => where switch
    {
        "status" => call.JsonAsync(error, error.Contains("authentication", StringComparison.Ordinal) ? 401 : 429),
        "whole body" or "body of a streamed request" => call.JsonAsync(error),
        "first event" => call.ServerSentEventsAsync(error),
        "event after the role" => call.ServerSentEventsAsync(Token(""), error),
        _ => call.ServerSentEventsAsync(Token("Hi"), error),
    };

    private static async Task<ChatError?> FindErrorAsync(IChatProvider provider, bool stream)
    {
        if (!stream)
        {
            return (await provider.CompleteAsync(ProviderUnderTest.Hello, default)).Error;
        }

        var error = default(ChatError);
        await foreach (var streamEvent in provider.StreamAsync(ProviderUnderTest.Hello, default))
        {
            error = streamEvent.Failed ?? error;
        }

        return error;
    }

    private static ServiceProvider Services(KeptLog log, string baseUrl, string apiKey) => new ServiceCollection()
        .AddPrismProviders()
        .AddLogging(logging => logging.AddProvider(log))
        .Configure<ProvidersOptions>(options =>
        {
            options.DefaultProvider = "openai";
            (options.Providers["openai"].BaseUrl, options.Providers["openai"].ApiKey) = (baseUrl, apiKey);
        })
        .BuildServiceProvider();

    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
