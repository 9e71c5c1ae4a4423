using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prism.Pipeline;
using Prism.Providers;
using Prometheus;

namespace Prism.Bench;

/// <summary>Admission by asking the ledger, which is what a request costs that finds nothing left: a grain call and a write to memory.</summary>
public class LedgerBench
{
    private IHost _silo = null!;
    private IProviderGrain _grain = null!;
    private string _self = "";
    private long _sequence;

    [GlobalSetup]
    public async Task StartAsync()
    {
        _silo = Build();
        await _silo.StartAsync();
        _grain = _silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IProviderGrain>(GrainKeys.Provider("echo"));
        _self = _silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _silo.StopAsync();
        _silo.Dispose();
    }

    [Benchmark(Description = "ask the ledger in the same process, storage in memory")]
    public async Task AskAsync()
    {
        var answer = await _grain.AskAsync(Ask(_self, ++_sequence), null);
        if (answer.DeniedBy is not null)
        {
            throw new InvalidOperationException($"There is plenty, and {answer.DeniedBy} was in the way.");
        }
    }

    // One request that is spent at once: what was granted before is returned, so that the ledger stays as it is.
    private static LeaseAsk Ask(string silo, long sequence) => new()
    {
        Silo = silo,
        Sequence = sequence,
        Reports = [new(LimitKind.TokensPerDay, 0, 0, 1_000)],
        Wants = [new(LimitKind.RequestsPerMinute, 1, 1, 0), new(LimitKind.TokensPerDay, 1_000, 1_000, 0)],
    };

    private static IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), FreePort(), null, "bench", "bench")
            .AddMemoryGrainStorage(StorageNames.Ledgers));
        builder.Services
            .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))
            .AddPrismProviders()
            .AddPrismLimits()
            .AddPrismAdmission()
            .Configure<ProvidersOptions>(options =>
            {
                foreach (var (name, provider) in options.Providers)
                {
                    provider.Name = name;
                }

                (options.Providers["echo"].RequestsPerMinute, options.Providers["echo"].TokensPerDay) = (1_000_000_000, 1_000_000_000_000);
            });
        return builder.Build();
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
