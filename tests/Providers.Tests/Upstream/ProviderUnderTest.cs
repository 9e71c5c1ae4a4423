using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Providers;

namespace Prism.Tests.Upstream;

/// <summary>A provider as production makes it, but for the clock, which a test moves, and an eye on what is read from the socket.</summary>
internal sealed class ProviderUnderTest : IDisposable
{
    public const string ApiKey = "sk-secret-0123456789";

    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker _http;

    public ProviderUnderTest(string url, int maxBytes = 1 << 20, string apiKey = ApiKey)
    {
        var options = new ProviderOptions
        {
            Name = "up",
            Type = ProviderType.OpenAi,
            BaseUrl = url + "/v1/",
            ApiKey = apiKey,
            Timeout = Timeout,
            MaxAnswerBytes = maxBytes,
        };
        var handler = ProvidersServiceCollectionExtensions.CreateHandler(options);
        Wire = new ReadObserver(handler);
        _http = new HttpMessageInvoker(Wire);
        Provider = new HttpChatProvider(options, ProviderApis.OpenAi(options), _http, Memory, Time, NullLogger.Instance);
    }

    public static ChatRequest Hello { get; } = new() { Model = "m", Messages = [ChatMessage.Create("user", "Hello")] };

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public MemoryBudget Memory { get; } = new(64 * 1024 * 1024);

    public ReadObserver Wire { get; }

    public HttpChatProvider Provider { get; }

    public void Dispose() => _http.Dispose();

    /// <summary>All events of a stream.</summary>
    public async Task<List<ChatStreamEvent>> StreamAsync(CancellationToken cancellationToken = default)
    {
        var events = new List<ChatStreamEvent>();
        await foreach (var streamEvent in Provider.StreamAsync(Hello, cancellationToken))
        {
            events.Add(streamEvent);
        }

        return events;
    }

    /// <summary>The text of a stream that is expected to end well.</summary>
    public async Task<string> StreamTextAsync()
    {
        var events = await StreamAsync();
        Assert.All(events, streamEvent => Assert.NotNull(streamEvent.Chunk));
        return string.Concat(events.SelectMany(streamEvent => streamEvent.Chunk!.Choices).Select(choice => choice.Delta.Content));
    }

    /// <summary>The error of a call that is expected to fail: the last event of a stream and the only failure in it.</summary>
    public async Task<ChatError> FailAsync(bool stream, CancellationToken cancellationToken = default)
    {
        if (!stream)
        {
            var result = await Provider.CompleteAsync(Hello, cancellationToken);
            Assert.Null(result.Response);
            return result.Error!;
        }

        var events = await StreamAsync(cancellationToken);
        Assert.NotEmpty(events);
        Assert.All(events.SkipLast(1), streamEvent => Assert.NotNull(streamEvent.Chunk));
        Assert.NotNull(events[^1].Failed);
        return events[^1].Failed!;
    }
}
