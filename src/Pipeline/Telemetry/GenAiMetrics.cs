using System.Diagnostics;
using System.Diagnostics.Metrics;
using Prism.Providers.Telemetry;

namespace Prism.Pipeline.Telemetry;

/// <summary>The metrics of chat requests by OpenTelemetry's conventions, in addition to <c>/metrics</c>. Costs nothing without a listener.</summary>
/// <remarks>Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/</remarks>
internal sealed class GenAiMetrics
{
    private readonly Histogram<int> _tokens;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;

    public GenAiMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(GenAi.MeterName);
        _tokens = meter.CreateHistogram(
            "gen_ai.client.token.usage", "{token}", "Tokens of prompts and of answers.",
            advice: new InstrumentAdvice<int>
            {
                HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
            });
        _duration = meter.CreateHistogram(
            "gen_ai.server.request.duration", "s", "From the request to the end of its answer.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
            });
        _firstToken = meter.CreateHistogram(
            "gen_ai.server.time_to_first_token", "s", "From the request to the first piece of a streamed answer.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10],
            });
    }

    /// <summary>The tags of all requests to a model.</summary>
    public static TagList TagsOf(string provider, string model) =>
        new() { { GenAi.OperationName, GenAi.Chat }, { GenAi.ProviderName, provider }, { GenAi.RequestModel, model } };

    public void OnFirstToken(TimeSpan elapsed, in TagList tags) => _firstToken.Record(elapsed.TotalSeconds, tags);

    /// <param name="elapsed">The time since the request.</param>
    /// <param name="error">The reason that there is no whole answer; null if there is one.</param>
    /// <param name="tags">The tags of the model.</param>
    public void OnEnded(TimeSpan elapsed, string? error, TagList tags)
    {
        if (_duration.Enabled)
        {
            if (error is not null)
            {
                tags.Add(GenAi.ErrorType, error);
            }

            _duration.Record(elapsed.TotalSeconds, tags);
        }
    }

    public void OnTokens(int input, int output, in TagList tags)
    {
        if (_tokens.Enabled)
        {
            RecordTokens(input, "input", tags);
            RecordTokens(output, "output", tags);
        }
    }

    private void RecordTokens(int count, string type, TagList tags)
    {
        tags.Add(GenAi.TokenType, type);
        _tokens.Record(count, tags);
    }
}
