using System.Diagnostics;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Telemetry;

/// <summary>The span of one call of a provider. It includes prompts and answers only if that is configured.</summary>
/// <remarks>Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/</remarks>
internal sealed class UpstreamSpan : IDisposable
{
    // The answer was not read to its end: the caller disconnected, or an exception was thrown.
    private const string Abandoned = "abandoned";

    private static readonly ActivitySource Source = new(GenAi.ActivitySourceName);

    private readonly Activity _activity;
    private readonly SortedDictionary<int, string> _finishReasons = [];
    private readonly AnswerContent? _content;
    private bool _hasAnswer;
    private bool _ended;

    private UpstreamSpan(Activity activity, bool withContent)
    {
        _activity = activity;
        _content = withContent ? new() : null;
    }

    /// <summary>Whether there is a listener.</summary>
    public static bool IsWanted => Source.HasListeners();

    /// <summary>Begins the span; null if this call is not sampled.</summary>
    public static UpstreamSpan? Start(ProviderOptions provider, ChatRequest request, bool withContent)
    {
        var activity = Source.StartActivity(ActivityKind.Client, tags: GetIdentity(provider, request), name: $"{GenAi.Chat} {request.Model}");
        if (activity is not { IsAllDataRequested: true })
        {
            // A span without recorded data may still be propagated; it needs no content.
            return activity is null ? null : new(activity, withContent: false);
        }

        SetParameters(activity, request);
        if (withContent)
        {
            activity.SetTag("gen_ai.input.messages", MessageParts.OfPrompt(request.Messages));
        }

        return new(activity, withContent);
    }

    /// <summary>A chunk of a streamed answer.</summary>
    public void OnChunk(ChatChunk chunk)
    {
        SetAnswer(chunk.Id, chunk.Model, chunk.Usage);
        foreach (var choice in chunk.Choices)
        {
            SetFinishReason(choice.Index, choice.FinishReason);
            _content?.Add(choice);
        }
    }

    /// <summary>The answer of a call that was not streamed.</summary>
    public void OnWhole(ChatResponse whole)
    {
        SetAnswer(whole.Id, whole.Model, whole.Usage);
        foreach (var choice in whole.Choices)
        {
            SetFinishReason(choice.Index, choice.FinishReason);
            _content?.Add(choice);
        }

        OnEnded();
    }

    /// <summary>The call has failed.</summary>
    // Not the message: a provider's may quote the prompt.
    public void OnFailed(ChatError error)
    {
        _ended = true;
        _activity.SetTag(GenAi.ErrorType, JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Kind.ToString()));
        _activity.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>The answer is whole, unless it has failed.</summary>
    public void OnEnded() => _ended = true;

    public void Dispose()
    {
        if (!_ended)
        {
            _activity.SetTag(GenAi.ErrorType, Abandoned);
        }

        if (_finishReasons.Count > 0)
        {
            _activity.SetTag("gen_ai.response.finish_reasons", _finishReasons.Values.ToArray());
        }

        if (_content is { IsEmpty: false })
        {
            _activity.SetTag("gen_ai.output.messages", _content.ToJson(_finishReasons));
        }

        _activity.Dispose();
    }

    private static KeyValuePair<string, object?>[] GetIdentity(ProviderOptions provider, ChatRequest request)
    {
        KeyValuePair<string, object?>[] identity =
        [
            new(GenAi.OperationName, GenAi.Chat),
            new(GenAi.ProviderName, provider.Name),
            new(GenAi.RequestModel, request.Model),
        ];
        // If there are several, the span of the exchange has the called one.
        return provider.Endpoints is [var only] && Uri.TryCreate(only.BaseUrl, UriKind.Absolute, out var url)
            ? [.. identity, new("server.address", url.Host), new("server.port", url.Port)]
            : identity;
    }

    private static void SetParameters(Activity activity, ChatRequest request)
    {
        activity.SetTag("gen_ai.request.max_tokens", request.OutputTokenLimit);
        activity.SetTag("gen_ai.request.temperature", request.Temperature);
        activity.SetTag("gen_ai.request.top_p", request.TopP);
        activity.SetTag("gen_ai.request.frequency_penalty", request.FrequencyPenalty);
        activity.SetTag("gen_ai.request.presence_penalty", request.PresencePenalty);
        activity.SetTag("gen_ai.request.seed", request.Seed);
        activity.SetTag("gen_ai.request.choice.count", request.N is > 1 ? request.N : null);
        activity.SetTag("gen_ai.output.type", IsJson(request.ResponseFormat) ? "json" : null);
    }

    private static bool IsJson(JsonElement? format) =>
        format is { ValueKind: JsonValueKind.Object } asked
        && asked.TryGetProperty("type", out var type)
        && type.ValueKind == JsonValueKind.String
        && type.GetString() is "json_object" or "json_schema";

    private void SetAnswer(string? id, string? model, ChatUsage? usage)
    {
        if (!_hasAnswer)
        {
            _hasAnswer = true;
            _activity.SetTag("gen_ai.response.id", id);
            _activity.SetTag("gen_ai.response.model", model);
        }

        if (usage is not null)
        {
            _activity.SetTag("gen_ai.usage.input_tokens", usage.PromptTokens);
            _activity.SetTag("gen_ai.usage.output_tokens", usage.CompletionTokens);
            _activity.SetTag("gen_ai.usage.cache_read.input_tokens", usage.PromptTokensDetails?.CachedTokens);
        }
    }

    private void SetFinishReason(int index, string? reason)
    {
        if (reason is not null)
        {
            _finishReasons[index] = reason;
        }
    }
}
