using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Keys;
using Prism.Grains.Quotas;
using Prism.Tests.Cluster;
using Prometheus;

namespace Prism.Tests.Keys;

/// <summary>When a silo opens and closes its leases of keys' limits.</summary>
public sealed class KeyLeasesTests : IAsyncDisposable
{
    private static readonly LimitSet Ten = new() { RequestsPerMinute = 10 };

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedLedger _ledger = new();
    private readonly KeyLeases _leases;

    public KeyLeasesTests()
    {
        var grains = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)grains).Grain = _ledger;
        _leases = new(
            grains,
            new Silo(),
            new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())),
            RunningSilo.DrainOf(grains, new Silo(), _time),
            _time,
            NullLogger<KeyLeases>.Instance);
    }

    public async ValueTask DisposeAsync() => await _leases.DisposeAsync();

    [Fact]
    public void The_same_limits_are_the_same_leases()
    {
        Assert.Same(_leases.Of("a", Ten), _leases.Of("a", Ten with { }));
        Assert.NotSame(_leases.Of("a", Ten), _leases.Of("b", Ten));
    }

    [Fact]
    public async Task Other_limits_are_other_leases_and_what_is_under_way_is_settled_with_the_old_ones()
    {
        var before = _leases.Of("a", Ten);
        var admission = await before.AdmitAsync(default, CancellationToken.None);

        var after = _leases.Of("a", Ten with { RequestsPerMinute = 20 });
        Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((1, 1), (_leases.Count, before.OpenReservations));
        Assert.Empty(_ledger.Left);
        admission.Reservation.Settle(0);
        Advance(TimeSpan.FromMinutes(1));

        Assert.NotSame(before, after);
        Assert.Equal("127.0.0.1:11111@1#1", await _ledger.NextLeftAsync());
    }

    [Fact]
    public async Task Leases_that_nobody_uses_are_returned_and_opened_anew_under_another_name()
    {
        var admission = await _leases.Of("a", Ten).AdmitAsync(default, CancellationToken.None);
        admission.Reservation.Settle(0);

        Advance(KeyLeases.IdleTime + TimeSpan.FromMinutes(2));

        Assert.Equal(0, _leases.Count);
        Assert.EndsWith("#1", await _ledger.NextLeftAsync(), StringComparison.Ordinal);
        await _leases.Of("a", Ten).AdmitAsync(default, CancellationToken.None);
        Assert.Contains(_ledger.Asked, silo => silo.EndsWith("#2", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_used_stays()
    {
        var holder = _leases.Of("a", Ten);
        for (var i = 0; i < 10; i++)
        {
            Advance(KeyLeases.IdleTime / 2);
            Assert.Same(holder, _leases.Of("a", Ten));
        }
    }

    // As it passes: timers come in between.
    private void Advance(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class ScriptedLedger : IApiKeyGrain
    {
        private readonly System.Threading.Channels.Channel<string> _left = System.Threading.Channels.Channel.CreateUnbounded<string>();
        private ImmutableList<string> _asked = [];

        public IReadOnlyList<string> Asked => _asked;

        public IEnumerable<string> Left
        {
            get
            {
                while (_left.Reader.TryRead(out var silo))
                {
                    yield return silo;
                }
            }
        }

        public async Task<string> NextLeftAsync() => await _left.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

        public Task<LeaseAnswer> AskAsync(LeaseAsk ask)
        {
            ImmutableInterlocked.Update(ref _asked, asked => asked.Add(ask.Silo));
            if (ask.Leaving)
            {
                _left.Writer.TryWrite(ask.Silo);
            }

            return Task.FromResult(new LeaseAnswer
            {
                Sequence = ask.Sequence,
                Grants = [.. ask.Wants.Select(want => new LeaseGrant { Kind = want.Kind, Amount = 5, Block = 2, Life = TimeSpan.FromSeconds(2), Limit = 10 })],
            });
        }

        public Task<LedgerStatus> GetStatusAsync() => throw new NotSupportedException();

        public Task<ApiKeyOutcome> CreateAsync(ApiKeyTerms terms, string sha256) => throw new NotSupportedException();

        public Task<ApiKeyOutcome> ChangeAsync(ApiKeyTerms terms, int basedOn) => throw new NotSupportedException();

        public Task<bool> RevokeAsync() => throw new NotSupportedException();

        public Task<ApiKey?> GetAsync() => throw new NotSupportedException();
    }

#pragma warning disable CA1852 // What DispatchProxy makes derives from it.
    private class Factory : DispatchProxy
#pragma warning restore CA1852
    {
        public object Grain { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Grain;
    }

    private sealed class Silo : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "cluster";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 11111, 1);

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
