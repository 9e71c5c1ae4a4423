using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Tokens;
using Prism.Providers;
using Prism.Tests.Cluster;
using Prometheus;

namespace Prism.Tests.Quotas;

/// <summary>The limits of providers without a cluster: their ledgers are real, but in the same process, and their clock is the test's.</summary>
internal sealed class LocalLedgers
{
    private readonly ConcurrentDictionary<string, LocalLedger> _ledgers = new();

    public LocalLedgers(
        ProviderRegistry providers, TimeProvider time, IMetricFactory metrics, TokenCounter tokens, BreakerOptions? breaker = null)
    {
        var grains = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)grains).Find = name => _ledgers.GetOrAdd(name, new LocalLedger(this, providers.Find(name)!.Options, breaker ?? new(), time));
        var self = new Silo();
        Leases = new(providers, grains, self, new(metrics), RunningSilo.DrainOf(grains, self, time), time, NullLogger<ProviderLeases>.Instance);
        Admission = new(Leases, new(new(tokens)), time);
    }

    public ProviderLeases Leases { get; }

    public ProviderAdmission Admission { get; }

    /// <summary>Called with the news of circuits, once their ledger has heard them.</summary>
    public Action<CircuitNews> OnNews { get; set; } = _ => { };

    /// <summary>What a provider's ledger has as spent or reserved of a limit, once this silo has returned all that it does not use.</summary>
    public async Task<long> CloseAsync(string provider, LimitKind kind)
    {
        await Leases.Of(provider).ReturnAllAsync(CancellationToken.None);
        return _ledgers.TryGetValue(provider, out var ledger) ? ledger.Used(kind) : 0;
    }

    /// <summary>How often a provider's ledger was asked.</summary>
    public int AsksOf(string provider) => _ledgers.TryGetValue(provider, out var ledger) ? ledger.Asks : 0;

#pragma warning disable CA1852 // What DispatchProxy makes derives from it.
    private class Factory : DispatchProxy
#pragma warning restore CA1852
    {
        public Func<string, object> Find { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IGrainFactory.GetGrain) => Find((string)args![0]!),
            nameof(IGrainFactory.CreateObjectReference) => args![0],
            var name => throw new NotSupportedException(name),
        };
    }

    private sealed class Silo : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "cluster";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 11111, 1);

        public SiloAddress GatewayAddress => SiloAddress;
    }

    private sealed class LocalLedger : IProviderGrain, ILedgerCluster
    {
        private readonly Lock _gate = new();
        private readonly LedgerHost _host;
        private readonly ClusterCircuit _circuit;
        private readonly LocalLedgers _all;
        private ILeaseObserver? _observer;

        public LocalLedger(LocalLedgers all, ProviderOptions options, BreakerOptions breaker, TimeProvider time)
        {
            _all = all;
            _circuit = new(breaker, options.Timeout, time);
            _host = new(new Memory(), () => LimitSet.Of(options), this, time, NullLogger.Instance);
            _host.Start();
        }

        public int Asks { get; private set; }

        public int ActiveSilos => 1;

        public bool IsDead(string silo, TimeSpan silentFor) => false;

        public long Used(LimitKind kind)
        {
            lock (_gate)
            {
                var status = _host.GetStatus().Limits.Single(limit => limit.Kind == kind);
                return status.Limit - status.Remaining;
            }
        }

        public async Task<CircuitStatus> LiftHoldsAsync()
        {
            await _host.LiftThrottleAsync();
            return _circuit.Reset();
        }

        // In memory nothing waits, so that a call is one turn.
        public Task<LeaseAnswer> AskAsync(LeaseAsk ask, ILeaseObserver? observer)
        {
            lock (_gate)
            {
                Asks++;
                _observer = observer;
                return _host.AskAsync(ask);
            }
        }

        public async Task ReportThrottledAsync(TimeSpan retryAfter, ILeaseObserver? observer)
        {
            lock (_gate)
            {
                _observer = observer;
                _ = _host.ThrottleAsync(retryAfter);
            }

            await _observer!.OnThrottledAsync(retryAfter);
        }

        public Task<CircuitStatus> ReportCircuitAsync(CircuitNews news, ILeaseObserver? observer)
        {
            lock (_gate)
            {
                var status = _circuit.Report(news).Status;
                _all.OnNews(news);
                return Task.FromResult(status);
            }
        }

        public Task<LedgerStatus> GetStatusAsync() => Task.FromResult(_host.GetStatus());
    }

    private sealed class Memory : IPersistentState<LedgerState>
    {
        public LedgerState State { get; set; } = new();

        public string Etag => "";

        public bool RecordExists => true;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public Task ReadStateAsync() => throw new NotSupportedException();

        public Task WriteStateAsync() => Task.CompletedTask;
    }
}
