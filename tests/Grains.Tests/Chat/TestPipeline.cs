using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Providers;
using Prism.Grains.Settings;
using Prism.Grains.Usage;
using Prism.Pipeline;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Attempts;
using Prism.Pipeline.Telemetry;
using Prism.Pipeline.Tokens;
using Prism.Providers;
using Prism.Tests.Cache;
using Prism.Tests.Quotas;
using Prometheus;

namespace Prism.Tests.Chat;

/// <summary>The request pipeline with scripted providers, a clock of its own and metrics of its own.</summary>
internal sealed class TestPipeline
{
    private static readonly TokenCounter Tokens = new();

    private readonly CollectorRegistry _metrics = Metrics.NewCustomRegistry();

    public TestPipeline(params IChatProvider[] others)
        : this(_ => { }, others)
    {
    }

    public TestPipeline(Action<ProviderOptions> limits, params IChatProvider[] others)
        : this(limits, new AttemptOptions { MaxRetries = 0 }, [], others)
    {
    }

    public TestPipeline(
        Action<ProviderOptions> limits, AttemptOptions failover, ImmutableArray<string> fallbacks, params IChatProvider[] others)
        : this(limits, failover, new() { Enabled = false }, fallbacks, others)
    {
    }

    public TestPipeline(
        Action<ProviderOptions> limits,
        AttemptOptions failover,
        BreakerOptions breaker,
        ImmutableArray<string> fallbacks,
        params IChatProvider[] others)
    {
        limits(Vendor.Options);
        var registry = new ProviderRegistry("vendor", [Vendor, .. others], fallbacks);
        Snapshots = SnapshotsOf(registry, failover);
        Catalog = new(registry, Time);
        var telemetry = new ChatTelemetry(Metrics.WithCustomRegistry(_metrics), new(Meters), registry, Catalog, Time);
        Ledgers = new(registry, Time, Metrics.WithCustomRegistry(_metrics), Tokens, breaker);
        var incidents = new AttemptTelemetry(Metrics.WithCustomRegistry(_metrics));
        Circuits = new(registry, Ledgers.Leases, new StartSettings<BreakerOptions>(Options.Create(breaker)), new(Metrics.WithCustomRegistry(_metrics)), Time, CircuitLog);
        var calls = new ProviderCalls(Circuits, Ledgers.Admission, Tokens, telemetry, new(telemetry, Usage, Time), Log);
        Attempts = new(calls, new(new(1)), Budget, incidents, Time, FailoverLog);
        Service = new(new CallPipeline(Snapshots, Templates, new(new(1)), NoKeys, NoCache.Before(Attempts), telemetry));
    }

    // Whom nobody is told apart by: what it is given here would throw if it were needed.
    private static KeyAdmission NoKeys => new(null!, null!, null!, TimeProvider.System);

    public SnapshotSource Snapshots { get; }

    public WatchedTime Time { get; } = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public Meters Meters { get; } = new();

    public ScriptedProvider Vendor { get; } = ScriptedProvider.Create("vendor", "gpt-4o");

    public OneTemplate Templates { get; } = new();

    public RecordingLog<ProviderCalls> Log { get; } = new();

    public ProviderCatalog Catalog { get; }

    public UsageBuffer Usage { get; } = new("silo-1");

    public LocalLedgers Ledgers { get; }

    public RetryBudget Budget { get; } = new();

    public RecordingLog<AttemptLoop> FailoverLog { get; } = new();

    public RecordingLog<CircuitBoard> CircuitLog { get; } = new();

    public CircuitBoard Circuits { get; }

    public AttemptLoop Attempts { get; }

    public ChatService Service { get; }

    public static ChatRequest Ask(string text = "hello") => new() { Messages = [ChatMessage.Create(ChatRoles.User, text)] };

    /// <summary>A configuration of these providers, and everything else as it is by default.</summary>
    public static SnapshotSource SnapshotsOf(ProviderRegistry providers, AttemptOptions? attempts = null) =>
        new(GatewaySnapshot.Of(providers, new()) with { Attempts = attempts ?? new() });

    public Task<ChatOutcome> CompleteAsync(ChatRequest? request = null) => Service.CompleteAsync(request ?? Ask(), CancellationToken.None);

    public async Task<List<ChatStreamEvent>> StreamAsync(ChatRequest? request = null)
    {
        var events = new List<ChatStreamEvent>();
        await foreach (var one in Service.StreamAsync(request ?? Ask(), CancellationToken.None))
        {
            events.Add(one);
        }

        return events;
    }

    /// <summary>The samples of one metric as a scrape shows them: <c>{labels} value</c>, those at zero left out.</summary>
    public async Task<string[]> ScrapeAsync(string metric) =>
    [
        .. (await ScrapeAsync())
            .Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal))
            .Select(line => line[metric.Length..]),
    ];

    /// <summary>All lines of a scrape.</summary>
    public async Task<string[]> ScrapeAsync()
    {
        using var text = new MemoryStream();
        await _metrics.CollectAndExportAsTextAsync(text);
        return Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Asserts that nothing is in flight, and that something has been.</summary>
    public async Task AssertNothingInFlightAsync() =>
        Assert.Contains("""llm_inflight_requests{provider="vendor"} 0""", await ScrapeAsync());
}

/// <summary>Knows one template, "greet", which makes a system message of its variable "name".</summary>
internal sealed class OneTemplate : IPromptTemplates
{
    /// <summary>How often it was rendered.</summary>
    public int Renderings { get; private set; }

    public Task<ImmutableArray<PromptTemplate>> ListAsync(string owner, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    public ValueTask<FindOutcome> FindAsync(string owner, string name, CancellationToken cancellationToken) => throw new InvalidOperationException();

    public ValueTask<RenderOutcome> RenderAsync(
        string owner, string name, IReadOnlyDictionary<string, JsonElement>? variables, CancellationToken cancellationToken)
    {
        Renderings++;
        return new(name == "greet"
            ? new RenderOutcome { Message = ChatMessage.Create(ChatRoles.System, $"Greet {variables!["name"]} of {owner}.") }
            : new RenderOutcome { Error = ChatError.Invalid("There is no such template.", "template") });
    }

    public Task<TemplatePut> PutAsync(string owner, string name, TemplateDraft draft) => throw new InvalidOperationException();

    public Task<ChatError?> DeleteAsync(string owner, string name) => throw new InvalidOperationException();
}
