using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;
using Prism.Providers;

namespace Prism.Grains.Breakers;

/// <summary>Combines this silo's knowledge of the providers with that of their grains.</summary>
internal sealed partial class ProviderReports(
    IProviderSource providers, IGrainFactory grains, CircuitBoard circuits, TimeProvider time, ILogger<ProviderReports> logger) : IProviderReports
{
    // Short: the operator may be looking for the cause of an outage.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);

    public async Task<ImmutableArray<ProviderReport>> GetAsync(CancellationToken cancellationToken) =>
        [.. await Task.WhenAll(providers.Current.All.Select(provider => ReportAsync(provider.Options.Name, cancellationToken)))];

    private async Task<ProviderReport> ReportAsync(string provider, CancellationToken cancellationToken)
    {
        var (limits, circuit) = await AskAsync(provider, cancellationToken);
        var local = circuits.Of(provider);
        return new()
        {
            Name = provider,
            Limits = limits,
            Circuit = circuit ?? new() { Version = local.Version, State = local.State },
            LastErrors = local.Vitals.LastErrors,
            Latency = local.Vitals.Answers.Summarize(),
            FirstToken = local.Vitals.FirstTokens.Summarize(),
        };
    }

    private async Task<(LedgerStatus? Limits, CircuitStatus? Circuit)> AskAsync(string provider, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IProviderGrain>(GrainKeys.Provider(provider));
        try
        {
            var limits = grain.GetStatusAsync();
            var circuit = grain.ReportCircuitAsync(new() { Kind = CircuitNewsKind.Watching }, observer: null);
            await Task.WhenAll(limits, circuit).WaitAsync(AskTimeout, time, cancellationToken);
            return (await limits, await circuit);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotAnswered(exception, provider);
            return (null, null);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The limits and the circuit of provider {Provider} could not be read")]
    private partial void LogNotAnswered(Exception exception, string provider);
}
