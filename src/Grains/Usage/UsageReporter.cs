using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Interfaces;
using Prism.Grains.Settings;

namespace Prism.Grains.Usage;

/// <summary>
/// Reports this silo's usage to the accounts every few seconds: a crash loses no more than that. A silo that shuts down reports the rest first.
/// </summary>
internal sealed partial class UsageReporter(
    UsageBuffer buffer, IGrainFactory grains, ISettings<UsageOptions> settings, TimeProvider time, ILogger<UsageReporter> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private const int AtOnce = 16;
    private const int LastTries = 3;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    public void Participate(ISiloLifecycle observer)
    {
        observer.Subscribe(nameof(UsageReporter), ServiceLifecycleStage.Active, OnStartAsync, OnStopAsync);
        // The last grains have finished only now, and other silos can still be reached.
        observer.Subscribe(nameof(UsageReporter), ServiceLifecycleStage.ApplicationServices, _ => Task.CompletedTask, ReportRestAsync);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Makes all reports that are due. Those that fail are due again.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        var failure = default(Exception);
        await Parallel.ForEachAsync(
            buffer.GetDue(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (due, token) =>
            {
                try
                {
                    var account = grains.GetGrain<IUsageRegister>(GrainKeys.Usage(due.Account.Owner, due.Account.Month));
                    await account.ReportAsync(due.Report).WaitAsync(token);
                    buffer.OnTaken(due.Account, due.Report);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested)
                {
                    // Only the account knows whether it took the report. The same report is repeated.
                    failure = exception;
                }
            });
        Note(failure);
    }

    private Task OnStartAsync(CancellationToken cancellationToken)
    {
        var loop = new SurvivingLoop("The report of usage", settings.Current.ReportInterval, ReportAsync, time, logger) { BeginsAtOnce = false };
        _loop = loop.RunInBackground(_stop.Token);
        return Task.CompletedTask;
    }

    private async Task OnStopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _loop;
        await ReportRestAsync(cancellationToken);
    }

    private async Task ReportRestAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LastPatience);
        try
        {
            for (var tries = 0; !buffer.IsEmpty && tries < LastTries; tries++)
            {
                await Task.Delay(tries == 0 ? TimeSpan.Zero : BetweenTries, patience.Token);
                await ReportAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Logged below.
        }

        if (!buffer.IsEmpty)
        {
            LogLost();
        }
    }

    // Logged once when it begins and once when it is over: an outage may be long.
    private void Note(Exception? failure)
    {
        if (failure is not null && !_failing)
        {
            LogNotTaken(failure);
        }
        else if (failure is null && _failing)
        {
            LogTakenAgain();
        }

        _failing = failure is not null;
    }

    [LoggerMessage(LogLevel.Warning, "Usage cannot be written at the moment; it is kept, and this is retried")]
    private partial void LogNotTaken(Exception exception);

    [LoggerMessage(LogLevel.Information, "Usage is written again")]
    private partial void LogTakenAgain();

    [LoggerMessage(LogLevel.Warning, "The silo stops with usage that could not be written")]
    private partial void LogLost();
}
