using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Chat;

/// <summary>A provider that does what a test tells it to, and keeps what it was asked.</summary>
internal sealed class ScriptedProvider(ProviderOptions options) : IChatProvider
{
    public ProviderOptions Options => options;

    public ConcurrentQueue<ChatRequest> Received { get; } = new();

    /// <summary>What it has no word for, where a request has it.</summary>
    public ImmutableArray<string> Unsupported { get; set; } = [];

    public Func<ChatRequest, CancellationToken, Task<ProviderResult>> OnComplete { get; set; } = (_, _) => Task.FromResult<ProviderResult>(Answer("ok"));

    public Func<ChatRequest, CancellationToken, IAsyncEnumerable<ChatStreamEvent>> OnStream { get; set; } = (_, _) => Play(Piece("ok"));

    public ImmutableArray<string> FindUnsupported(ChatRequest request)
    {
        var json = JsonSerializer.SerializeToElement(request, ChatJson.Lenient.ChatRequest);
        return [.. Unsupported.Where(path => json.TryGetProperty(path.Split('.', '[')[0], out _))];
    }

    public async ValueTask<ProviderAnswer> OpenAsync(CallRequest request, bool stream, CancellationToken cancellationToken)
    {
        Received.Enqueue(request.Canonical);
        if (stream)
        {
            return await ProviderAnswer.OfAsync(OnStream(request.Canonical, cancellationToken), cancellationToken);
        }

        var result = await OnComplete(request.Canonical, cancellationToken);
        return result.Error is { } error ? ProviderAnswer.Of(error) : ProviderAnswer.Of(result.Response!);
    }

    public static ScriptedProvider Create(string name, string? model = null, ProviderDefinition? type = null) => new(new()
    {
        Name = name,
        Type = type ?? ProviderType.OpenAi,
        BaseUrl = $"https://{name}.test/v1",
        ApiKey = $"key-of-{name}",
        DefaultModel = model ?? name + "-model",
    });

    public static ChatResponse Answer(string text, ChatUsage? usage = null) => new()
    {
        Id = "answer-1",
        Model = "m",
        Choices = [new() { Message = new() { Content = text }, FinishReason = FinishReasons.Stop }],
        Usage = usage,
    };

    public static ChatChunk Piece(string text, ChatUsage? usage = null) => new()
    {
        Id = "answer-1",
        Model = "m",
        Choices = [new() { Delta = new() { Content = text } }],
        Usage = usage,
    };

    public static async IAsyncEnumerable<ChatStreamEvent> Play(params ChatStreamEvent[] events)
    {
        foreach (var one in events)
        {
            await Task.Yield();
            yield return one;
        }
    }

    public static ChatError Failure(ChatErrorKind kind, string? provider = "vendor") => new() { Kind = kind, Message = "No.", Provider = provider };
}
