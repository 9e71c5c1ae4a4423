using System.Diagnostics.Metrics;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Telemetry;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.Chat;

/// <summary>What OpenTelemetry is told of chat requests.</summary>
public sealed class GenAiMetricsTests : IDisposable
{
    private readonly TestPipeline _pipeline = new();
    private readonly MeterListener _listener = new();
    private readonly List<string> _measured = [];

    public GenAiMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GenAi.MeterName && instrument.Meter.Scope == _pipeline.Meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    [Fact]
    public async Task An_answer_is_measured_by_its_tokens_and_its_times()
    {
        _pipeline.Vendor.OnStream = (_, _) => SlowlyAsync(Piece("hello", ChatUsage.Of(8, 2)));

        await _pipeline.StreamAsync();

        Assert.Equal(
            [
                "gen_ai.client.token.usage {token} 8 operation=chat provider=vendor model=gpt-4o type=input",
                "gen_ai.client.token.usage {token} 2 operation=chat provider=vendor model=gpt-4o type=output",
                "gen_ai.server.time_to_first_token s 0.25 operation=chat provider=vendor model=gpt-4o",
                "gen_ai.server.request.duration s 0.25 operation=chat provider=vendor model=gpt-4o",
            ],
            _measured);
    }

    [Fact]
    public async Task A_failure_is_measured_with_its_class()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(Failure(ChatErrorKind.UpstreamIdleTimeout));

        await _pipeline.StreamAsync();

        Assert.Equal(["gen_ai.server.request.duration s 0 operation=chat provider=vendor model=gpt-4o error.type=timeout"], _measured);
    }

    public void Dispose() => _listener.Dispose();

    private async IAsyncEnumerable<ChatStreamEvent> SlowlyAsync(params ChatStreamEvent[] events)
    {
        _pipeline.Time.Advance(TimeSpan.FromMilliseconds(250));
        await foreach (var streamEvent in Play(events))
        {
            yield return streamEvent;
        }
    }

    private void Add(Instrument instrument, object value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = FormattableString.Invariant($"{instrument.Name} {instrument.Unit} {value}");
        foreach (var (name, tag) in tags)
        {
            text += $" {name.Replace(".name", "", StringComparison.Ordinal).Replace("gen_ai.request.", "", StringComparison.Ordinal).Replace("gen_ai.token.", "", StringComparison.Ordinal).Replace("gen_ai.", "", StringComparison.Ordinal)}={tag}";
        }

        _measured.Add(text);
    }
}
