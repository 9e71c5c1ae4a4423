using System.Diagnostics;
using Prism.Grains.Interfaces.Chat;
using Prometheus;

namespace Prism.Pipeline.Telemetry;

/// <summary>The time series of one provider and model, looked up once: labels cost more than the count.</summary>
internal sealed class ChatSeries(
    Counter requests,
    Histogram duration,
    Histogram firstToken,
    Counter tokens,
    Counter cost,
    GenAiMetrics genAi,
    string provider,
    string model)
{
    private readonly Counter.Child _succeeded = requests.WithLabels(provider, model, "success");
    private readonly Histogram.Child _duration = duration.WithLabels(provider, model);
    private readonly Histogram.Child _firstToken = firstToken.WithLabels(provider, model);
    private readonly Counter.Child _promptTokens = tokens.WithLabels(provider, model, "prompt");
    private readonly Counter.Child _completionTokens = tokens.WithLabels(provider, model, "completion");
    private readonly TagList _tags = GenAiMetrics.TagsOf(provider, model);

    private Counter.Child? _cost;

    public void OnFirstToken(TimeSpan elapsed)
    {
        _firstToken.Observe(elapsed.TotalSeconds);
        genAi.OnFirstToken(elapsed, _tags);
    }

    public void CountTokens(ChatUsage usage)
    {
        // A counter throws on negative values, and a provider may report any number.
        var (prompt, completion) = (Math.Max(0, usage.PromptTokens), Math.Max(0, usage.CompletionTokens));
        _promptTokens.Inc(prompt);
        _completionTokens.Inc(completion);
        genAi.OnTokens(prompt, completion, _tags);
    }

    /// <summary>Counts the cost. A model of unknown price has no series: its cost is not zero.</summary>
    public void CountCost(decimal? usd)
    {
        if (usd is { } known)
        {
            (_cost ??= cost.WithLabels(provider, model)).Inc((double)known);
        }
    }

    /// <param name="elapsed">The time since the request.</param>
    /// <param name="failure">The status of a request without a whole answer; null if it has one.</param>
    public void OnEnded(TimeSpan elapsed, string? failure)
    {
        _duration.Observe(elapsed.TotalSeconds);
        genAi.OnEnded(elapsed, failure, _tags);
    }

    /// <param name="failure">As for <see cref="OnEnded"/>.</param>
    public void CountRequest(string? failure) => (failure is null ? _succeeded : requests.WithLabels(provider, model, failure)).Inc();
}
