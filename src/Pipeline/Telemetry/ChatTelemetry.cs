using System.Collections.Concurrent;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Providers;
using Prism.Grains.Usage;
using Prism.Providers;
using Prometheus;

namespace Prism.Pipeline.Telemetry;

/// <summary>The metrics of the request pipeline. Durations are in seconds.</summary>
internal sealed class ChatTelemetry
{
    /// <summary>The label of a request that was rejected before it had a provider.</summary>
    private const string None = "none";

    /// <summary>The status of a call whose caller disconnected.</summary>
    internal const string Cancelled = "cancelled";

    /// <summary>The status of a call that failed by a bug or a broken machine.</summary>
    internal const string InternalError = "internal_error";

    private static readonly double[] DurationBuckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];
    private static readonly double[] FirstTokenBuckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60];

    private readonly ProviderCatalog _catalog;
    private readonly TimeProvider _time;
    private readonly ModelLabels _models;
    private readonly Counter _requests;
    private readonly Counter _upstreamErrors;
    private readonly Gauge _inflight;
    private readonly Func<(string Provider, string Model), ChatSeries> _createSeries;
    private readonly ConcurrentDictionary<(string Provider, string Model), ChatSeries> _series = new();

    public ChatTelemetry(IMetricFactory metrics, GenAiMetrics genAi, IProviderSource providers, ProviderCatalog catalog, TimeProvider time)
    {
        _catalog = catalog;
        _time = time;
        _models = new(providers.Current.All.SelectMany(provider => provider.Options.Models.Prepend(provider.Options.DefaultModel)));
        _requests = metrics.CreateCounter(
            "llm_requests_total", "Chat requests by outcome.", ["provider", "model", "status"]);
        _upstreamErrors = metrics.CreateCounter(
            "llm_upstream_errors_total", "Calls that a provider failed, by kind of failure.", ["provider", "kind"]);
        _inflight = metrics.CreateGauge(
            "llm_inflight_requests", "Chat requests in progress.", ["provider"]);
        var duration = metrics.CreateHistogram(
            "llm_request_duration_seconds", "From the request to the end of its answer.", ["provider", "model"], new() { Buckets = DurationBuckets });
        var firstToken = metrics.CreateHistogram(
            "llm_time_to_first_token_seconds",
            "From the request to the first piece of a streamed answer.",
            ["provider", "model"],
            new() { Buckets = FirstTokenBuckets });
        var tokens = metrics.CreateCounter(
            "llm_tokens_total", "Tokens of prompts and of answers.", ["provider", "model", "type"]);
        var cost = metrics.CreateCounter(
            "llm_cost_usd_total", "The cost of upstream calls, if the price is known.", ["provider", "model"]);
        _createSeries = key => new(_requests, duration, firstToken, tokens, cost, genAi, key.Provider, key.Model);
    }

    /// <summary>A request was rejected before it had a provider.</summary>
    public void OnRefused(ChatError error) => _requests.WithLabels(None, None, StatusOf(error)).Inc();

    /// <summary>A call begins.</summary>
    /// <param name="route">The target.</param>
    /// <param name="caller">Fires when the caller disconnects.</param>
    public ChatObservation Begin(AnswerInfo route, CancellationToken caller)
    {
        var inflight = _inflight.WithLabels(route.Provider);
        inflight.Inc();
        return new(this, route, inflight, _time.GetTimestamp(), caller);
    }

    /// <summary>A provider gave a complete answer.</summary>
    public void OnAnswered(AnswerInfo route, ChatUsage usage)
    {
        // First, so that the model has its own label from its first answer on.
        _models.OnAnswered(route.Model);
        _catalog.OnOutcome(route.Provider, error: null);
        SeriesOf(route).CountTokens(usage);
    }

    /// <summary>An upstream call was billed.</summary>
    /// <param name="route">The provider and model that answered.</param>
    /// <param name="cost">The cost in USD; null if it is unknown.</param>
    public void OnBilled(AnswerInfo route, decimal? cost)
    {
        // As after a complete answer: the model has answered, and its cost must not be counted under another label.
        _models.OnAnswered(route.Model);
        SeriesOf(route).CountCost(cost);
    }

    /// <summary>The label of a call's model in a bounded set: its own name, or <see cref="ModelLabels.Other"/>.</summary>
    public string LabelOf(AnswerInfo route) => _models.LabelOf(route.Model);

    /// <summary>A provider failed a call.</summary>
    public void OnUpstreamFailed(AnswerInfo route, ChatError error)
    {
        _upstreamErrors.WithLabels(route.Provider, KindOf(error)).Inc();
        _catalog.OnOutcome(route.Provider, error.Kind);
    }

    internal TimeSpan ElapsedSince(long started) => _time.GetElapsedTime(started);

    internal ChatSeries SeriesOf(AnswerInfo route)
    {
        var key = (route.Provider, _models.LabelOf(route.Model));
        return _series.TryGetValue(key, out var series) ? series : _series.GetOrAdd(key, _createSeries);
    }

    // UpstreamIdleTimeout -> idle_timeout
    internal static string KindOf(ChatError error) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Kind.ToString().Replace("Upstream", "", StringComparison.Ordinal));

    internal static string StatusOf(ChatError error) => error.Kind switch
    {
        ChatErrorKind.InvalidRequest
            or ChatErrorKind.ModelNotFound
            or ChatErrorKind.RequestTooLarge
            or ChatErrorKind.Unprocessable
            or ChatErrorKind.NotFound
            or ChatErrorKind.Conflict => "invalid_request",
        ChatErrorKind.PermissionDenied => "permission_denied",
        ChatErrorKind.RateLimited => "rate_limited",
        ChatErrorKind.QuotaExceeded => "quota_exceeded",
        ChatErrorKind.Overloaded => "overloaded",
        ChatErrorKind.UpstreamConnectTimeout or ChatErrorKind.UpstreamFirstTokenTimeout or ChatErrorKind.UpstreamIdleTimeout => "timeout",
        ChatErrorKind.Internal => InternalError,
        _ => "upstream_error",
    };
}
