using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Prism.Tests.Service;

namespace Prism.Tests.Faults;

/// <summary>Two services with a provider for each case of the table: one that asks again, and one with a breaker that opens at once.</summary>
public sealed class FaultyProviders : IAsyncLifetime
{
    private const string Again = "again";
    private const string Once = "once";

    private static readonly FrozenDictionary<string, FaultCase> Cases = FaultCase.All.ToFrozenDictionary(one => one.Provider);

    private readonly ConcurrentBag<RawUpstream> _raw = [];
    private Dictionary<FaultCase, (Task<FaultSighting> Again, Task<FaultSighting> Once)> _begun = [];
    private FaultSockets _sockets = null!;
    private ScriptedUpstream _upstream = null!;
    private PrismService _again = null!;
    private PrismService _once = null!;

    public async Task InitializeAsync()
    {
        _sockets = await FaultSockets.OpenAsync();
        _upstream = await ScriptedUpstream.StartAsync(RespondAsync);
        _again = await PrismService.StartAsync(
            [.. SettingsOf(Again), ("LLM_MAX_RETRIES", "1"), ("LLM_RETRY_BACKOFF_MS", "0"), ("LLM_BREAKER_ENABLED", "false")]);
        _once = await PrismService.StartAsync(
            [.. SettingsOf(Once), ("LLM_MAX_RETRIES", "0"), ("LLM_BREAKER_CONSECUTIVE_FAILURES", "1"), ("LLM_BREAKER_OPEN_DURATION", "600")]);
        _begun = FaultCase.All.Where(one => one.IsSlow).ToDictionary(one => one, one => (AskAsync(_again, one), AskAsync(_once, one)));
    }

    public async Task DisposeAsync()
    {
        await _again.DisposeAsync();
        await _once.DisposeAsync();
        await _upstream.DisposeAsync();
        foreach (var raw in _raw)
        {
            await raw.DisposeAsync();
        }

        await _sockets.DisposeAsync();
    }

    /// <summary>What a client gets where a provider that fails is asked a second time.</summary>
    internal Task<FaultSighting> AskAgainAsync(FaultCase one) =>
        _begun.TryGetValue(one, out var begun) ? begun.Again : AskAsync(_again, one);

    /// <summary>What a client gets where a provider is asked once, and where that names a time to come back.</summary>
    internal Task<FaultSighting> AskOnceAsync(FaultCase one) =>
        _begun.TryGetValue(one, out var begun) ? begun.Once : AskAsync(_once, one);

    /// <summary>What the next client gets of the provider that one was asked of.</summary>
    internal Task<FaultSighting> AskNextAsync(FaultCase one) => AskAsync(_once, one);

    /// <summary>What went wrong as operators see it; null for a success.</summary>
    internal async Task<string?> FindKindAsync(FaultCase one)
    {
        using var health = JsonDocument.Parse(await _again.Http.GetStringAsync("/health"));
        var provider = health.RootElement.GetProperty("providers").EnumerateArray()
            .Single(provider => provider.GetProperty("name").GetString() == one.Provider);
        var last = provider.GetProperty("last_outcome");
        return last.TryGetProperty("error", out var error) ? error.GetString()!.Replace("upstream_", "", StringComparison.Ordinal) : null;
    }

    private static async Task<FaultSighting> AskAsync(PrismService prism, FaultCase one)
    {
        var stream = one.Row.Streamed ? ""","stream":true,"stream_options":{"include_usage":true}""" : "";
        using var response = await prism.PostAsync(
            "/v1/chat/completions?provider=" + one.Provider, $$"""{"messages":[{"role":"user","content":"Hi"}]{{stream}}}""");
        return await FaultSighting.ReadAsync(response);
    }

    private (string Name, string Value)[] SettingsOf(string service) =>
    [
        ("LLM_PROVIDERS", string.Join(',', Cases.Keys)),
        .. Cases.Values.SelectMany(one => one.SettingsAt(UrlOf(one, service))),
    ];

    private string UrlOf(FaultCase one, string service)
    {
        switch (one.Script)
        {
            case { Url: { } url }:
                return url(_sockets);
            case { Raw: { } raw }:
                var upstream = new RawUpstream(raw(one.Vendor, one.Row.Streamed));
                _raw.Add(upstream);
                return upstream.Url;
            default:
                return $"{_upstream.Url}/{one.Provider}/{service}";
        }
    }

    private static Task RespondAsync(UpstreamCall call)
    {
        var path = call.Request.Path.Split('/');
        var one = Cases[path[1]];
        return one.Script!.Respond!(new(call, one, namesATime: path[2] == Once));
    }
}
