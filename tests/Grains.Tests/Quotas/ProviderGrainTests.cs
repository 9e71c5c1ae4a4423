using Orleans.Storage;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;

namespace Prism.Tests.Quotas;

/// <summary>The ledger as a grain, with a storage that fails.</summary>
public sealed class ProviderGrainTests : IAsyncLifetime
{
    // Incarnations of the future: those of the past are known to be dead.
    private const string First = "10.0.0.1:11111@2000000000";
    private const string Second = "10.0.0.2:11111@2000000000";

    private readonly FaultyGrainStorage _storage = new();
    private LimitsCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await LimitsCluster.StartAsync(
        silos: 1, options => (options.RequestsPerMinute, options.TokensPerDay) = (10, 1_000), _storage);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_one_silo_has_is_not_given_to_another()
    {
        var first = await _cluster.Echo.AskAsync(Ask(First, 1, 7), null);
        var second = await _cluster.Echo.AskAsync(Ask(Second, 1, 5), null);
        var rest = await _cluster.Echo.AskAsync(Ask(Second, 2, 3), null);

        Assert.Null(first.DeniedBy);
        Assert.Equal(LimitKind.RequestsPerMinute, second.DeniedBy);
        Assert.InRange(second.RetryAfter!.Value.TotalSeconds, 1, 82);
        Assert.Equal(3, Assert.Single(rest.Grants).Amount);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_is_granted_is_written_before_it_is_answered()
    {
        var (writing, commit) = (new TaskCompletionSource(), new TaskCompletionSource());
        _storage.OnNextWrite(async write =>
        {
            writing.SetResult();
            await commit.Task;
            write();
        });
        var ask = _cluster.Echo.AskAsync(Ask(First, 1, 10), null);
        await writing.Task;
        Assert.False(ask.IsCompleted);

        commit.SetResult();
        Assert.Null((await ask).DeniedBy);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task All_that_is_asked_while_a_write_is_under_way_shares_the_next()
    {
        var (writing, commit) = (new TaskCompletionSource(), new TaskCompletionSource());
        _storage.OnNextWrite(async write =>
        {
            writing.SetResult();
            await commit.Task;
            write();
        });
        var asks = new List<Task<LeaseAnswer>> { _cluster.Echo.AskAsync(Ask("10.0.1.0:11111@2000000000", 1, 1), null) };
        await writing.Task;
        asks.AddRange(Enumerable.Range(1, 30).Select(i => _cluster.Echo.AskAsync(Ask($"10.0.1.{i}:11111@2000000000", 1, 1), null)));
        await _cluster.GrainCalls.EnterAsync("provider", nameof(IProviderGrain.AskAsync), asks.Count);
        // Is answered although a write is under way, and after the turn in which the last of them began.
        await _cluster.Echo.GetStatusAsync();
        commit.SetResult();
        var answers = await Task.WhenAll(asks);

        Assert.Equal(10, answers.Sum(answer => answer.Grants.Sum(grant => grant.Amount)));
        Assert.InRange(_storage.Writes, 2, 3);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_write_that_did_not_happen_has_given_nothing_away()
    {
        _storage.OnNextWrite(_ => throw new IOException("lost"));
        await Assert.ThrowsAsync<OrleansException>(() => _cluster.Echo.AskAsync(Ask(First, 1, 10), null));

        Assert.Equal(10, await RemainingAsync());
        Assert.Null((await _cluster.Echo.AskAsync(Ask(First, 1, 10), null)).DeniedBy);
        Assert.Equal(0, await RemainingAsync());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_write_that_happened_though_it_failed_is_answered_when_asked_again_and_counts_once()
    {
        _storage.OnNextWrite(write =>
        {
            write();
            throw new IOException("the answer was lost");
        });
        await Assert.ThrowsAsync<OrleansException>(() => _cluster.Echo.AskAsync(Ask(First, 1, 6), null));
        Assert.Equal(4, await RemainingAsync());

        Assert.Equal(6, Assert.Single((await _cluster.Echo.AskAsync(Ask(First, 1, 6), null)).Grants).Amount);
        Assert.Equal(4, await RemainingAsync());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_activation_that_another_has_overtaken_cannot_give_anything_away()
    {
        await _cluster.Echo.AskAsync(Ask(First, 1, 1), null);
        _storage.Overwrite<LedgerState>(_cluster.Echo.GetGrainId(), state => state with
        {
            Requests = RateLog.Add(state.Requests, state.Now, 8, longLived: false).Slots,
            Writer = "another",
        });

        await Assert.ThrowsAsync<InconsistentStateException>(() => _cluster.Echo.AskAsync(Ask(First, 2, 5), null));
        Assert.Equal(LimitKind.RequestsPerMinute, (await _cluster.Echo.AskAsync(Ask(First, 2, 5), null)).DeniedBy);
        Assert.Equal(1, await RemainingAsync());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_new_activation_goes_on_where_the_last_one_stood()
    {
        var asked = await _cluster.Echo.AskAsync(Ask(First, 1, 7), null);
        await _cluster.Echo.ReportThrottledAsync(TimeSpan.FromMinutes(5), null);
        await _cluster.DeactivateAsync(_cluster.Echo);

        Assert.Equal(3, await RemainingAsync());
        Assert.Equal(Assert.Single(asked.Grants), Assert.Single((await _cluster.Echo.AskAsync(Ask(First, 1, 7), null)).Grants));
        Assert.InRange((await _cluster.Echo.GetStatusAsync()).HeldBackFor, TimeSpan.FromMinutes(4.5), TimeSpan.FromMinutes(5));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_provider_that_is_rate_limiting_is_left_alone_by_everybody()
    {
        var ear = new Ear();
        var reference = _cluster.Grains.CreateObjectReference<ILeaseObserver>(ear);
        await _cluster.Echo.AskAsync(Ask(First, 1, 1), reference);
        await _cluster.Echo.ReportThrottledAsync(TimeSpan.FromSeconds(40), null);

        Assert.Equal(TimeSpan.FromSeconds(40), await ear.HeldBack.Task);
        var answer = await _cluster.Echo.AskAsync(Ask(Second, 1, 1), null);
        Assert.Equal(LimitKind.Upstream, answer.DeniedBy);
        Assert.InRange(answer.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(40));
        GC.KeepAlive(ear);
    }

    private async Task<long> RemainingAsync() =>
        (await _cluster.Echo.GetStatusAsync()).Limits.Single(limit => limit.Kind == LimitKind.RequestsPerMinute).Remaining;

    private static LeaseAsk Ask(string silo, long sequence, long needed) =>
        new() { Silo = silo, Sequence = sequence, Wants = [new(LimitKind.RequestsPerMinute, needed, needed, 0)] };

    private sealed class Ear : ILeaseObserver
    {
        public TaskCompletionSource<TimeSpan> HeldBack { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task OnThrottledAsync(TimeSpan duration)
        {
            HeldBack.TrySetResult(duration);
            return Task.CompletedTask;
        }

        public Task OnCircuitChangedAsync(CircuitStatus status) => Task.CompletedTask;
    }
}
