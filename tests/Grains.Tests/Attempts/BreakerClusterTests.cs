using System.Threading.Channels;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Providers;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.Attempts;

/// <summary>What one silo finds out about a provider holds for all.</summary>
public sealed class BreakerClusterTests : IAsyncLifetime
{
    private const string Grain = "provider";
    private const string Method = nameof(IProviderGrain.ReportCircuitAsync);

    private readonly Channel<TaskCompletionSource<ProviderResult>> _arrived = Channel.CreateUnbounded<TaskCompletionSource<ProviderResult>>();
    private FailoverCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await FailoverCluster.StartAsync(silos: 2, options => options.ConsecutiveFailures = 3);
        for (var silo = 0; silo < 2; silo++)
        {
            _cluster.Provider(silo).OnComplete = (_, _) =>
            {
                var answer = new TaskCompletionSource<ProviderResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                _arrived.Writer.TryWrite(answer);
                return answer.Task;
            };
        }
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Probes_are_bounded_over_all_silos_and_close_it_for_all()
    {
        await OpenAsync();
        _cluster.Time.Advance(TimeSpan.FromSeconds(15));

        var probes = new List<Task<ChatOutcome>>();
        var answers = new List<TaskCompletionSource<ProviderResult>>();
        for (var silo = 0; silo < 2; silo++)
        {
            probes.Add(_cluster.CompleteAsync(silo));
            answers.Add(await _arrived.Reader.ReadAsync());
        }

        for (var silo = 0; silo < 2; silo++)
        {
            Assert.Equal(ChatErrorKind.UpstreamUnavailable, (await _cluster.CompleteAsync(silo)).Error!.Kind);
        }

        answers.ForEach(answer => answer.SetResult(Answer("ok")));
        Assert.All(await Task.WhenAll(probes), outcome => Assert.Null(outcome.Error));
        await _cluster.HeardAsync(CircuitState.Closed);
        for (var silo = 0; silo < 2; silo++)
        {
            Assert.Null((await CallAsync(silo, Answer("ok"))).Error);
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task While_it_is_open_no_silo_calls_the_provider_or_asks_anybody()
    {
        await OpenAsync();
        // Both silos have said that they are interested, and one what it found out.
        await _cluster.GrainCalls.ReachAsync(Grain, Method, 3);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _cluster.CompleteAsync(i % 2)));

        Assert.All(outcomes, outcome => Assert.Equal(
            (ChatErrorKind.UpstreamUnavailable, TimeSpan.FromSeconds(15)), (outcome.Error!.Kind, outcome.Error.RetryAfter!.Value)));
        Assert.Equal((3, 1), (_cluster.Provider(0).Received.Count, _cluster.Provider(1).Received.Count));
        Assert.Equal(3, _cluster.GrainCalls.CountOf(Grain, Method));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_administrator_closes_it_on_all_silos()
    {
        await OpenAsync();

        Assert.True(await _cluster.LiftAsync(1, "vendor"));

        for (var silo = 0; silo < 2; silo++)
        {
            Assert.Null((await CallAsync(silo, Answer("ok"))).Error);
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_administrator_lifts_the_wait_that_a_provider_asked_for()
    {
        var throttled = Failure(ChatErrorKind.RateLimited) with { RetryAfter = TimeSpan.FromHours(1) };
        await CallAsync(0, throttled);
        await _cluster.GrainCalls.ReachAsync(Grain, nameof(IProviderGrain.ReportThrottledAsync), 1);
        Assert.Equal(ChatErrorKind.RateLimited, (await _cluster.CompleteAsync(0)).Error!.Kind);

        Assert.True(await _cluster.LiftAsync(1, "VENDOR"));

        Assert.Null((await CallAsync(0, Answer("ok"))).Error);
        // What the provider says after that counts again.
        await CallAsync(0, throttled);
        Assert.Equal(ChatErrorKind.RateLimited, (await _cluster.CompleteAsync(0)).Error!.Kind);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task There_is_nothing_to_lift_from_a_provider_that_there_is_not() => Assert.False(await _cluster.LiftAsync(0, "nobody"));

    // The second silo only ever had an answer: it is the first that opens it, for both.
    private async Task OpenAsync()
    {
        await CallAsync(1, Answer("ok"));
        await _cluster.GrainCalls.ReachAsync(Grain, Method, 1);
        for (var i = 0; i < 3; i++)
        {
            await CallAsync(0, Failure(ChatErrorKind.UpstreamServerError));
        }

        await _cluster.HeardAsync(CircuitState.Open);
    }

    private async Task<ChatOutcome> CallAsync(int silo, ProviderResult result)
    {
        var call = _cluster.CompleteAsync(silo);
        (await _arrived.Reader.ReadAsync()).SetResult(result);
        return await call;
    }
}
