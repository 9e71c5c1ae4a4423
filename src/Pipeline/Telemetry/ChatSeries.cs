using System.Diagnostics;
using Prism.Grains.Interfaces.Chat;
using Prometheus;

namespace Prism.Pipeline.Telemetry;

/// <summary>The time series of one provider and model, looked up once: labels cost more than the counting.</summary>
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
        // A counter throws at what is below 0, and a provider may say anything.
        var (prompt, completion) = (Math.Max(0, usage.PromptTokens), Math.Max(0, usage.CompletionTokens));
        _promptTokens.Inc(prompt);
        _completionTokens.Inc(completion);
        genAi.OnTokens(prompt, completion, _tags);
    }

    /// <summary>What a model of unknown price costs has no series: it is not nothing.</summary>
    public void CountCost(decimal? usd)
    {
        if (usd is { } known)
        {
            (_cost ??= cost.WithLabels(provider, model)).Inc((double)known);
        }
    }

    /// <param name="elapsed">From the request on.</param>
    /// <param name="failure">The status of a request without a whole answer; null for one with.</param>
    public void OnEnded(TimeSpan elapsed, string? failure)
    {
        _duration.Observe(elapsed.TotalSeconds);
        genAi.OnEnded(elapsed, failure, _tags);
    }

    /// <param name="failure">As for <see cref="OnEnded"/>.</param>
    public void CountRequest(string? failure) => (failure is null ? _succeeded : requests.WithLabels(provider, model, failure)).Inc();
}
