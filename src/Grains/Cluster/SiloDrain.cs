using Microsoft.Extensions.Logging;
using Prism.Chat;
using Prism.Flights;

namespace Prism.Cluster;

/// <summary>
/// Waits, before the silo stops, for what it does for clients that are not its own: calls over Orleans, and flights that other silos follow. Its
/// HTTP clients have gone by then. A silo that just stopped would cut them off.
/// </summary>
internal sealed partial class SiloDrain(ChatGrainCalls calls, FlightRegistry flights, IDrain drain, TimeProvider time, ILogger<SiloDrain> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    // For the last event on its way to who waits for it.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(SiloDrain), ServiceLifecycleStage.Active, _ => Task.CompletedTask, DrainAsync);

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        var settled = Task.WhenAll(calls.WhenNoneAsync(), flights.WhenSettledAsync());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Over);
        try
        {
            await settled.WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await settled.WaitAsync(LastWords, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogCutOff();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silo stops with calls under way for others")]
    private partial void LogCutOff();
}
