using Prometheus;

namespace Prism.Chat;

/// <summary>The time series of one provider and model, looked up once: labels cost more than the counting.</summary>
internal sealed class ChatSeries(
    Counter requests, Histogram duration, Histogram firstToken, Counter tokens, Counter cost, string provider, string model)
{
    private readonly Counter.Child _succeeded = requests.WithLabels(provider, model, "success");
    private readonly Histogram.Child _duration = duration.WithLabels(provider, model);
    private readonly Histogram.Child _firstToken = firstToken.WithLabels(provider, model);
    private readonly Counter.Child _promptTokens = tokens.WithLabels(provider, model, "prompt");
    private readonly Counter.Child _completionTokens = tokens.WithLabels(provider, model, "completion");

    private Counter.Child? _cost;

    public void OnFirstToken(TimeSpan elapsed) => _firstToken.Observe(elapsed.TotalSeconds);

    public void CountTokens(ChatUsage usage)
    {
        // A counter throws at what is below 0, and a provider may say anything.
        _promptTokens.Inc(Math.Max(0, usage.PromptTokens));
        _completionTokens.Inc(Math.Max(0, usage.CompletionTokens));
    }

    /// <summary>What a model of unknown price costs has no series: it is not nothing.</summary>
    public void CountCost(decimal? usd)
    {
        if (usd is { } known)
        {
            (_cost ??= cost.WithLabels(provider, model)).Inc((double)known);
        }
    }

    public void OnEnded(TimeSpan elapsed) => _duration.Observe(elapsed.TotalSeconds);

    public void CountRequest(ChatError? error)
    {
        if (error is null)
        {
            _succeeded.Inc();
        }
        else
        {
            CountRequest(ChatTelemetry.StatusOf(error));
        }
    }

    public void CountRequest(string status) => requests.WithLabels(provider, model, status).Inc();
}
